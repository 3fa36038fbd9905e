package narlink.delta.lzma;

/// What bits cost, in sixteenths of a bit, by their probabilities in 2048ths; coarse, as liblzma sees it.
final class Prices {
    /// More than anything costs.
    static final int INFINITE = 1 << 30;

    private static final int GRAIN = 4; // Bits of a probability that do not count.
    private static final int FRACTION = 4;
    private static final int[] OF_ZERO = new int[Range.ONE >> GRAIN];

    static {
        for (int i = 0; i < OF_ZERO.length; i++) {
            int square = (i << GRAIN) + (1 << GRAIN - 1);
            int log = 0;
            for (int j = 0; j < FRACTION; j++) {
                long squared = (long) square * square;
                log <<= 1;
                for (; squared >= 1 << 16; squared >>= 1) log++;
                square = (int) squared;
            }
            OF_ZERO[i] = (Range.BITS << FRACTION) - 15 - log;
        }
    }

    private Prices() {}

    static int zero(short[] odds, int at) {
        return OF_ZERO[odds[at] >> GRAIN];
    }

    static int one(short[] odds, int at) {
        return OF_ZERO[(odds[at] ^ Range.ONE - 1) >> GRAIN];
    }

    static int bit(short[] odds, int at, int bit) {
        return OF_ZERO[(odds[at] ^ -bit & Range.ONE - 1) >> GRAIN];
    }

    /// Of a number of `bits` bits, the highest first.
    static int tree(short[] odds, int from, int bits, int value) {
        int price = 0;
        for (int node = value | 1 << bits; node > 1; node >>= 1) price += bit(odds, from + (node >> 1), node & 1);
        return price;
    }

    /// The lowest first.
    static int reverseTree(short[] odds, int from, int bits, int value) {
        int price = 0;
        int node = 1;
        for (int i = 0; i < bits; i++) {
            int bit = value >> i & 1;
            price += bit(odds, from + node, bit);
            node = node << 1 | bit;
        }
        return price;
    }

    /// Of bits that are as likely as not.
    static int direct(int bits) {
        return bits << FRACTION;
    }
}
