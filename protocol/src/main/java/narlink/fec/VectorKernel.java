package narlink.fec;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The kernel for JVMs that were started with `--add-modules jdk.incubator.vector`. Nothing but [Kernels] may name it:
/// where the module is missing the class can't be linked. Sums stay in four registers until all terms are in.
final class VectorKernel extends Kernel {
    private static final VectorSpecies<Byte> SPECIES =
            ByteVector.SPECIES_PREFERRED.length() > Known.UNIT ? ByteVector.SPECIES_512 : ByteVector.SPECIES_PREFERRED;
    private static final int STEP = SPECIES.length();
    private static final byte[] ZERO = new byte[Known.width(Oti.SYMBOL_SIZE_MAX)];

    @Override
    void gather(Program program, Known known, Slab slab) {
        int[] code = program.code();
        int size = program.size();
        int width = slab.width();
        byte[] bytes = slab.bytes();
        for (int at = 0; at < size; ) {
            int to = slab.offset(code[at]);
            int number = code[at + 1];
            int first = at + 3;
            int end = first + code[at + 2];
            if (number >= 0 && number < known.k()) {
                sum(code, first, end, slab, known.source(), known.sourceAt() + number * width, bytes, to);
            } else if (number >= known.k() && number < known.count()) {
                sum(code, first, end, slab, known.repair(), (number - known.k()) * width, bytes, to);
            } else if (first < end) {
                sum(code, first + 1, end, slab, bytes, slab.offset(code[first]), bytes, to);
            } else {
                sum(code, first, end, slab, ZERO, 0, bytes, to);
            }
            at = end;
        }
    }

    @Override
    void sum(int[] columns, int count, Slab slab, byte[] out, int at) {
        sum(columns, 1, count, slab, slab.bytes(), slab.offset(columns[0]), out, at);
    }

    /// Writes `base` plus the slots `terms[first]` to `terms[end - 1]`.
    private static void sum(int[] terms, int first, int end, Slab slab, byte[] base, int baseAt, byte[] out, int to) {
        byte[] bytes = slab.bytes();
        int width = slab.width();
        int i = 0;
        for (; i <= width - 4 * STEP; i += 4 * STEP) {
            var a = load(base, baseAt + i);
            var b = load(base, baseAt + i + STEP);
            var c = load(base, baseAt + i + 2 * STEP);
            var d = load(base, baseAt + i + 3 * STEP);
            int slot0 = slab.at() + i;
            for (int term = first; term < end; term++) {
                int from = slot0 + terms[term] * width;
                a = a.lanewise(VectorOperators.XOR, load(bytes, from));
                b = b.lanewise(VectorOperators.XOR, load(bytes, from + STEP));
                c = c.lanewise(VectorOperators.XOR, load(bytes, from + 2 * STEP));
                d = d.lanewise(VectorOperators.XOR, load(bytes, from + 3 * STEP));
            }
            a.intoArray(out, to + i);
            b.intoArray(out, to + i + STEP);
            c.intoArray(out, to + i + 2 * STEP);
            d.intoArray(out, to + i + 3 * STEP);
        }
        for (; i < width; i += STEP) {
            var a = load(base, baseAt + i);
            int slot0 = slab.at() + i;
            for (int term = first; term < end; term++) {
                a = a.lanewise(VectorOperators.XOR, load(bytes, slot0 + terms[term] * width));
            }
            a.intoArray(out, to + i);
        }
    }

    @Override
    void horner(Program program, Slab slab) {
        int[] code = program.code();
        byte[] bytes = slab.bytes();
        for (int at = 0; at < program.size(); ) {
            int to = slab.offset(code[at++]);
            int end = at;
            for (int i = 0; i < slab.width(); i += STEP) {
                var sum = ByteVector.zero(SPECIES);
                end = at;
                for (int group = 0; group < 8; group++) {
                    sum = timesAlpha(sum);
                    int next = end + 1 + code[end];
                    for (int term = end + 1; term < next; term++) {
                        sum = sum.lanewise(VectorOperators.XOR, load(bytes, slab.offset(code[term]) + i));
                    }
                    end = next;
                }
                sum.intoArray(bytes, to + i);
            }
            at = end;
        }
    }

