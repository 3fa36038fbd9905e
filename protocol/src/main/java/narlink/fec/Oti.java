package narlink.fec;

/// Object transmission information: how an object is cut into source blocks and symbols. RFC 6330 §4.4.1.2 with one
/// sub-block (N = 1) and no alignment (Al = 1); unlike there, block numbers may pass 8 bits.
///
/// The numbers come from the wire, so the constructor holds each to its limit and nothing here allocates by them.
///
/// @param transferLength bytes of the object (F)
/// @param symbolSize bytes of a symbol (T); a multiple of 64 is fastest
/// @param blocks number of source blocks (Z)
public record Oti(long transferLength, int symbolSize, int blocks) {
    /// The most source symbols of a block (K_max, §5.1.2).
    public static final int K_MAX = 56403;

    /// The largest transfer length of RFC 6330 (erratum 5548).
    public static final long LENGTH_MAX = 942_574_504_275L;

    public static final int SYMBOL_SIZE_MAX = 65535;

    public static final int BLOCKS_MAX = 1_000_000;

    /// The most bytes of a block: a block lives in one array, and so do its intermediate symbols.
    public static final int BLOCK_BYTES_MAX = 1 << 30;

    public Oti {
        check("transfer length", transferLength, 1, LENGTH_MAX);
        check("symbol size", symbolSize, 1, SYMBOL_SIZE_MAX);
        check("number of blocks", blocks, 1, Math.min(BLOCKS_MAX, Math.ceilDiv(transferLength, symbolSize)));
        long largest = Math.ceilDiv(Math.ceilDiv(transferLength, symbolSize), (long) blocks);
        check("source symbols of a block", largest, 1, K_MAX);
        check("bytes of a block", largest * symbolSize, 1, BLOCK_BYTES_MAX);
    }

    /// The fewest blocks that keep each at or below `maxSymbolsPerBlock` source symbols.
    public static Oti of(long transferLength, int symbolSize, int maxSymbolsPerBlock) {
        check("transfer length", transferLength, 1, LENGTH_MAX);
        check("symbol size", symbolSize, 1, SYMBOL_SIZE_MAX);
        check("symbols per block", maxSymbolsPerBlock, 1, K_MAX);
        long symbols = Math.ceilDiv(transferLength, symbolSize);
        long blocks = Math.ceilDiv(symbols, (long) Math.min(maxSymbolsPerBlock, BLOCK_BYTES_MAX / symbolSize));
        check("number of blocks", blocks, 1, BLOCKS_MAX);
        return new Oti(transferLength, symbolSize, (int) blocks);
    }

    /// Source symbols of the block `sbn`: the first blocks may have one more than the others.
    public int k(int sbn) {
        checkBlock(sbn);
        return (int) (sbn < longBlocks() ? shortSymbols() + 1 : shortSymbols());
    }

    /// Where the block `sbn` begins in the object, in bytes.
    public long offset(int sbn) {
        checkBlock(sbn);
        return (sbn * shortSymbols() + Math.min(sbn, longBlocks())) * symbolSize;
    }

    /// Bytes of the object in the block `sbn`. The last block may be short: zeros fill it to `k(sbn) * symbolSize`.
    public int length(int sbn) {
        return (int) Math.min((long) k(sbn) * symbolSize, transferLength - offset(sbn));
    }

    private long symbols() {
        return Math.ceilDiv(transferLength, symbolSize);
    }

    private long shortSymbols() {
        return symbols() / blocks;
    }

    private long longBlocks() {
        return symbols() % blocks;
    }

    private void checkBlock(int sbn) {
        if (sbn < 0 || sbn >= blocks) throw new IllegalArgumentException("block " + sbn + " of " + blocks);
    }

    static void check(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " " + value + " is not in " + least + " to " + most);
        }
    }
}
