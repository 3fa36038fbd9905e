package narlink.fec;

import java.util.Arrays;

/// Every operation as its definition says, byte after byte: what the real kernels are held against.
final class ByteKernel extends Kernel {
    private static final int ALPHA = 2;

    @Override
    void gather(Program program, Known known, byte[] slab) {
        int[] code = program.code();
        int width = known.width();
        for (int at = 0; at < program.size(); at += 3 + code[at + 2]) {
            byte[] sum = new byte[width];
            int number = code[at + 1];
            if (number >= 0 && number < known.k()) {
                add(sum, known.source(), known.sourceAt() + number * width);
            } else if (number >= known.k() && number < known.count()) {
                add(sum, known.repair(), (number - known.k()) * width);
            }
            for (int i = 0; i < code[at + 2]; i++) add(sum, slab, code[at + 3 + i] * width);
            System.arraycopy(sum, 0, slab, code[at] * width, width);
        }
    }

    @Override
    void horner(Program program, byte[] slab, int width) {
        int[] code = program.code();
        for (int at = 0; at < program.size(); ) {
            int to = code[at++] * width;
            byte[] sum = new byte[width];
            for (int group = 0; group < 8; group++) {
                multiply(sum, ALPHA);
                for (int terms = code[at++]; terms > 0; terms--) add(sum, slab, code[at++] * width);
            }
            System.arraycopy(sum, 0, slab, to, width);
        }
    }

    @Override
    void hdpc(Plan plan, byte[] slab, int width) {
        int rows = plan.hdpc().rows;
        int[] pairs = plan.hdpc().pairs();
        Arrays.fill(slab, plan.hdpcAt() * width, (plan.hdpcAt() + rows) * width, (byte) 0);
        for (int row = 0; row < rows; row++) {
            byte[] y = new byte[width];
            byte[] sum = new byte[width];
            for (int column = 0; column <= pairs.length; column++) {
                multiply(y, ALPHA);
                add(y, slab, column * width);
                if (column == pairs.length) {
                    multiply(y, Gf256.alpha(row));
                    add(sum, y, 0);
                } else if (row == Hdpc.first(pairs[column]) || row == Hdpc.second(pairs[column])) {
                    add(sum, y, 0);
                }
            }
            System.arraycopy(sum, 0, slab, (plan.hdpcAt() + row) * width, width);
        }
    }

    @Override
    void sum(int[] columns, int count, byte[] slab, int width, byte[] out, int at) {
        byte[] sum = new byte[width];
        for (int i = 0; i < count; i++) add(sum, slab, columns[i] * width);
        System.arraycopy(sum, 0, out, at, width);
    }

    private static void add(byte[] sum, byte[] term, int at) {
        for (int i = 0; i < sum.length; i++) sum[i] ^= term[at + i];
    }

    private static void multiply(byte[] symbol, int factor) {
        for (int i = 0; i < symbol.length; i++) symbol[i] = (byte) Gf256.multiply(symbol[i] & 0xff, factor);
    }
}