    @Override
    void hdpc(Plan plan, Slab slab) {
        byte[] sums = new byte[(plan.hdpc().pairCount() + 1) * 4 * STEP];
        int i = 0;
        for (; i <= slab.width() - 4 * STEP; i += 4 * STEP) {
            recur4(plan.hdpc(), slab, i, sums);
            for (int lane = 0; lane < 4; lane++) finish(plan, slab, i + lane * STEP, sums, lane * STEP, 4 * STEP);
        }
        for (; i < slab.width(); i += STEP) {
            recur(plan.hdpc(), slab, i, sums);
            finish(plan, slab, i, sums, 0, STEP);
        }
    }

    /// The recurrence on four vectors of each symbol. Sets `sums`: first those of the pairs, then the last y.
    private static void recur4(Hdpc hdpc, Slab slab, int i, byte[] sums) {
        byte[] bytes = slab.bytes();
        Arrays.fill(sums, (byte) 0);
        var a = ByteVector.zero(SPECIES);
        var b = ByteVector.zero(SPECIES);
        var c = ByteVector.zero(SPECIES);
        var d = ByteVector.zero(SPECIES);
        int from = slab.at() + i;
        for (int pair : hdpc.pairs()) {
            a = timesAlpha(a).lanewise(VectorOperators.XOR, load(bytes, from));
            b = timesAlpha(b).lanewise(VectorOperators.XOR, load(bytes, from + STEP));
            c = timesAlpha(c).lanewise(VectorOperators.XOR, load(bytes, from + 2 * STEP));
            d = timesAlpha(d).lanewise(VectorOperators.XOR, load(bytes, from + 3 * STEP));
            int sum = pair * 4 * STEP;
            add(a, sums, sum);
            add(b, sums, sum + STEP);
            add(c, sums, sum + 2 * STEP);
            add(d, sums, sum + 3 * STEP);
            from += slab.width();
        }
        int last = hdpc.pairCount() * 4 * STEP;
        timesAlpha(a).lanewise(VectorOperators.XOR, load(bytes, from)).intoArray(sums, last);
        timesAlpha(b).lanewise(VectorOperators.XOR, load(bytes, from + STEP)).intoArray(sums, last + STEP);
        timesAlpha(c)
                .lanewise(VectorOperators.XOR, load(bytes, from + 2 * STEP))
                .intoArray(sums, last + 2 * STEP);
        timesAlpha(d)
                .lanewise(VectorOperators.XOR, load(bytes, from + 3 * STEP))
                .intoArray(sums, last + 3 * STEP);
    }

    /// The same on one vector of each symbol.
    private static void recur(Hdpc hdpc, Slab slab, int i, byte[] sums) {
        byte[] bytes = slab.bytes();
        Arrays.fill(sums, (byte) 0);
        var y = ByteVector.zero(SPECIES);
        int from = slab.at() + i;
        for (int pair : hdpc.pairs()) {
            y = timesAlpha(y).lanewise(VectorOperators.XOR, load(bytes, from));
            add(y, sums, pair * STEP);
            from += slab.width();
        }
        timesAlpha(y).lanewise(VectorOperators.XOR, load(bytes, from)).intoArray(sums, hdpc.pairCount() * STEP);
    }

    /// Adds to each row the pairs that it is part of, and the last y times alpha^row. Sums are `stride` apart.
    private static void finish(Plan plan, Slab slab, int i, byte[] sums, int at, int stride) {
        int rows = plan.hdpc().rows;
        var y = load(sums, plan.hdpc().pairCount() * stride + at);
        for (int row = 0; row < rows; row++) {
            var sum = y;
            for (int other = 0; other < row; other++) {
                sum = sum.lanewise(VectorOperators.XOR, load(sums, Hdpc.pair(row, other) * stride + at));
            }
            for (int other = row + 1; other < rows; other++) {
                sum = sum.lanewise(VectorOperators.XOR, load(sums, Hdpc.pair(row, other) * stride + at));
            }
            sum.intoArray(slab.bytes(), slab.offset(plan.hdpcAt() + row) + i);
            y = timesAlpha(y);
        }
    }

    private static void add(ByteVector y, byte[] sums, int at) {
        y.lanewise(VectorOperators.XOR, load(sums, at)).intoArray(sums, at);
    }

    private static ByteVector timesAlpha(ByteVector y) {
        return y.add(y).lanewise(VectorOperators.XOR, (byte) Gf256.REDUCTION, y.lt((byte) 0));
    }

    private static ByteVector load(byte[] from, int at) {
        return ByteVector.fromArray(SPECIES, from, at);
    }
}
