package narlink.ground;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import narlink.nix.PathInfo;
import narlink.nix.Store;
import narlink.nix.StorePath;

/// Works out what a satellite lacks.
final class Planner {
    private Planner() {}

    /// @param earth store that holds the targets' closures
    /// @param have paths that the satellite is believed to have
    /// @param bases those of them that Earth has with the same contents
    static Plan plan(Store earth, List<StorePath> targets, Set<StorePath> have, Set<StorePath> bases)
            throws IOException {
        for (var target : targets) {
            if (earth.info(target).isEmpty()) {
                throw new IOException(target + " is not valid in the store " + earth.url()
                        + "; build it first, or name its store with --store");
            }
        }
        var closure = earth.closure(targets);
        var missing = new TreeSet<>(closure);
        missing.removeAll(have);
        var reused = new TreeSet<>(closure);
        reused.removeAll(missing);
        var added = new ArrayList<PathInfo>();
        var infos = earth.infos(missing);
        for (var path : earth.inReferenceOrder(missing)) {
            var info = infos.get(path);
            if (info == null) throw new IOException(path + " vanished from " + earth.url() + "; plan again");
            added.add(info);
        }
        return new Plan(
                targets,
                added,
                reused,
                new TreeSet<>(have),
                Bases.choose(earth, added, earth.infos(bases).values()));
    }
}
