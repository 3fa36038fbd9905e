package narlink.ground;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;

/// What an update consists of.
///
/// @param targets as the user gave them
/// @param added paths that the satellite lacks, references first
/// @param reused paths of the closure that it has
/// @param board all paths that it is believed to have
/// @param bases what each added path is made of, if it is at hand
public record Plan(
        List<StorePath> targets,
        List<PathInfo> added,
        SortedSet<StorePath> reused,
        SortedSet<StorePath> board,
        Map<StorePath, List<PathInfo>> bases) {
    public List<PathInfo> bases(StorePath path) {
        return bases.getOrDefault(path, List.of());
    }

    /// NARs of the added paths, in bytes.
    public long rawBytes() {
        return added.stream().mapToLong(PathInfo::narSize).sum();
    }
}
