package narlink.fec;

/// The known symbols of a block, by number: the source symbols first, then the repair symbols. Any other number is a
/// symbol of zeros.
///
/// @param source source symbols, the first at `sourceAt`; in a decoder some are missing and never asked for
/// @param k how many source symbols
/// @param repair repair symbols
/// @param count how many symbols in all
/// @param width bytes of a symbol, a multiple of [#UNIT]
record Known(byte[] source, int sourceAt, int k, byte[] repair, int count, int width) {
    /// What symbols are padded to, so that kernels have no tails.
    static final int UNIT = 64;

    static int width(int symbolSize) {
        return Math.ceilDiv(symbolSize, UNIT) * UNIT;
    }
}
