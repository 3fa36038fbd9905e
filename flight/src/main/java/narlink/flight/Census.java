package narlink.flight;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import narlink.Bytes;
import narlink.inventory.Descriptions;
import narlink.inventory.IdList;
import narlink.inventory.PathId;
import narlink.inventory.Roots;
import narlink.inventory.Runs;
import narlink.inventory.Sketch;
import narlink.nix.PathInfo;
import narlink.nix.Store;
import narlink.nix.StoreDigest;
import narlink.nix.StorePath;
import narlink.wire.Report.Damage;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion;
import narlink.wire.StoreQuestion.Subject;

/// Counts what the store holds, and answers Earth's questions about it (§13). Belongs to the thread of [Hands].
///
/// An object that was asked for is kept while others are not: its pieces stay the same, even if the store changes.
final class Census {
    /// Paths that one question may have described.
    private static final int MAX_DESCRIBED = 8192;
    /// Paths looked up at a time: what the store knows of one takes some hundred bytes of memory.
    private static final int BATCH = 500;
    /// Objects that are kept.
    private static final int MAX_OBJECTS = 3;

    private final Store store;
    private final Scrub scrub;
    private final Runnable progress;
    private StoreDigest digest = new StoreDigest();
    private SortedMap<Long, StorePath> byId = new TreeMap<>();
    private State state = new State(Bytes.EMPTY, new long[0], List.of());
    private final Map<Key, byte[]> objects = new LinkedHashMap<>();

    /// The store as it was last looked at.
    ///
    /// @param digest the beginning of its digest
    /// @param ids ascending
    /// @param paths by position, which is that of their ids
    private record State(Bytes digest, long[] ids, List<StorePath> paths) {}

    private record Key(Bytes digest, Subject subject) {}

    /// @param progress called while it goes on
    Census(Store store, Scrub scrub, Runnable progress) {
        this.store = store;
        this.scrub = scrub;
        this.progress = progress;
    }

    /// The digest over all valid paths. What is asked from now on is asked of this state.
    StoreDigest look() throws IOException {
        var paths = store.validPaths();
        scrub.retain(paths);
        var seen = new StoreDigest();
        var ids = new TreeMap<Long, StorePath>();
        for (var batch : batches(List.copyOf(paths))) {
            for (var info : store.infos(batch).values()) put(info, seen, ids);
            progress.run();
        }
        digest = seen;
        byId = ids;
        return settled();
    }

    /// The same with paths that have become valid since, as if the store had been looked at again.
    StoreDigest add(Collection<StorePath> paths) throws IOException {
        for (var info : store.infos(paths).values()) put(info, digest, byId);
        return settled();
    }

    private static void put(PathInfo info, StoreDigest digest, Map<Long, StorePath> byId) {
        digest.put(info.path(), info.narHash());
        byId.put(PathId.of(info.path(), info.narHash().bytes()), info.path());
    }

    private StoreDigest settled() {
        long[] ids = byId.keySet().stream().mapToLong(Long::longValue).toArray();
        state = new State(beginning(digest), ids, List.copyOf(byId.values()));
        return digest;
    }

    /// What is known to be damaged; empty if nothing was ever read.
    Optional<Damage> damage() {
        if (!scrub.knows()) return Optional.empty();
        var damage = Damage.NONE;
        for (var entry : byId.entrySet()) {
            if (scrub.damaged().containsKey(entry.getValue())) damage = damage.with(entry.getKey());
        }
        return Optional.of(damage);
    }

    private static Bytes beginning(StoreDigest digest) {
        return digest.digest().bytes().slice(0, StoreQuestion.DIGEST_BYTES);
    }

    /// A piece each, or the one answer that the store is in another state; nothing where too much is asked.
    List<StoreAnswer> answer(StoreQuestion question) throws IOException {
        if (question.subject() instanceof Subject.Sketch) return sketch(question);
        var key = new Key(question.digest(), question.subject());
        boolean changes = question.subject() instanceof Subject.Roots || question.subject() instanceof Subject.Damaged;
        boolean anew = changes && question.pieces().contains(0);
        byte[] object = anew ? null : objects.remove(key);
        if (object == null && !state.digest().equals(question.digest())) return moved(question);
        if (object == null) object = object(question.subject());
        objects.put(key, object); // The last one goes last.
        while (objects.size() > MAX_OBJECTS) {
            objects.remove(objects.keySet().iterator().next());
        }
        byte[] whole = object;
        return answers(question, StoreAnswer.pieces(whole.length), whole.length, (piece, count) -> {
            int from = piece * StoreAnswer.PIECE;
            return Bytes.of(whole, from, Math.min(count * StoreAnswer.PIECE, whole.length - from));
        });
    }

