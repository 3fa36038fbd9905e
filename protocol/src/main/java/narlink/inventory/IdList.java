package narlink.inventory;

import java.util.ArrayList;
import java.util.List;

/// Which ids a set has, for one who knows most of them from elsewhere (§13.4): the upper 32 bits of each, ascending, as
/// Rice-coded differences. About 2.7 bytes each for some thousands. Any beginning of it can be read by itself.
public final class IdList {
    private static final int BITS = 32;
    private static final int SHIFT = 63 - BITS;

    private IdList() {}

    /// What is told of an id.
    public static long prefix(long id) {
        return id >>> SHIFT;
    }

    /// @param ids ascending
    public static byte[] write(long[] ids) {
        var out = new BitWriter();
        int low = lowBits(ids.length);
        long before = 0;
        for (long id : ids) {
            long gap = prefix(id) - before;
            for (long ones = gap >>> low; ones > 0; ones--) out.put(1);
            out.put(0);
            for (int bit = low - 1; bit >= 0; bit--) out.put((int) (gap >>> bit & 1));
            before = prefix(id);
        }
        return out.bytes();
    }

    /// The prefixes at the beginning of a list, as far as they can be read.
    ///
    /// @param count how many ids the whole list has
    public static List<Long> read(byte[] beginning, int count) {
        var prefixes = new ArrayList<Long>();
        int low = lowBits(count);
        long before = 0;
        int bit = 0;
        int end = beginning.length * 8;
        while (prefixes.size() < count) {
            long gap = 0;
            while (bit < end && bit(beginning, bit) == 1) {
                gap++;
                bit++;
            }
            if (bit + 1 + low > end) break;
            bit++;
            for (int i = 0; i < low; i++) gap = gap << 1 | bit(beginning, bit++);
            before += gap;
            if (before >= 1L << BITS) break; // No id's prefix; nothing behind it can be read either.
            prefixes.add(before);
        }
        return prefixes;
    }

    /// The parameter of the Rice code: bits that are written as they are.
    private static int lowBits(int count) {
        long mean = (1L << BITS) / Math.max(1, count);
        return Math.max(0, 62 - Long.numberOfLeadingZeros(mean));
    }

    private static int bit(byte[] bytes, int index) {
        return bytes[index >>> 3] >>> (7 - (index & 7)) & 1;
    }

    private static final class BitWriter {
        private final java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        private int pending;
        private int filled;

        void put(int bit) {
            pending = pending << 1 | bit;
            if (++filled == 8) flush();
        }

        byte[] bytes() {
            // Filled up with ones, which are no end of anything.
            while (filled > 0) put(1);
            return out.toByteArray();
        }

        private void flush() {
            out.write(pending);
            pending = 0;
            filled = 0;
        }
    }
}
