package narlink.delta.lzma;

import java.util.Arrays;

/// LZMA's range coder, into the bytes of one chunk.
final class Range {
    /// Probabilities have so many bits.
    static final int BITS = 11;

    static final int ONE = 1 << BITS;

    private static final int MOVE = 5;
    private static final int TOP = 1 << 24;

    private final byte[] bytes = new byte[LzmaEncoder.MOST_PACKED];
    private int size;
    private long low;
    private int range = -1;
    private int held; // The byte that a carry may still change,
    private int pending = 1; // and how many it and those of 255 behind it are.

    static short[] odds(int count) {
        var odds = new short[count];
        Arrays.fill(odds, (short) (ONE / 2));
        return odds;
    }

    void bit(short[] odds, int at, int bit) {
        normalize();
        int p = odds[at];
        int bound = (range >>> BITS) * p;
        if (bit == 0) {
            range = bound;
            odds[at] = (short) (p + (ONE - p >> MOVE));
        } else {
            low += bound & 0xffffffffL;
            range -= bound;
            odds[at] = (short) (p - (p >> MOVE));
        }
    }

    void tree(short[] odds, int from, int bits, int value) {
        int node = 1;
        for (int i = bits - 1; i >= 0; i--) {
            int bit = value >> i & 1;
            bit(odds, from + node, bit);
            node = node << 1 | bit;
        }
    }

    void reverseTree(short[] odds, int from, int bits, int value) {
        int node = 1;
        for (int i = 0; i < bits; i++) {
            int bit = value >> i & 1;
            bit(odds, from + node, bit);
            node = node << 1 | bit;
        }
    }

    void direct(int value, int bits) {
        for (int i = bits - 1; i >= 0; i--) {
            normalize();
            range >>>= 1;
            if ((value >> i & 1) != 0) low += range & 0xffffffffL;
        }
    }

    private void normalize() {
        if (Integer.compareUnsigned(range, TOP) >= 0) return;
        shift();
        range <<= 8;
    }

    private void shift() {
        if (low < 0xff000000L || low >= 1L << 32) {
            int carry = (int) (low >>> 32);
            for (int next = held; pending > 0; pending--, next = 0xff) bytes[size++] = (byte) (next + carry);
            held = (int) (low >>> 24) & 0xff;
        }
        pending++;
        low = (low & TOP - 1) << 8;
    }

    /// Bytes of the chunk if it ended now.
    int size() {
        return size + pending + 4;
    }

    /// Ends the chunk; the next one begins.
    byte[] finish() {
        normalize();
        for (int i = 0; i < 5; i++) shift();
        byte[] chunk = Arrays.copyOf(bytes, size);
        size = 0;
        low = 0;
        range = -1;
        held = 0;
        pending = 1;
        return chunk;
    }
}
