package narlink.pack;

import java.util.List;
import java.util.Map;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;

/// What both ends know of the paths on board that a manifest speaks of.
///
/// @param known by the manifest's index; some name that no store has where one is missing
/// @param infos of those that others are like, as far as they are there
public record Board(List<StorePath> known, Map<StorePath, PathInfo> infos) {
    public Board {
        known = List.copyOf(known);
        infos = Map.copyOf(infos);
    }
}
