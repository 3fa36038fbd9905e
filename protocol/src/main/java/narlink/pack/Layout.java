package narlink.pack;

import narlink.fec.Oti;

/// How an object is cut into symbols and source blocks.
public final class Layout {
    /// Bytes of a symbol: nine of them and a segment's overhead fit 8 KiB, one fits a 1,000-byte frame, and it is a
    /// multiple of the vectors that the codec works with.
    public static final int SYMBOL_SIZE = 896;

    /// Source symbols of a block, at most: 1.8 MB, which the receiver decodes within its memory and the cache, while
    /// two extra symbols cost a thousandth.
    public static final int MAX_SYMBOLS = 2048;

    /// How many numbers of symbols are tried for an object of one block.
    private static final int TRIES = 16;

    private Layout() {}

    /// The transmission information for an object of `length` bytes. Symbols of an object that fits one block are made
    /// a little smaller, so that hardly any padding is left.
    public static Oti of(long length, int symbolSize) {
        long symbols = Math.ceilDiv(length, symbolSize);
        int best = symbolSize;
        for (long count = symbols; count < symbols + TRIES && count <= Math.min(MAX_SYMBOLS, length); count++) {
            int size = (int) Math.ceilDiv(length, count);
            if (padding(length, size) < padding(length, best)) best = size;
        }
        return Oti.of(length, best, MAX_SYMBOLS);
    }

    private static long padding(long length, int size) {
        return Math.ceilDiv(length, size) * size - length;
    }
}
