package narlink.ground;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import narlink.delta.Codec;
import narlink.fec.Oti;
import narlink.pack.Board;
import narlink.pack.Manifest;

/// A plan as bytes.
///
/// @param board what both ends know of the manifest's known paths
/// @param object the manifest object
/// @param pack file that holds the pack; empty where nothing is to be brought
/// @param costs what each object takes of the pack, in their order
public record Packed(
        Plan plan,
        Manifest manifest,
        Board board,
        byte[] object,
        Oti manifestOti,
        Optional<Oti> packOti,
        Path pack,
        List<Codec.Cost> costs) {
    public Packed {
        costs = List.copyOf(costs);
    }
}
