package narlink.fec;

/// The HDPC rows (RFC 6330 §5.3.3.3) as what they are, a recurrence and not a dense matrix. MT x GAMMA applied to
/// columns C\[0\], C\[1\], … is: y = alpha·y + C\[j\], and each y is added to the two rows that Rand picks; the last
/// y is added to every row i, times alpha^i. C\[K'+S+i\] is added to row i.
final class Hdpc {
    final int rows;
    private final int[] pairs;

    Hdpc(Parameters parameters) {
        rows = parameters.h();
        pairs = new int[parameters.kPrime() + parameters.s() - 1];
        for (int column = 0; column < pairs.length; column++) {
            int first = Generator.rand(column + 1, 6, rows);
            int second = first + Generator.rand(column + 1, 7, rows - 1) + 1;
            pairs[column] = pair(first, second < rows ? second : second - rows);
        }
    }

    /// Of each column but the last, the pair of rows to which its y is added.
    int[] pairs() {
        return pairs;
    }

    /// How many pairs there are. As y's are first added up by pair, each costs one addition and not two.
    int pairCount() {
        return pair(0, rows);
    }

    /// The number of the pair of two different rows.
    static int pair(int a, int b) {
        int high = Math.max(a, b);
        return high * (high - 1) / 2 + Math.min(a, b);
    }
}
