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

    private static final int ALIGNMENT = 8;

    private Layout() {}

    /// The transmission information for an object of `length` bytes. Symbols of a small object are made smaller until
    /// hardly any padding is left.
    public static Oti of(long length, int symbolSize) {
        long symbols = Math.ceilDiv(length, symbolSize);
        if (symbols > MAX_SYMBOLS) {
            return Oti.of(length, symbolSize, MAX_SYMBOLS);
        }
        long even = Math.ceilDiv(length, symbols);
        int fitted = (int) Math.min(symbolSize, Math.ceilDiv(even, ALIGNMENT) * ALIGNMENT);
        return Oti.of(length, fitted, MAX_SYMBOLS);
    }
}
