package narlink.flight;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import narlink.Bytes;
import narlink.nix.DamagedPathException;
import narlink.nix.Nix32;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.Board;
import narlink.pack.Outline;
import narlink.wire.Report;
import org.jspecify.annotations.Nullable;

/// The paths on board that a manifest counts on, by name, and those of them that it counts on in vain.
///
/// @param paths by the manifest's index; one that is missing has a name that no store has
record KnownPaths(List<StorePath> paths, List<Report.Unusable> unusable) {
    KnownPaths {
        paths = List.copyOf(paths);
        unusable = List.copyOf(unusable);
    }

    /// Looks them up.
    static KnownPaths find(Outline manifest, Store store) throws IOException {
        var finder = new Finder(store);
        var paths = new ArrayList<StorePath>(manifest.known().size());
        var unusable = new ArrayList<Report.Unusable>();
        for (int i = 0; i < manifest.known().size(); i++) {
            var prefix = manifest.known().get(i);
            var path = finder.find(prefix);
            if (path.isEmpty()) unusable.add(new Report.Unusable(i, false));
            paths.add(path.orElseGet(() -> StorePath.of(Arrays.copyOf(prefix.toArray(), 20), "missing")));
        }
        return new KnownPaths(paths, unusable);
    }

    /// Reads those that paths are to be made of, and finds the damaged ones.
    ///
    /// @param sound bases that need not be read again; what is found sound is added
    KnownPaths checked(Outline manifest, Store store, Set<StorePath> sound) throws IOException {
        var bases = new TreeSet<Integer>();
        for (var item : manifest.items()) bases.addAll(item.bases());
        var bad = new ArrayList<>(unusable);
        var missing = indexes();
        for (int base : bases.headSet(paths.size())) {
            if (missing.contains(base) || sound.contains(paths.get(base))) continue;
            try {
                store.nar(paths.get(base), OutputStream.nullOutputStream());
                sound.add(paths.get(base));
            } catch (DamagedPathException e) {
                bad.add(new Report.Unusable(base, true));
            }
        }
        return new KnownPaths(paths, bad);
    }

    /// Those that are there, but damaged.
    List<StorePath> damaged() {
        return unusable.stream()
                .filter(bad -> bad.damaged() && bad.index() < paths.size())
                .map(bad -> paths.get(bad.index()))
                .toList();
    }

    /// The same with more that was found unusable.
    KnownPaths without(List<Integer> damaged) {
        var bad = new ArrayList<>(unusable);
        var before = indexes();
        damaged.stream()
                .filter(index -> !before.contains(index))
                .forEach(index -> bad.add(new Report.Unusable(index, true)));
        return new KnownPaths(paths, bad);
    }

    /// Those that can't be used.
    Set<Integer> indexes() {
        return unusable.stream().map(Report.Unusable::index).collect(Collectors.toSet());
    }

    /// What the store knows of them.
    Board board(Outline manifest, Store store) throws IOException {
        var bases = new TreeSet<StorePath>();
        for (var item : manifest.items()) {
            for (int base : item.bases()) {
                if (base < paths.size()) bases.add(paths.get(base));
            }
        }
        return new Board(paths, store.infos(bases));
    }

    /// What to tell people of the unusable ones.
    String reason(Outline manifest) {
        return unusable.stream()
                .map(bad -> bad.damaged()
                        ? called(bad.index(), manifest) + " is damaged"
                        : "no path in the store, or not just one, has a digest that begins with "
                                + manifest.known().get(bad.index()).hex())
                .collect(Collectors.joining(", ", "needs what can't be used: ", ""));
    }

    private String called(int index, Outline manifest) {
        if (index < paths.size()) return paths.get(index).baseName();
        var digest = manifest.items().get(index - paths.size()).digest();
        return Nix32.encode(digest.toArray());
    }

    /// Finds paths by the first bytes of their digest part.
    private static final class Finder {
        private final Store store;
        private @Nullable NavigableMap<Bytes, StorePath> all;

        Finder(Store store) {
            this.store = store;
        }

        Optional<StorePath> find(Bytes prefix) throws IOException {
            if (prefix.size() == 20) return store.find(Nix32.encode(prefix.toArray()));
            if (all == null) {
                all = new TreeMap<>();
                for (var path : store.validPaths()) all.put(Bytes.of(path.digestBytes()), path);
            }
            var entry = all.ceilingEntry(prefix);
            if (entry == null || !entry.getKey().startsWith(prefix)) return Optional.empty();
            var following = all.higherEntry(entry.getKey());
            boolean ambiguous = following != null && following.getKey().startsWith(prefix);
            return ambiguous ? Optional.empty() : Optional.of(entry.getValue());
        }
    }
}
