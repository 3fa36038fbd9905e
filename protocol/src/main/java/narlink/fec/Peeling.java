package narlink.fec;

import java.util.Arrays;

/// Phase 1 (RFC 6330 §5.4.2.2): orders the sparse part so that it can be solved by substitution alone. A row with one
/// active column left becomes that column's pivot. Where no such row exists, a row of least weight gives up all its
/// columns but one to the inactive set, which is left to [Elimination]; PI columns are inactive from the start. Any
/// choice of rows is allowed: it changes the cost, never the result.
final class Peeling {
    /// Rows above this weight are not listed: LDPC rows of a large K', until they have become lighter.
    private static final int WEIGHT_CAP = 30;
    private static final int NONE = -1;
    private static final long WEIGHT = 1L << 32;
    private static final long TAKEN = WEIGHT << 24; // The weight of a row that is a pivot: never light again.

    /// The pivot rows in order, and the column that each of them determines.
    final int[] pivotRows;

    final int[] pivotColumns;

    /// The inactive columns, and of each column its index among them, or -1.
    final int[] inactive;

    final int[] place;
    int pivots;
    int inactives;

    private final Constraints constraints;
    private final int[] columns;
    private final int w;
    private final int[] rowsOf; // Of each column below w, its rows.
    private final int[] rowsOfStarts;
    private final long[] states; // Of each row, its weight (high half) and the XOR of its active columns.
    private final boolean[] settled;
    private final int[] heads = new int[WEIGHT_CAP + 2]; // By weight, rows that have or had it: a list of entries.
    private final int[] entryRows;
    private final int[] entryNext;
    private int entries;

    Peeling(Constraints constraints) {
        this.constraints = constraints;
        w = constraints.parameters.w();
        int l = constraints.parameters.l();
        int rows = constraints.rows();
        columns = constraints.columns();
        pivotRows = new int[w];
        pivotColumns = new int[w];
        inactive = new int[l];
        place = new int[l];
        states = new long[rows];
        settled = new boolean[w];
        rowsOfStarts = new int[w + 1];
        rowsOf = index();
        entryRows = new int[rows + rowsOf.length];
        entryNext = new int[rows + rowsOf.length];
        Arrays.fill(place, NONE);
        Arrays.fill(heads, NONE);
        for (int column = w; column < l; column++) inactivate(column);
        for (int row = 0; row < rows; row++) enter(row, weight(row));
        peel();
    }

    private int[] index() {
        for (int row = 0; row < constraints.rows(); row++) {
            long state = 0;
            for (int at = constraints.start(row); at < constraints.end(row); at++) {
                int column = columns[at];
                if (column >= w) break; // PI columns are the last of a row.
                rowsOfStarts[column + 1]++;
                state = (state ^ column) + WEIGHT;
            }
            states[row] = state;
        }
        for (int column = 0; column < w; column++) rowsOfStarts[column + 1] += rowsOfStarts[column];
        int[] ends = Arrays.copyOf(rowsOfStarts, w);
        int[] index = new int[rowsOfStarts[w]];
        for (int row = 0; row < constraints.rows(); row++) {
            for (int at = constraints.start(row); at < constraints.end(row); at++) {
                int column = columns[at];
                if (column >= w) break;
                index[ends[column]++] = row;
            }
        }
        return index;
    }

    private void peel() {
        for (int row = lightest(); row != NONE; row = lightest()) {
            int column = weight(row) == 1 ? (int) states[row] : choose(row);
            states[row] = TAKEN;
            pivotRows[pivots] = row;
            pivotColumns[pivots++] = column;
            settle(column);
        }
        for (int column = 0; column < w; column++) {
            if (!settled[column]) inactivate(column);
        }
    }

    /// A row of least weight. Entries are not taken out when a row gets lighter, so those that no longer hold are
    /// dropped here.
    private int lightest() {
        for (int weight = 1; weight <= WEIGHT_CAP; weight++) {
            for (int entry = heads[weight]; entry != NONE; entry = entryNext[entry]) {
                int row = entryRows[entry];
                heads[weight] = entryNext[entry];
                if (weight(row) == weight) return row;
            }
        }
        int best = NONE;
        for (int row = 0; row < states.length; row++) {
            boolean candidate = weight(row) > 0 && states[row] < TAKEN / 2;
            if (candidate && (best == NONE || weight(row) < weight(best))) best = row;
        }
        return best;
    }

    /// Keeps the column that the fewest rows have and inactivates the row's others.
    private int choose(int row) {
        int best = NONE;
        int fewest = Integer.MAX_VALUE;
        for (int at = constraints.start(row); at < constraints.end(row); at++) {
            int column = columns[at];
            if (column >= w || settled[column]) continue;
            int degree = rowsOfStarts[column + 1] - rowsOfStarts[column];
            if (degree < fewest) {
                fewest = degree;
                best = column;
            }
        }
        for (int at = constraints.start(row); at < constraints.end(row); at++) {
            int column = columns[at];
            if (column >= w || settled[column] || column == best) continue;
            inactivate(column);
            settle(column);
        }
        return best;
    }

    private void inactivate(int column) {
        place[column] = inactives;
        inactive[inactives++] = column;
    }

    /// Takes `column` out of all rows.
    private void settle(int column) {
        settled[column] = true;
        for (int at = rowsOfStarts[column]; at < rowsOfStarts[column + 1]; at++) {
            int row = rowsOf[at];
            states[row] = (states[row] ^ column) - WEIGHT;
            enter(row, weight(row));
        }
    }

    private int weight(int row) {
        return (int) (states[row] >> 32);
    }

    private void enter(int row, int rowWeight) {
        int weight =
                Math.min(rowWeight, WEIGHT_CAP + 1); // One more list, which is never read: no branch to mispredict.
        entryRows[entries] = row;
        entryNext[entries] = heads[weight];
        heads[weight] = entries++;
    }
}
