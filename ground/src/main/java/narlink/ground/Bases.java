package narlink.ground;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import narlink.delta.PackageName;
import narlink.nix.PathInfo;
import narlink.nix.Store;
import narlink.nix.StorePath;

/// Chooses what new paths are made of. First by name: the same package in the same version if it was only rebuilt, else
/// in the version whose name is most alike, else of the nearest size. Then by contents: paths that have what is still
/// missing, under whatever name, be they on board or brought before by the same deployment.
final class Bases {
    private static final int MAX_BASES = 4;

    /// A base by contents must have so many features that no other has.
    private static final int MIN_SHARED = 8;

    /// So many bytes of bases may stand in a file beside the store while a path is made of them; more only for a path
    /// that is itself that large.
    private static final long MAX_BYTES = 256L << 20;

    private final Store earth;
    private final Map<StorePath, Sketch> sketches = new HashMap<>();

    private Bases(Store earth) {
        this.earth = earth;
    }

    /// @param added new paths, references first
    /// @param old paths on board
    static Map<StorePath, List<PathInfo>> choose(Store earth, List<PathInfo> added, Collection<PathInfo> old)
            throws IOException {
        var chooser = new Bases(earth);
        var bases = new HashMap<StorePath, List<PathInfo>>();
        var candidates = new ArrayList<>(old);
        for (var path : added) {
            var chosen = chooser.choose(path, old, candidates);
            if (!chosen.isEmpty()) bases.put(path.path(), chosen);
            candidates.add(path);
        }
        return bases;
    }

    private List<PathInfo> choose(PathInfo path, Collection<PathInfo> old, List<PathInfo> candidates)
            throws IOException {
        var chosen = new ArrayList<PathInfo>();
        var named = byName(path, old);
        named.ifPresent(chosen::add);
        if (named.isPresent() && named.get().path().name().equals(path.path().name())) return chosen;
        var missing = sketch(path);
        if (named.isPresent()) missing = missing.without(sketch(named.get()));
        long bytes = chosen.stream().mapToLong(PathInfo::narSize).sum();
        long most = Math.max(MAX_BYTES, path.narSize() + path.narSize() / 4);
        while (chosen.size() < MAX_BASES && missing.size() >= MIN_SHARED) {
            var next = byContents(missing, candidates, most - bytes);
            if (next.isEmpty()) break;
            chosen.add(next.get());
            bytes += next.get().narSize();
            missing = missing.without(sketch(next.get()));
        }
        return chosen;
    }

    private Optional<PathInfo> byContents(Sketch missing, List<PathInfo> candidates, long mostBytes)
            throws IOException {
        Optional<PathInfo> best = Optional.empty();
        int most = MIN_SHARED - 1;
        for (var candidate : candidates) {
            if (candidate.narSize() > mostBytes) continue;
            int shared = missing.shared(sketch(candidate));
            if (shared > most) {
                most = shared;
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    private Sketch sketch(PathInfo info) throws IOException {
        var known = sketches.get(info.path());
        if (known != null) return known;
        var sketch = Sketch.of(earth, info);
        sketches.put(info.path(), sketch);
        return sketch;
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
