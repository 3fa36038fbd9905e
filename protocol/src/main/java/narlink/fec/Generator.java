package narlink.fec;

/// Which intermediate symbols make up an encoding symbol: Rand, Deg, Tuple and Enc of RFC 6330 §5.3.5. Holds what
/// depends on K' only.
final class Generator {
    /// The most columns of an LT row: 30 LT and 3 PI.
    static final int COLUMNS_MAX = 33;

    private static final int[] V0 = Tables.V[0];
    private static final int[] V1 = Tables.V[1];
    private static final int[] V2 = Tables.V[2];
    private static final int[] V3 = Tables.V[3];

    /// Of each 2^10 values v, the degree of the least.
    private static final int DEGREE_SHIFT = 10;

    private static final byte[] DEGREES = new byte[1 << 20 - DEGREE_SHIFT];

    static {
        for (int i = 0, degree = 1; i < DEGREES.length; i++) {
            while (i << DEGREE_SHIFT >= Tables.DEGREE[degree]) degree++;
            DEGREES[i] = (byte) degree;
        }
    }

    private final int w;
    private final int p;
    private final int p1;
    private final int multiplier;
    private final int addend;

    Generator(Parameters parameters) {
        w = parameters.w();
        p = parameters.p();
        p1 = parameters.p1();
        multiplier = (53591 + parameters.j() * 997) | 1;
        addend = 10267 * (parameters.j() + 1);
    }

    /// Writes the columns of the symbol with internal symbol id `isi` from `out[at]` on; returns where they end. The
    /// LT columns come first.
    int columns(int isi, int[] out, int at) {
        int y = addend + isi * multiplier;
        int degree = Math.min(degree(rand(y, 0, 1 << 20)), w - 2);
        int a = 1 + rand(y, 1, w - 1);
        int b = rand(y, 2, w);
        int piDegree = degree < 4 ? 2 + rand(isi, 3, 2) : 2;
        int a1 = 1 + rand(isi, 4, p1 - 1);
        int b1 = rand(isi, 5, p1);
        for (int i = 0; i < degree; i++) {
            out[at++] = b;
            b += a;
            if (b >= w) b -= w;
        }
        for (int i = 0; i < piDegree; i++) {
            while (b1 >= p) b1 = next(b1, a1);
            out[at++] = w + b1;
            b1 = next(b1, a1);
        }
        return at;
    }

    private int next(int b1, int a1) {
        int next = b1 + a1;
        return next >= p1 ? next - p1 : next;
    }

    /// Rand\[y, i, m\] (§5.3.5.1).
    static int rand(int y, int i, int m) {
        int mixed =
                V0[(y + i) & 255] ^ V1[((y >>> 8) + i) & 255] ^ V2[((y >>> 16) + i) & 255] ^ V3[((y >>> 24) + i) & 255];
        return Integer.remainderUnsigned(mixed, m);
    }

    /// Deg\[v\] (§5.3.5.2) without the limit W-2.
    private static int degree(int v) {
        int degree = DEGREES[v >>> DEGREE_SHIFT];
        while (v >= Tables.DEGREE[degree]) degree++;
        return degree;
    }
}
