package narlink.pack;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import narlink.nix.StorePath;

/// What a path would be if it were its first base rebuilt (§10.8): of the same name and size, and with the references
/// that the base has, each replaced by the earlier new path whose first base it is.
final class Likeness {
    /// @param references indexes, ascending
    record Like(String name, long narSize, List<Integer> references) {}

    private final int known;
    private final Board board;
    private final Map<StorePath, Integer> knownIndexes = new HashMap<>();
    private final List<Manifest.Entry> entries = new ArrayList<>();
    /// By the index of a base: the path that takes its place.
    private final Map<Integer, Integer> heirs = new HashMap<>();

    /// @param known how many known paths the manifest has
    Likeness(int known, Board board) {
        this.known = known;
        this.board = board;
        for (var path : board.known()) knownIndexes.put(path, knownIndexes.size());
    }

    /// The next path after those that were added, if it has bases and the first of them is there.
    Optional<Like> of(List<Integer> bases) {
        return bases.isEmpty() ? Optional.empty() : base(bases.getFirst());
    }

    private Optional<Like> base(int base) {
        if (base >= known) {
            var entry = entries.get(base - known);
            return Optional.of(new Like(entry.path().name(), entry.narSize(), mapped(base, entry.references())));
        }
        if (base >= board.known().size()) return Optional.empty();
        return Optional.ofNullable(board.infos().get(board.known().get(base)))
                .map(info -> new Like(
                        info.path().name(),
                        info.narSize(),
                        mapped(
                                base,
                                info.references().stream()
                                        .map(path -> Optional.ofNullable(knownIndexes.get(path)))
                                        .flatMap(Optional::stream)
                                        .toList())));
    }

    private List<Integer> mapped(int base, List<Integer> references) {
        int own = known + entries.size();
        var mapped = new TreeSet<Integer>();
        for (int reference : references) {
            mapped.add(reference == base ? own : heirs.getOrDefault(reference, reference));
        }
        return List.copyOf(mapped);
    }

    void add(Manifest.Entry entry) {
        int index = known + entries.size();
        entries.add(entry);
        if (entry.bases().isEmpty()) return;
        int base = entry.bases().getFirst();
        if (name(base).equals(Optional.of(entry.path().name()))) heirs.put(base, index);
        else heirs.putIfAbsent(base, index);
    }

    private Optional<String> name(int index) {
        if (index >= known) return Optional.of(entries.get(index - known).path().name());
        return index < board.known().size()
                ? Optional.of(board.known().get(index).name())
                : Optional.empty();
    }
}
