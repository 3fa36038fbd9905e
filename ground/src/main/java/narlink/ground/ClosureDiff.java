package narlink.ground;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import narlink.delta.PackageName;
import narlink.nix.StorePath;

/// What differs between two closures, by packages: versions, sizes, and which were only built anew.
///
/// @param changes by package; those of which no path differs are left out
public record ClosureDiff(List<Change> changes) {
    public ClosureDiff {
        changes = List.copyOf(changes);
    }

    /// One package.
    ///
    /// @param before versions, empty where it was not there; a path without a version has an empty one
    /// @param paths that are new
    /// @param bytes by which its NARs grow
    public record Change(String name, SortedSet<String> before, SortedSet<String> after, int paths, long bytes) {
        /// Whether its versions are what they were.
        public boolean rebuilt() {
            return before.equals(after);
        }
    }

    /// @param before NAR sizes by path
    public static ClosureDiff of(Map<StorePath, Long> before, Map<StorePath, Long> after) {
        var old = byPackage(before.keySet());
        var fresh = byPackage(after.keySet());
        var names = new TreeSet<>(old.keySet());
        names.addAll(fresh.keySet());
        var changes = new ArrayList<Change>();
        for (var name : names) {
            var was = old.getOrDefault(name, new TreeSet<>());
            var is = fresh.getOrDefault(name, new TreeSet<>());
            if (was.equals(is)) continue;
            long bytes = sum(is, after) - sum(was, before);
            int added = (int) is.stream().filter(path -> !was.contains(path)).count();
            changes.add(new Change(name, versions(was), versions(is), added, bytes));
        }
        return new ClosureDiff(changes);
    }

    private static SortedMap<String, SortedSet<StorePath>> byPackage(Collection<StorePath> paths) {
        var packages = new TreeMap<String, SortedSet<StorePath>>();
        for (var path : paths) {
            packages.computeIfAbsent(PackageName.of(path.name()).name(), name -> new TreeSet<>())
                    .add(path);
        }
        return packages;
    }

    private static SortedSet<String> versions(Collection<StorePath> paths) {
        var versions = new TreeSet<String>();
        paths.forEach(path -> versions.add(PackageName.of(path.name()).version()));
        return versions;
    }

    private static long sum(Collection<StorePath> paths, Map<StorePath, Long> sizes) {
        return paths.stream().mapToLong(path -> sizes.getOrDefault(path, 0L)).sum();
    }

    public long bytes() {
        return changes.stream().mapToLong(Change::bytes).sum();
    }
}
