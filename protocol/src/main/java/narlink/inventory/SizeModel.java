package narlink.inventory;

import java.io.IOException;
import narlink.delta.mixing.BinaryCoder;
import narlink.delta.mixing.Predictor;

/// Codes sizes of NARs (§13.8): how many bits each has and the three below the highest, by the size before and by the
/// name; what is below these as it is, or not at all.
final class SizeModel {
    /// In units of 8 bytes; more has no NAR that is told of.
    static final long MAX = (1L << 47) - 1;

    private static final int CONTEXTS = 4;
    private static final int SLOTS = 1 << 16;
    private static final int MIX = 0x2545F491;
    private static final int KEPT = 3;
    private static final int LENGTH_BITS = 6;

    private final Predictor bits;
    private final int[] values = new int[CONTEXTS];
    private int before; // How many bits the last one had.

    SizeModel(BinaryCoder coder) {
        bits = new Predictor(coder, new int[SLOTS], CONTEXTS, 10, new int[] {512, 1}, 1, 512);
    }

    /// To four bits, the nearer; in units of 8 bytes.
    static long rounded(long size) {
        int dropped = length(size) - KEPT - 1;
        return dropped <= 0 ? size : size + (1L << dropped - 1) >>> dropped << dropped;
    }

    /// @param size in units of 8 bytes; a decoder does not look at it
    /// @param exactly or else [#rounded]
    long code(NameClass name, long size, boolean exactly) throws IOException {
        int length = length(size);
        int kept = Math.clamp(length - 1, 0, KEPT);
        int given = length << KEPT | (int) (size >>> Math.max(0, length - 1 - kept)) & (1 << kept) - 1;
        int node = 1;
        for (int bit = LENGTH_BITS + KEPT - 1; bit >= 0; bit--) {
            values[0] = node;
            values[1] = node * 64 + before;
            values[2] = node + name.ending() * 7;
            values[3] = node + name.beginning() * 7;
            node = node << 1 | bit(given >>> bit & 1, node);
        }
        length = node >>> KEPT & (1 << LENGTH_BITS) - 1;
        before = length;
        if (length == 0) return 0;
        kept = Math.min(length - 1, KEPT);
        long coded = 1L << kept | node & (1 << kept) - 1;
        for (int bit = length - 2 - kept; bit >= 0; bit--) {
            values[0] = values[1] = values[2] = values[3] = 512 + bit;
            coded = coded << 1 | (exactly ? bit((int) (size >>> bit & 1), 0) : 0);
        }
        if (coded > MAX) throw new MalformedInventoryException("a NAR of " + length + " bits of size");
        return coded;
    }

    private int bit(int given, int node) throws IOException {
        for (int i = 0; i < CONTEXTS; i++) bits.context(i, values[i] * MIX + i);
        bits.choose(0, node);
        return bits.code(given, 1, node, 0);
    }

    private static int length(long size) {
        return 64 - Long.numberOfLeadingZeros(size);
    }
}
