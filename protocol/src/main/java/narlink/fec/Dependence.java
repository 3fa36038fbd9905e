package narlink.fec;

/// How each column depends on the inactive ones once the peeled part is substituted into itself: a set of inactive
/// columns, 64 of them to a word.
final class Dependence {
    final int words;
    private final Constraints constraints;
    private final int l;
    private final long[] bits;

    Dependence(Constraints constraints, Peeling peeling) {
        this.constraints = constraints;
        words = Math.ceilDiv(peeling.inactives, 64);
        l = constraints.parameters.l();
        bits = new long[l * words];
        for (int i = 0; i < peeling.inactives; i++) bits[index(peeling.inactive[i], i >> 6)] = 1L << i;
        for (int word = 0; word < words; word += group(word)) {
            for (int i = 0; i < peeling.pivots; i++) {
                sum(peeling.pivotRows[i], word, bits, index(peeling.pivotColumns[i], word));
            }
        }
    }

    /// One word of what `column` depends on.
    long word(int column, int word) {
        return bits[index(column, word)];
    }

    /// Writes what the sum of the row's columns depends on.
    void sum(int row, long[] out, int at) {
        for (int word = 0; word < words; word += group(word)) sum(row, word, out, at + word);
    }

    /// Words lie in groups of four as long as there are four: then one pass over a row serves four words.
    private int group(int word) {
        return words - (word & -4) >= 4 ? 4 : 1;
    }

    /// Where the column's word is in `bits`.
    private int index(int column, int word) {
        return group(word) == 4 ? (word & -4) * l + 4 * column + (word & 3) : word * l + column;
    }

    /// The same for the group that begins with `word`. While a pivot is computed, its own bits are still zero.
    private void sum(int row, int word, long[] out, int at) {
        int[] columns = constraints.columns();
        int end = constraints.end(row);
        int first = word * l;
        long a = 0;
        if (group(word) == 1) {
            for (int i = constraints.start(row); i < end; i++) a ^= bits[first + columns[i]];
            out[at] = a;
            return;
        }
        long b = 0;
        long c = 0;
        long d = 0;
        for (int i = constraints.start(row); i < end; i++) {
            int from = first + 4 * columns[i];
            a ^= bits[from];
            b ^= bits[from + 1];
            c ^= bits[from + 2];
            d ^= bits[from + 3];
        }
        out[at] = a;
        out[at + 1] = b;
        out[at + 2] = c;
        out[at + 3] = d;
    }
}
