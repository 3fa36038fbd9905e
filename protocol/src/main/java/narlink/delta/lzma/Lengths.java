package narlink.delta.lzma;

/// Codes the lengths of matches, and remembers for a while what they cost.
final class Lengths {
    private static final int LOW_BITS = 3;
    private static final int HIGH_BITS = 8;
    private static final int LOW = 1 << LOW_BITS;
    private static final int SECOND = 1;
    private static final int OTHERS = 2; // Behind the two choices.
    private static final int MIDDLE = OTHERS + (LOW << Model.MOST_POSITION_BITS);
    private static final int HIGH = MIDDLE + (LOW << Model.MOST_POSITION_BITS);

    private final short[] odds = Range.odds(HIGH + (1 << HIGH_BITS));
    private final int told; // So many lengths have a price.
    private final int[][] prices;
    private final int[] left; // Until prices are worked out again, by the place.

    /// @param nice no longer ones need a price; 0 if none do
    Lengths(int positions, int nice) {
        told = Math.max(0, nice + 1 - Model.SHORTEST);
        prices = new int[positions][told];
        left = new int[positions];
        for (int i = 0; i < positions; i++) price(i);
    }

    void code(Range range, int length, int position) {
        if (told > 0 && --left[position] == 0) price(position); // Before it learns from this one.
        int value = length - Model.SHORTEST;
        if (value < LOW) {
            range.bit(odds, 0, 0);
            range.tree(odds, OTHERS + position * LOW, LOW_BITS, value);
        } else if (value < 2 * LOW) {
            range.bit(odds, 0, 1);
            range.bit(odds, SECOND, 0);
            range.tree(odds, MIDDLE + position * LOW, LOW_BITS, value - LOW);
        } else {
            range.bit(odds, 0, 1);
            range.bit(odds, SECOND, 1);
            range.tree(odds, HIGH, HIGH_BITS, value - 2 * LOW);
        }
    }

    int price(int length, int position) {
        return prices[position][length - Model.SHORTEST];
    }

    private void price(int position) {
        left[position] = told;
        int low = Prices.zero(odds, 0);
        int middle = Prices.one(odds, 0) + Prices.zero(odds, SECOND);
        int high = Prices.one(odds, 0) + Prices.one(odds, SECOND);
        for (int i = 0; i < told; i++) {
            prices[position][i] = i < LOW
                    ? low + Prices.tree(odds, OTHERS + position * LOW, LOW_BITS, i)
                    : i < 2 * LOW
                            ? middle + Prices.tree(odds, MIDDLE + position * LOW, LOW_BITS, i - LOW)
                            : high + Prices.tree(odds, HIGH, HIGH_BITS, i - 2 * LOW);
        }
    }
}
