package narlink.ground;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import narlink.delta.PackageName;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;

/// Chooses what new paths are made of: the same package in the same version if it was only rebuilt, else in the version
/// whose name is most alike, else of the nearest size.
final class Bases {
    private Bases() {}

    /// @param old paths on board
    static Map<StorePath, List<PathInfo>> choose(List<PathInfo> added, Collection<PathInfo> old) {
        var bases = new HashMap<StorePath, List<PathInfo>>();
        for (var path : added) {
            var chosen = new ArrayList<PathInfo>();
            byName(path, old).ifPresent(chosen::add);
            if (!chosen.isEmpty()) bases.put(path.path(), chosen);
        }
        return bases;
    }

    private static Optional<PathInfo> byName(PathInfo path, Collection<PathInfo> old) {
        var name = PackageName.of(path.path().name());
        return old.stream()
                .filter(base -> likeness(name, base) > 0)
                .max(Comparator.<PathInfo>comparingInt(base -> likeness(name, base))
                        .thenComparing(base -> -Math.abs(base.narSize() - path.narSize()))
                        .thenComparing(PathInfo::path));
    }

    private static int likeness(PackageName name, PathInfo base) {
        return name.likeness(PackageName.of(base.path().name()));
    }
}
