package narlink.ground;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.inventory.Descriptions;
import narlink.inventory.Descriptions.Column;
import narlink.inventory.IdList;
import narlink.inventory.MalformedInventoryException;
import narlink.inventory.Runs;
import narlink.nix.StorePath;
import narlink.wire.StoreQuestion.Subject;

/// The paths of a store by their positions, some of them not known yet by name.
///
/// @param prefixes what is known of their ids: the [IdList#prefix] of each, or nothing at all
/// @param items empty where it is not known which path it is
record Roster(List<Long> prefixes, List<Optional<Mirror.Item>> items) {
    /// Paths that one question may have described.
    private static final int MAX_DESCRIBED = 8192;
    /// So few are asked for with all that there is to tell.
    private static final int FEW = 32;

    /// Nothing is known of any.
    static Roster unknown(int paths) {
        var items = new ArrayList<Optional<Mirror.Item>>();
        for (int i = 0; i < paths; i++) items.add(Optional.empty());
        return new Roster(List.of(), items);
    }

    /// By their ids, ascending.
    static Roster of(long[] ids, Candidates candidates) {
        return new Roster(
                Arrays.stream(ids).mapToObj(IdList::prefix).toList(),
                Arrays.stream(ids).mapToObj(candidates::byId).toList());
    }

    static Roster ofPrefixes(List<Long> prefixes, Candidates candidates) {
        return new Roster(prefixes, prefixes.stream().map(candidates::byPrefix).toList());
    }

    SortedSet<Integer> unknown() {
        var unknown = new TreeSet<Integer>();
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).isEmpty()) unknown.add(i);
        }
        return unknown;
    }

    /// What to ask for, to know all by name.
    List<Subject.Paths> subjects() {
        var unknown = unknown();
        return subjects(
                unknown, unknown.size() <= FEW ? EnumSet.allOf(Column.class) : EnumSet.of(Column.NAME, Column.TRAITS));
    }

    static List<Subject.Paths> subjects(SortedSet<Integer> positions, Set<Column> columns) {
        var subjects = new ArrayList<Subject.Paths>();
        var all = new ArrayList<>(positions);
        for (int from = 0; from < all.size(); from += MAX_DESCRIBED) {
            var some = all.subList(from, Math.min(all.size(), from + MAX_DESCRIBED));
            for (var runs : Runs.of(some)) subjects.add(new Subject.Paths(columns, runs));
        }
        return subjects;
    }

    /// What was told of the paths of one subject, where names were asked for.
    private record Named(List<Mirror.Item> items, List<List<Integer>> references) {}

    /// With the answers to [#subjects], in their order: all paths, of which those that were told are new.
    ///
    /// @throws MalformedInventoryException where an answer breaks its format, or is not about these paths
    List<Mirror.Item> named(List<byte[]> answers, Candidates candidates) throws MalformedInventoryException {
        var subjects = subjects();
        var found = new ArrayList<>(items);
        Map<StorePath, List<Integer>> references = new HashMap<>();
        for (int i = 0; i < subjects.size(); i++) {
            var told = read(answers.get(i), subjects.get(i));
            for (int j = 0; j < told.items().size() && !told.references().isEmpty(); j++) {
                references.put(told.items().get(j).path(), told.references().get(j));
            }
            var byId = new ArrayList<>(told.items());
            byId.sort((a, b) -> Long.compare(a.id(), b.id()));
            var positions = Runs.positions(subjects.get(i).runs(), items.size());
            if (positions.size() != byId.size()) {
                throw new MalformedInventoryException(byId.size() + " paths for " + positions.size());
            }
            var next = byId.iterator();
            for (int position : positions) found.set(position, Optional.of(checked(position, next.next())));
        }
        var all = found.stream().map(Optional::orElseThrow).toList();
        var ordered =
                all.stream().map(Mirror.Item::path).sorted(Descriptions.ORDER).toList();
        return all.stream()
                .map(item -> complete(item, references.get(item.path()), ordered, candidates))
                .toList();
    }

    private Mirror.Item checked(int position, Mirror.Item item) throws MalformedInventoryException {
        if (!prefixes.isEmpty() && IdList.prefix(item.id()) != prefixes.get(position)) {
            throw new MalformedInventoryException(item.path() + " is not at position " + position);
        }
        return item;
    }

    private Named read(byte[] answer, Subject.Paths subject) throws MalformedInventoryException {
        var told = Descriptions.read(answer, subject.columns(), items.size());
        var named = new ArrayList<Mirror.Item>();
        for (int i = 0; i < told.paths().size(); i++) {
            long size = told.sizes().isEmpty() ? 0 : told.sizes().get(i);
            Bytes hash = told.hashes().get(i);
            named.add(new Mirror.Item(told.paths().get(i), hash, size, Optional.empty(), Mirror.Belief.ACKNOWLEDGED));
        }
        return new Named(named, told.references());
    }

    private static Mirror.Item complete(
            Mirror.Item item,
            @org.jspecify.annotations.Nullable List<Integer> references,
            List<StorePath> ordered,
            Candidates candidates) {
        var known = candidates.byId(item.id());
        var belief = known.map(Mirror.Item::belief)
                .filter(other -> other == Mirror.Belief.DAMAGED || other == Mirror.Belief.DIFFERENT)
                .orElse(
                        known.isEmpty() && candidates.knows(item.path())
                                ? Mirror.Belief.DIFFERENT
                                : Mirror.Belief.ACKNOWLEDGED);
        if (known.isPresent()) return known.get().as(belief);
        Optional<SortedSet<StorePath>> paths = Optional.empty();
        if (references != null) {
            var set = new TreeSet<StorePath>();
            references.forEach(position -> set.add(ordered.get(position)));
            paths = Optional.of(set);
        }
        return new Mirror.Item(item.path(), item.narHash(), item.narSize(), paths, belief);
    }
}
