package narlink.delta;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import narlink.nix.StorePath;

/// Where a base says `from`, the path that is made of it is likely to say `to`. Only a hint: what it gets wrong the
/// pack corrects.
public record Rewrite(StorePath from, StorePath to) {
    /// The rewrites from a base's references to a new path's. Both ends work them out, so none goes over the wire.
    ///
    /// A reference that both have stays. The others go by name: the same, else the same package with the longest
    /// common beginning of the version.
    public static List<Rewrite> between(
            StorePath base, Collection<StorePath> baseReferences, StorePath path, Collection<StorePath> references) {
        var rewrites = new ArrayList<Rewrite>();
        if (!base.equals(path)) rewrites.add(new Rewrite(base, path));
        var gone = new TreeSet<>(baseReferences);
        gone.remove(base);
        gone.removeAll(references);
        var come = new TreeSet<>(references);
        come.remove(path);
        come.removeAll(new HashSet<>(baseReferences));
        var open = new ArrayList<StorePath>();
        for (var from : gone) {
            var same = come.stream().filter(to -> to.name().equals(from.name())).findFirst();
            if (same.isEmpty()) {
                open.add(from);
                continue;
            }
            rewrites.add(new Rewrite(from, same.get()));
        }
        for (var from : open) nearest(from, come).ifPresent(to -> rewrites.add(new Rewrite(from, to)));
        return rewrites;
    }

    private static Optional<StorePath> nearest(StorePath from, Collection<StorePath> among) {
        StorePath best = from;
        int most = -1;
        for (var to : among) {
            int likeness = PackageName.of(to.name()).likeness(PackageName.of(from.name()));
            if (likeness > most) {
                most = likeness;
                best = to;
            }
        }
        return most > 0 ? Optional.of(best) : Optional.empty();
    }
}
