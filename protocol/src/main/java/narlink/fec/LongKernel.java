package narlink.fec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The kernel for every JVM: eight bytes at a time, in loops so small that the JIT compiles them early and turns them
/// into vector instructions by itself. For that each sum is made in an array of its own, which cannot overlap with
/// what is read.
final class LongKernel extends Kernel {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long NO_TOP_BITS = 0x7f7f7f7f7f7f7f7fL;

    @Override
    void gather(Program program, Known known, Slab slab) {
        int[] code = program.code();
        int width = slab.width();
        long[] sum = new long[width / 8];
        for (int at = 0; at < program.size(); ) {
            int number = code[at + 1];
            int end = at + 3 + code[at + 2];
            int first = at + 3;
            if (number < 0 || number >= known.count()) {
                Arrays.fill(sum, 0);
            } else if (number < known.k()) {
                first = set(sum, known.source(), known.sourceAt() + number * width, code, first, end, slab);
            } else {
                first = set(sum, known.repair(), (number - known.k()) * width, code, first, end, slab);
            }
            add(sum, code, first, end, slab);
            write(sum, slab.bytes(), slab.offset(code[at]));
            at = end;
        }
    }

    @Override
    void sum(int[] columns, int count, Slab slab, byte[] out, int at) {
        long[] sum = new long[slab.width() / 8];
        add(sum, columns, 0, count, slab);
        write(sum, out, at);
    }

    @Override
    void horner(Program program, Slab slab) {
        int[] code = program.code();
        long[] sum = new long[slab.width() / 8];
        for (int at = 0; at < program.size(); ) {
            int to = slab.offset(code[at++]);
            Arrays.fill(sum, 0);
            for (int group = 0; group < 8; group++) {
                timesAlpha(sum);
                int end = at + 1 + code[at];
                add(sum, code, at + 1, end, slab);
                at = end;
            }
            write(sum, slab.bytes(), to);
        }
    }

    @Override
    void hdpc(Plan plan, Slab slab) {
        int[] pairs = plan.hdpc().pairs();
        long[] y = new long[slab.width() / 8];
        long[][] sums = new long[plan.hdpc().pairCount()][slab.width() / 8];
        for (int column = 0; column < pairs.length; column++) {
            timesAlpha(y);
            add(y, slab.bytes(), slab.offset(column));
            add(sums[pairs[column]], y);
        }
        timesAlpha(y);
        add(y, slab.bytes(), slab.offset(pairs.length));
        long[] sum = new long[y.length];
        for (int row = 0; row < plan.hdpc().rows; row++) {
            System.arraycopy(y, 0, sum, 0, y.length);
            for (int other = 0; other < plan.hdpc().rows; other++) {
                if (other != row) add(sum, sums[Hdpc.pair(row, other)]);
            }
            write(sum, slab.bytes(), slab.offset(plan.hdpcAt() + row));
            timesAlpha(y);
        }
    }

    private static void add(long[] sum, int[] terms, int from, int to, Slab slab) {
        byte[] bytes = slab.bytes();
        int at = from;
        for (; at <= to - 4; at += 4) {
            int a = slab.offset(terms[at]);
            int b = slab.offset(terms[at + 1]);
            int c = slab.offset(terms[at + 2]);
            add4(sum, bytes, a, b, c, slab.offset(terms[at + 3]));
        }
        if (at <= to - 2) {
            add2(sum, bytes, slab.offset(terms[at]), slab.offset(terms[at + 1]));
            at += 2;
        }
        if (at < to) add(sum, bytes, slab.offset(terms[at]));
    }

    /// Begins with the bytes at `baseAt` and up to three terms; returns which term is the next.
    private static int set(long[] sum, byte[] base, int baseAt, int[] terms, int from, int to, Slab slab) {
        if (to - from >= 3) {
            int a = slab.offset(terms[from]);
            int b = slab.offset(terms[from + 1]);
            set3(sum, base, baseAt, slab.bytes(), a, b, slab.offset(terms[from + 2]));
            return from + 3;
        }
        if (to == from) {
            set(sum, base, baseAt);
            return from;
        }
        set1(sum, base, baseAt, slab.bytes(), slab.offset(terms[from]));
        return from + 1;
    }

    private static void set1(long[] sum, byte[] base, int at, byte[] slab, int a) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] = (long) LONG.get(base, at + 8 * i) ^ (long) LONG.get(slab, a + 8 * i);
        }
    }

    private static void set3(long[] sum, byte[] base, int at, byte[] slab, int a, int b, int c) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] = (long) LONG.get(base, at + 8 * i)
                    ^ (long) LONG.get(slab, a + 8 * i)
                    ^ (long) LONG.get(slab, b + 8 * i)
                    ^ (long) LONG.get(slab, c + 8 * i);
        }
    }

    private static void set(long[] sum, byte[] from, int at) {
        for (int i = 0; i < sum.length; i++) sum[i] = (long) LONG.get(from, at + 8 * i);
    }

    private static void write(long[] sum, byte[] to, int at) {
        for (int i = 0; i < sum.length; i++) LONG.set(to, at + 8 * i, sum[i]);
    }

    private static void add(long[] sum, long[] term) {
        for (int i = 0; i < sum.length; i++) sum[i] ^= term[i];
    }

    private static void add(long[] sum, byte[] slab, int a) {
        for (int i = 0; i < sum.length; i++) sum[i] ^= (long) LONG.get(slab, a + 8 * i);
    }

    private static void add2(long[] sum, byte[] slab, int a, int b) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] ^= (long) LONG.get(slab, a + 8 * i) ^ (long) LONG.get(slab, b + 8 * i);
        }
    }

    private static void add4(long[] sum, byte[] slab, int a, int b, int c, int d) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] ^= (long) LONG.get(slab, a + 8 * i)
                    ^ (long) LONG.get(slab, b + 8 * i)
                    ^ (long) LONG.get(slab, c + 8 * i)
                    ^ (long) LONG.get(slab, d + 8 * i);
        }
    }

    private static void timesAlpha(long[] sum) {
        for (int i = 0; i < sum.length; i++) {
            long top = sum[i] >>> 7 & LOW_BITS;
            sum[i] = (sum[i] & NO_TOP_BITS) << 1 ^ top * Gf256.REDUCTION;
        }
    }
}
