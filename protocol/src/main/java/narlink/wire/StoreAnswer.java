package narlink.wire;

import narlink.Bytes;

/// A piece of what Earth asked for (§13), signed by the flight key.
///
/// @param question its number
/// @param size bytes of the whole object; 0 for one without end, or for none: the store is in another state by now
/// @param piece which one: bytes from `piece` · [#PIECE] on
public record StoreAnswer(long question, int size, int piece, Bytes data) implements Message {
    /// Bytes of each piece but an object's last, so that the segment has at most 1 KiB.
    public static final int PIECE = 912;
    /// Cells of a sketch in each piece.
    public static final int SKETCH_CELLS = 24;

    public StoreAnswer {
        if (question < 1) throw new IllegalArgumentException("answer to question " + question);
        if (size < 0 || piece < 0) throw new IllegalArgumentException("piece " + piece + " of " + size + " bytes");
        if (data.size() > PIECE) throw new IllegalArgumentException("piece of " + data.size() + " bytes");
    }

    /// Whether the store is in another state than the one asked about.
    public boolean moved() {
        return size == 0 && data.isEmpty();
    }

    /// Pieces of an object of `size` bytes.
    public static int pieces(int size) {
        return Math.ceilDiv(size, PIECE);
    }
}
