package narlink.ground;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import narlink.Bytes;
import narlink.inventory.Descriptions;
import narlink.inventory.Descriptions.Column;
import narlink.inventory.IdList;
import narlink.inventory.MalformedInventoryException;
import narlink.inventory.Roots;
import narlink.inventory.Runs;
import narlink.inventory.Sketch;
import narlink.nix.StorePath;
import narlink.wire.Report;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion.Subject;

/// Works out what Earth has to ask so that its mirror becomes the store, and what the answers come to. A function of
/// what is known: whatever has come down, in this pass or before, over whatever link, brings it further.
///
/// Where the mirror is nearly right a sketch tells the difference. Where it is not, but Earth knows the paths from
/// elsewhere, a list of ids tells which of them are on board, and a sketch what that leaves open. Where Earth knows
/// nothing, all paths are told by name. Sizes and references follow when the paths are known.
///
/// @param mirror what is believed
/// @param digest the beginning of the store digest that was reported last
/// @param paths how many the store has in that state
/// @param rootsWanted whether the roots are to be asked for
/// @param damaged which paths the satellite tells to be damaged; empty where that is no matter
/// @param pieces of answers that have come
/// @param window how much is asked for at once
/// @param earth what else may be on board, looked up only where it matters
record Reconciliation(
        Mirror mirror,
        Bytes digest,
        int paths,
        boolean rootsWanted,
        Optional<Report.Damage> damaged,
        List<Piece> pieces,
        Window window,
        Supplier<List<Mirror.Item>> earth) {
    /// Headers, signature and framing of an answer, in bytes.
    private static final int OVERHEAD = 100;
    /// Of a store.
    private static final int MAX_PATHS = 1 << 20;
    /// Pieces of a sketch that are asked for at once.
    private static final int MOST_SKETCHES = 8;
    /// Unless one of so many paths at the beginning of a list is known, the rest of it would tell little.
    private static final int KNOWN_OF = 8;

    private static final Subject SKETCH = new Subject.Sketch();
    private static final Subject IDS = new Subject.Ids();
    private static final Subject ROOTS = new Subject.Roots();
    private static final Subject DAMAGED = new Subject.Damaged();

    /// How much is asked for at once: little where answers come at once, and a dead link is to cost little.
    ///
    /// @param pieces of one object
    /// @param guess of an object whose size is not known
    /// @param sketches pieces of a sketch, at first
    record Window(int pieces, int guess, int sketches) {
        static final Window LINK = new Window(8, 1, 1);
        /// For files, which come back seldom.
        static final Window FILE = new Window(160, 32, 4);
    }

    /// What is to be done next.
    sealed interface Step {
        /// Nothing: Earth knows all.
        record Rest() implements Step {}

        /// @param paths how many the store has in that state
        record Ask(Bytes digest, int paths, Subject subject, List<Integer> pieces) implements Step {}

        /// These are the paths on board.
        record Settle(List<Mirror.Item> items, Bytes digest) implements Step {}

        record Rooted(SortedMap<String, StorePath> roots) implements Step {}

        /// Just these paths are damaged.
        record Damaged(Set<StorePath> paths) implements Step {}

        /// These pieces make no sense.
        record Discard(Bytes digest, Subject subject, String why) implements Step {}
    }

    Step step() {
        if (paths < 0 || paths > MAX_PATHS) return new Step.Rest(); // No such store is there.
        var older = underWay();
        if (older.isPresent()) {
            return new Reconciliation(
                            mirror,
                            older.get().digest(),
                            older.get().paths(),
                            false,
                            Optional.empty(),
                            pieces,
                            window,
                            earth)
                    .learn();
        }
        if (!mirror.is(digest)) return learn();
        var traits = traits();
        if (traits.isPresent()) return traits.get();
        if (damaged.isPresent() && !damaged.get().equals(mirror.damage())) {
            return named(DAMAGED, roots -> new Step.Damaged(Set.copyOf(roots.values())));
        }
        return rootsWanted ? named(ROOTS, Step.Rooted::new) : new Step.Rest();
    }

    /// Paths of an earlier state, being described: what is left of that is told all the same, and is worth more than to
    /// begin anew.
    private Optional<Piece> underWay() {
        return pieces.stream()
                .filter(piece -> piece.subject() instanceof Subject.Paths paths
                        && paths.columns().contains(Column.NAME))
                .filter(piece -> !piece.digest().equals(digest))
                .findFirst();
    }

    private Collected collected(Subject subject) {
        return Collected.of(pieces, digest, subject);
    }

    private Step ask(Subject subject, Collected collected) {
        return new Step.Ask(digest, paths, subject, collected.missing(window.pieces(), window.guess()));
    }

    private Step learn() {
        if (paths == 0) return new Step.Settle(List.of(), digest);
        var everything = Roster.unknown(paths);
        boolean told = everything.subjects().stream()
                .anyMatch(subject -> !collected(subject).isEmpty());
        if (told) return name(everything, new Candidates(candidates()));
        var here = ids(mirror.paths().values().stream().toList());
        var list = collected(IDS);
        if (list.isEmpty()) return sketch(here, everything);
        var candidates = new Candidates(candidates());
        var prefixes = IdList.read(list.bytes(), paths);
        long known = prefixes.stream()
                .filter(prefix -> candidates.byPrefix(prefix).isPresent())
                .count();
        if (known * KNOWN_OF < prefixes.size()) return name(everything, candidates);
        if (!list.isWhole()) return ask(IDS, list);
        if (prefixes.size() < paths) return new Step.Discard(digest, IDS, "it ends too early");
        var named = name(Roster.ofPrefixes(prefixes, candidates), candidates);
        // Paths that are known by a part of their ids only may be others; whole hashes and the digest tell.
        if (!(named instanceof Step.Settle guess) || Mirror.of(guess.items()).is(digest)) return named;
        return sketch(ids(guess.items()), everything);
    }

    private static long[] ids(List<Mirror.Item> items) {
        return items.stream().mapToLong(Mirror.Item::id).sorted().toArray();
    }

    /// What Earth knows of paths that may be on board.
    private List<Mirror.Item> candidates() {
        var all = new ArrayList<>(mirror.paths().values());
        all.addAll(earth.get());
        return all;
    }

    /// @param here ids that the store's are compared with
    private Step sketch(long[] here, Roster everything) {
        var cells = collected(SKETCH);
        int pieces = cells.beginning();
        var difference = Sketch.difference(cells.bytes(), here);
        if (difference.isPresent()) {
            var ids = new TreeSet<Long>();
            Arrays.stream(here).forEach(ids::add);
            ids.removeAll(difference.get().onlyHere());
            ids.addAll(difference.get().onlyThere());
            var mine = new Candidates(mirror.paths().values());
            boolean all = ids.stream().allMatch(id -> mine.byId(id).isPresent());
            var candidates = all ? mine : new Candidates(candidates());
            return name(Roster.of(ids.stream().mapToLong(Long::longValue).toArray(), candidates), candidates);
        }
        if (collected(IDS).isEmpty() && listTakesLess(here.length, pieces)) {
            boolean none = mirror.paths().isEmpty() && earth.get().isEmpty();
            return none ? name(everything, new Candidates(List.of())) : ask(IDS, collected(IDS));
        }
        int more = Math.clamp(pieces, window.sketches(), MOST_SKETCHES);
        return new Step.Ask(
                digest,
                paths,
                SKETCH,
                IntStream.range(pieces, pieces + more).boxed().toList());
    }

    /// Whether a list of all ids is sure, or likely, to take fewer bytes than the rest of a sketch.
    ///
    /// @param pieces of the sketch that have come, and were not enough
    private boolean listTakesLess(int here, int pieces) {
        long cell = Sketch.CELL + OVERHEAD / StoreAnswer.SKETCH_CELLS;
        long bits = Math.max(2, 34 - (31 - Integer.numberOfLeadingZeros(Math.max(1, paths))));
        long list = paths * bits / 8 + OVERHEAD * (1L + paths * bits / 8 / StoreAnswer.PIECE);
        long least = Math.max(
                Math.abs(paths - here), (long) Math.max(1, pieces) * StoreAnswer.SKETCH_CELLS * (pieces == 0 ? 1 : 2));
        return list < least * cell;
    }

    /// Asks for the names that are missing, or settles the whole.
    private Step name(Roster roster, Candidates candidates) {
        var answers = new ArrayList<byte[]>();
        for (var subject : roster.subjects()) {
            var collected = collected(subject);
            if (!collected.isWhole()) return ask(subject, collected);
            answers.add(collected.bytes());
        }
        try {
            return new Step.Settle(roster.named(answers, candidates), digest);
        } catch (MalformedInventoryException e) {
            return new Step.Discard(digest, roster.subjects().getFirst(), String.valueOf(e.getMessage()));
        }
    }

    /// Sizes and references of paths that are known by name only.
    private Optional<Step> traits() {
        var byId = new TreeMap<Long, Mirror.Item>();
        mirror.paths().values().forEach(item -> byId.put(item.id(), item));
        var items = List.copyOf(byId.values());
        var lacking = new TreeSet<Integer>();
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).references().isEmpty()) lacking.add(i);
        }
        if (lacking.isEmpty()) return Optional.empty();
        var candidates = new Candidates(candidates());
        var found = new ArrayList<>(items);
        lacking.removeIf(position -> {
            var known = candidates.byId(items.get(position).id());
            if (known.isEmpty() || known.get().references().isEmpty()) return false;
            found.set(position, known.get().as(items.get(position).belief()));
            return true;
        });
        for (var subject : Roster.subjects(lacking, EnumSet.of(Column.TRAITS))) {
            var collected = collected(subject);
            if (!collected.isWhole()) return Optional.of(ask(subject, collected));
            try {
                describe(found, subject, collected.bytes());
            } catch (MalformedInventoryException e) {
                return Optional.of(new Step.Discard(digest, subject, String.valueOf(e.getMessage())));
            }
        }
        return Optional.of(new Step.Settle(found, digest));
    }

    private static void describe(List<Mirror.Item> items, Subject.Paths subject, byte[] answer)
            throws MalformedInventoryException {
        var told = Descriptions.read(answer, subject.columns(), items.size());
        var positions = new ArrayList<>(Runs.positions(subject.runs(), items.size()));
        positions.sort((a, b) ->
                Descriptions.ORDER.compare(items.get(a).path(), items.get(b).path()));
        if (positions.size() != told.sizes().size()) {
            throw new MalformedInventoryException(told.sizes().size() + " paths for " + positions.size());
        }
        var ordered =
                items.stream().map(Mirror.Item::path).sorted(Descriptions.ORDER).toList();
        for (int i = 0; i < positions.size(); i++) {
            var item = items.get(positions.get(i));
            var references = new TreeSet<StorePath>();
            told.references().get(i).forEach(at -> references.add(ordered.get(at)));
            items.set(
                    positions.get(i),
                    new Mirror.Item(
                            item.path(), item.narHash(), told.sizes().get(i), Optional.of(references), item.belief()));
        }
    }

    /// An object of paths by names, of which nothing needs be asked where there are none.
    private Step named(Subject subject, Function<SortedMap<String, StorePath>, Step> told) {
        if (subject.equals(DAMAGED) && damaged.equals(Optional.of(Report.Damage.NONE)))
            return told.apply(new TreeMap<>());
        var collected = collected(subject);
        if (!collected.isWhole()) return ask(subject, collected);
        var byId = new TreeMap<Long, StorePath>();
        mirror.paths().values().forEach(item -> byId.put(item.id(), item.path()));
        var paths = List.copyOf(byId.values());
        try {
            var named = new TreeMap<String, StorePath>();
            Roots.read(collected.bytes(), paths.size()).forEach((name, at) -> named.put(name, paths.get(at)));
            return told.apply(named);
        } catch (MalformedInventoryException e) {
            return new Step.Discard(digest, subject, String.valueOf(e.getMessage()));
        }
    }
}
