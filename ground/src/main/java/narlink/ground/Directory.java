package narlink.ground;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Board;
import narlink.pack.Manifest;
import narlink.pack.ProfileName;

/// What a manifest calls the paths of a plan.
///
/// @param known paths on board that it has to name: bases in the order in which they are needed, then references and
///     targets
/// @param indexes of them, and of what is added behind them
/// @param prefix bytes of a digest that tell a known path from all others that the satellite is believed to have
record Directory(List<StorePath> known, Map<StorePath, Integer> indexes, int prefix) {
    Directory {
        known = List.copyOf(known);
        indexes = Map.copyOf(indexes);
    }

    static Directory of(Plan plan) {
        var known = new LinkedHashSet<StorePath>();
        plan.added().forEach(info -> plan.bases(info.path()).stream().limit(1).forEach(base -> known.add(base.path())));
        plan.added().forEach(info -> plan.bases(info.path()).forEach(base -> known.add(base.path())));
        plan.added().forEach(info -> known.addAll(info.references()));
        known.addAll(plan.targets());
        var added = plan.added().stream().map(PathInfo::path).toList();
        known.removeAll(new TreeSet<>(added));
        var indexes = new HashMap<StorePath, Integer>();
        for (var path : known) indexes.put(path, indexes.size());
        for (var path : added) indexes.put(path, indexes.size());
        return new Directory(List.copyOf(known), indexes, prefix(known, plan.board()));
    }

    private static int prefix(Collection<StorePath> known, SortedSet<StorePath> board) {
        var digests = new TreeSet<Bytes>();
        for (var path : board) digests.add(Bytes.of(path.digestBytes()));
        for (var path : known) digests.add(Bytes.of(path.digestBytes()));
        int prefix = Manifest.MIN_KNOWN_PREFIX;
        for (var path : known) {
            var digest = Bytes.of(path.digestBytes());
            var before = digests.lower(digest);
            var behind = digests.higher(digest);
            if (before != null) prefix = Math.max(prefix, common(before, digest) + 1);
            if (behind != null) prefix = Math.max(prefix, common(behind, digest) + 1);
        }
        return prefix;
    }

    private static int common(Bytes a, Bytes b) {
        return Arrays.mismatch(a.toArray(), b.toArray());
    }

    /// What both ends know of the known paths.
    Board board(Plan plan) {
        var infos = new HashMap<StorePath, PathInfo>();
        plan.bases().values().forEach(bases -> bases.forEach(base -> infos.put(base.path(), base)));
        infos.keySet().retainAll(new TreeSet<>(known));
        return new Board(known, infos);
    }

    /// @param hashes of the pack's blocks
    /// @param nodes files, directories and symlinks
    Manifest manifest(
            Plan plan,
            int codec,
            Optional<ProfileName> profile,
            Activation activation,
            List<Sha256> hashes,
            long nodes) {
        return new Manifest(
                codec,
                plan.added().stream().map(info -> entry(plan, info)).toList(),
                known.stream()
                        .map(path -> Bytes.of(path.digestBytes(), 0, prefix))
                        .toList(),
                Manifest.digestOf(plan.added().stream().map(Manifest::check).toList()),
                hashes,
                plan.targets().stream().map(this::index).toList(),
                profile,
                activation,
                nodes);
    }

    private Manifest.Entry entry(Plan plan, PathInfo info) {
        return new Manifest.Entry(
                info.path(),
                info.narSize(),
                Manifest.check(info).bytes().slice(0, Manifest.CHECK),
                info.references().stream().map(this::index).sorted().toList(),
                info.ca(),
                plan.bases(info.path()).stream().map(base -> index(base.path())).toList());
    }

    private int index(StorePath path) {
        var found = indexes.get(path);
        if (found == null) throw new IllegalStateException(path + " is neither known nor added");
        return found;
    }
}