    private static List<StoreAnswer> moved(StoreQuestion question) {
        return List.of(new StoreAnswer(question.number(), 0, 0, Bytes.EMPTY));
    }

    private List<StoreAnswer> sketch(StoreQuestion question) {
        if (!state.digest().equals(question.digest())) return moved(question);
        int cells = StoreAnswer.SKETCH_CELLS;
        return answers(
                question,
                Sketch.MAX_CELLS / cells,
                0,
                (piece, count) -> Bytes.of(Sketch.cells(state.ids(), piece * cells, count * cells)));
    }

    /// Pieces that follow each other, as many together as may be.
    ///
    /// @param end pieces from there on are left out
    /// @param data of so many pieces from one on
    private static List<StoreAnswer> answers(
            StoreQuestion question, int end, int size, BiFunction<Integer, Integer, Bytes> data) {
        var answers = new ArrayList<StoreAnswer>();
        var pieces = List.copyOf(new TreeSet<>(question.pieces()).headSet(end));
        for (int i = 0; i < pieces.size(); ) {
            int first = pieces.get(i);
            int count = 0;
            while (count < question.together() && i < pieces.size() && pieces.get(i) == first + count) {
                count++;
                i++;
            }
            answers.add(new StoreAnswer(question.number(), size, first, data.apply(first, count)));
        }
        return answers;
    }

    private byte[] object(Subject subject) throws IOException {
        return switch (subject) {
            case Subject.Sketch sketch -> throw new IllegalArgumentException("a sketch has no end");
            case Subject.Ids ids -> IdList.write(state.ids());
            case Subject.Paths paths -> describe(paths);
            case Subject.Roots roots -> roots();
            case Subject.Damaged damaged -> damaged();
        };
    }

    private byte[] describe(Subject.Paths asked) throws IOException {
        var positions = Runs.positions(asked.runs(), state.paths().size());
        if (positions.size() > MAX_DESCRIBED) return new byte[0];
        var paths = new ArrayList<StorePath>();
        for (int position : positions) paths.add(state.paths().get(position));
        paths.sort(Descriptions.ORDER);
        var infos = new ArrayList<PathInfo>();
        for (var batch : batches(paths)) {
            var known = store.infos(batch);
            for (var path : batch) {
                var info = known.get(path);
                if (info == null) throw new IOException(path + " went while it was described");
                infos.add(info);
            }
            progress.run();
        }
        return Descriptions.write(
                infos,
                asked.columns(),
                Descriptions.positions(state.paths())::get,
                state.paths().size());
    }

    private byte[] roots() throws IOException {
        var positions = positions();
        var roots = new TreeMap<String, Integer>();
        store.allRoots().forEach((name, path) -> {
            var position = positions.get(path);
            if (position != null) roots.put(name, position);
        });
        return Roots.write(roots);
    }

    private byte[] damaged() {
        var positions = positions();
        var damaged = new TreeMap<String, Integer>();
        scrub.damaged().forEach((path, why) -> {
            var position = positions.get(path);
            if (position != null) damaged.put(damaged.size() + " " + why, position);
        });
        return Roots.write(damaged);
    }

    private Map<StorePath, Integer> positions() {
        var positions = new HashMap<StorePath, Integer>();
        for (int i = 0; i < state.paths().size(); i++)
            positions.put(state.paths().get(i), i);
        return positions;
    }

    private static List<List<StorePath>> batches(List<StorePath> paths) {
        var batches = new ArrayList<List<StorePath>>();
        for (int from = 0; from < paths.size(); from += BATCH) {
            batches.add(paths.subList(from, Math.min(paths.size(), from + BATCH)));
        }
        return batches;
    }
}
