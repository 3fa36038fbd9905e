package narlink.fec;

/// Every operation as its definition says, byte after byte: what the real kernels are held against.
final class ByteKernel extends Kernel {
    private static final int ALPHA = 2;

    @Override
    void gather(Program program, Known known, Slab slab) {
        int[] code = program.code();
        int width = slab.width();
        byte[] bytes = slab.bytes();
        for (int at = 0; at < program.size(); at += 3 + code[at + 2]) {
            byte[] sum = new byte[width];
            int number = code[at + 1];
            if (number >= 0 && number < known.k()) {
                add(sum, known.source(), known.sourceAt() + number * width);
            } else if (number >= known.k() && number < known.count()) {
                add(sum, known.repair(), (number - known.k()) * width);
            }
            for (int i = 0; i < code[at + 2]; i++) add(sum, bytes, slab.offset(code[at + 3 + i]));
            System.arraycopy(sum, 0, bytes, slab.offset(code[at]), width);
        }
    }

    @Override
    void horner(Program program, Slab slab) {
        int width = slab.width();
        byte[] bytes = slab.bytes();
        int[] code = program.code();
        for (int at = 0; at < program.size(); ) {
            int to = slab.offset(code[at++]);
            byte[] sum = new byte[width];
            for (int group = 0; group < 8; group++) {
                multiply(sum, ALPHA);
                for (int terms = code[at++]; terms > 0; terms--) add(sum, bytes, slab.offset(code[at++]));
            }
            System.arraycopy(sum, 0, bytes, to, width);
        }
    }

    @Override
    void hdpc(Plan plan, Slab slab) {
        int width = slab.width();
        byte[] bytes = slab.bytes();
        int rows = plan.hdpc().rows;
        int[] pairs = plan.hdpc().pairs();
        for (int row = 0; row < rows; row++) {
            byte[] y = new byte[width];
            byte[] sum = new byte[width];
            for (int column = 0; column <= pairs.length; column++) {
                multiply(y, ALPHA);
                add(y, bytes, slab.offset(column));
                if (column == pairs.length) {
                    multiply(y, Gf256.alpha(row));
                    add(sum, y, 0);
                } else {
                    for (int other = 0; other < rows; other++) {
                        if (other != row && pairs[column] == Hdpc.pair(row, other)) add(sum, y, 0);
                    }
                }
            }
            System.arraycopy(sum, 0, bytes, slab.offset(plan.hdpcAt() + row), width);
        }
    }

    @Override
    void sum(int[] columns, int count, Slab slab, byte[] out, int at) {
        int width = slab.width();
        byte[] sum = new byte[width];
        for (int i = 0; i < count; i++) add(sum, slab.bytes(), slab.offset(columns[i]));
        System.arraycopy(sum, 0, out, at, width);
    }

    private static void add(byte[] sum, byte[] term, int at) {
        for (int i = 0; i < sum.length; i++) sum[i] ^= term[at + i];
    }

    private static void multiply(byte[] symbol, int factor) {
        for (int i = 0; i < symbol.length; i++) symbol[i] = (byte) Gf256.multiply(symbol[i] & 0xff, factor);
    }
}
