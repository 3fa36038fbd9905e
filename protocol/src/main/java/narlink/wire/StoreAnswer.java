package narlink.wire;

import java.util.ArrayList;
import java.util.List;
import narlink.Bytes;
import narlink.inventory.Sketch;

/// Some of what Earth asked for (§13), signed by the flight key.
///
/// @param question its number
/// @param size bytes of the whole object; 0 for one without end, or for none: the store is in another state by now
/// @param piece the first one that it holds; others follow behind it
/// @param data whole pieces, but for an object's last
public record StoreAnswer(long question, int size, int piece, Bytes data) implements Message {
    /// Bytes of each piece but an object's last, so that a segment with one has at most 1 KiB.
    public static final int PIECE = 912;
    /// Cells of a sketch in each piece.
    public static final int SKETCH_CELLS = 24;
    /// Bytes of a segment beside its pieces.
    private static final int OVERHEAD = 112;

    public StoreAnswer {
        if (question < 1) throw new IllegalArgumentException("answer to question " + question);
        if (size < 0 || piece < 0 || piece >= StoreQuestion.MAX_PIECE)
            throw new IllegalArgumentException("piece " + piece + " of " + size + " bytes");
        if (data.size() > StoreQuestion.MAX_PIECES * PIECE)
            throw new IllegalArgumentException("piece of " + data.size() + " bytes");
    }

    /// Whether the store is in another state than the one asked about.
    public boolean moved() {
        return size == 0 && data.isEmpty();
    }

    /// Pieces that a segment of so many bytes has room for.
    public static int fitting(int segment) {
        return Math.clamp((segment - OVERHEAD) / PIECE, 1, StoreQuestion.MAX_PIECES);
    }

    /// What it holds, piece by piece.
    ///
    /// @param subject that was asked about
    public List<Bytes> split(StoreQuestion.Subject subject) {
        int length = subject instanceof StoreQuestion.Subject.Sketch ? SKETCH_CELLS * Sketch.CELL : PIECE;
        var split = new ArrayList<Bytes>();
        for (int from = 0; from < data.size(); from += length) {
            split.add(data.slice(from, Math.min(data.size(), from + length)));
        }
        return split;
    }

    /// Pieces of an object of `size` bytes.
    public static int pieces(int size) {
        return Math.ceilDiv(size, PIECE);
    }
}
