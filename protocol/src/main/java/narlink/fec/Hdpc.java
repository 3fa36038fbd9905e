package narlink.fec;

/// The HDPC rows (RFC 6330 §5.3.3.3) as what they are, a recurrence and not a dense matrix. MT x GAMMA applied to
/// columns C\[0\], C\[1\], … is: y = alpha·y + C\[j\], and each y is added to the two rows that Rand picks; the last
/// y is added to every row i, times alpha^i. C\[K'+S+i\] is added to row i.
final class Hdpc {
    private static final int BITS = 4;
    private static final int MASK = (1 << BITS) - 1;

    /// Of each column but the last, the two rows, packed.
    private final int[] pairs;

    final int rows;

    Hdpc(Parameters parameters) {
        rows = parameters.h();
        pairs = new int[parameters.kPrime() + parameters.s() - 1];
        for (int column = 0; column < pairs.length; column++) {
            int first = Generator.rand(column + 1, 6, rows);
            int second = (first + Generator.rand(column + 1, 7, rows - 1) + 1) % rows;
            pairs[column] = second << BITS | first;
        }
    }

    int[] pairs() {
        return pairs;
    }

    static int first(int pair) {
        return pair & MASK;
    }

    static int second(int pair) {
        return pair >>> BITS & MASK;
    }
}
