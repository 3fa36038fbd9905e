package narlink.fec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The kernel for every JVM: eight bytes at a time.
final class LongKernel extends Kernel {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long NO_TOP_BITS = 0x7f7f7f7f7f7f7f7fL;
    private static final int STEP = 32;

    @Override
    void gather(Program program, Known known, byte[] slab) {
        int[] code = program.code();
        int size = program.size();
        int width = known.width();
        for (int at = 0; at < size; ) {
            int to = code[at] * width;
            int number = code[at + 1];
            int count = code[at + 2];
            if (number < 0 || number >= known.count()) {
                sum(code, at + 3, count, slab, width, slab, to);
            } else if (number < known.k()) {
                sum(code, at + 3, count, slab, width, known.source(), known.sourceAt() + number * width, slab, to);
            } else {
                sum(code, at + 3, count, slab, width, known.repair(), (number - known.k()) * width, slab, to);
            }
            at += 3 + count;
        }
    }

    @Override
    void sum(int[] columns, int count, byte[] slab, int width, byte[] out, int at) {
        sum(columns, 0, count, slab, width, out, at);
    }

    private static void sum(int[] terms, int first, int count, byte[] slab, int width, byte[] out, int to) {
        if (count == 0) {
            Arrays.fill(out, to, to + width, (byte) 0);
        } else {
            sum(terms, first + 1, count - 1, slab, width, slab, terms[first] * width, out, to);
        }
    }

    private static void sum(
            int[] terms, int first, int count, byte[] slab, int width, byte[] base, int baseAt, byte[] out, int to) {
        for (int i = 0; i < width; i += STEP) {
            long a = (long) LONG.get(base, baseAt + i);
            long b = (long) LONG.get(base, baseAt + i + 8);
            long c = (long) LONG.get(base, baseAt + i + 16);
            long d = (long) LONG.get(base, baseAt + i + 24);
            for (int term = first; term < first + count; term++) {
                int from = terms[term] * width + i;
                a ^= (long) LONG.get(slab, from);
                b ^= (long) LONG.get(slab, from + 8);
                c ^= (long) LONG.get(slab, from + 16);
                d ^= (long) LONG.get(slab, from + 24);
            }
            LONG.set(out, to + i, a);
            LONG.set(out, to + i + 8, b);
            LONG.set(out, to + i + 16, c);
            LONG.set(out, to + i + 24, d);
        }
    }

    @Override
    void horner(Program program, byte[] slab, int width) {
        int[] code = program.code();
        int size = program.size();
        for (int at = 0; at < size; ) {
            int to = code[at++] * width;
            int end = at;
            for (int i = 0; i < width; i += 8) {
                long sum = 0;
                end = at;
                for (int group = 0; group < 8; group++) {
                    sum = timesAlpha(sum);
                    int next = end + 1 + code[end];
                    for (int term = end + 1; term < next; term++) sum ^= (long) LONG.get(slab, code[term] * width + i);
                    end = next;
                }
                LONG.set(slab, to + i, sum);
            }
            at = end;
        }
    }

    @Override
    void hdpc(Plan plan, byte[] slab, int width) {
        int[] pairs = plan.hdpc().pairs();
        int longs = width / 8;
        long[] y = new long[longs];
        long[][] sums = new long[plan.hdpc().rows][longs];
        for (int column = 0; column <= pairs.length; column++) {
            for (int i = 0; i < longs; i++) y[i] = timesAlpha(y[i]);
            int from = column * width;
            for (int i = 0; i < longs; i++) y[i] ^= (long) LONG.get(slab, from + 8 * i);
            if (column == pairs.length) break;
            long[] first = sums[Hdpc.first(pairs[column])];
            long[] second = sums[Hdpc.second(pairs[column])];
            for (int i = 0; i < longs; i++) {
                first[i] ^= y[i];
                second[i] ^= y[i];
            }
        }
        for (int row = 0; row < sums.length; row++) {
            int to = (plan.hdpcAt() + row) * width;
            for (int i = 0; i < longs; i++) {
                LONG.set(slab, to + 8 * i, sums[row][i] ^ y[i]);
                y[i] = timesAlpha(y[i]);
            }
        }
    }

    private static long timesAlpha(long y) {
        long top = y >>> 7 & LOW_BITS;
        return (y & NO_TOP_BITS) << 1 ^ top * Gf256.REDUCTION;
    }
}
