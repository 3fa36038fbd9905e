package narlink.fec;

import java.util.Arrays;

/// Phase 1 (RFC 6330 §5.4.2.2): orders the sparse part so that it can be solved by substitution alone. A row with one
/// active column left becomes that column's pivot. Where no such row exists, a row of least weight gives up all its
/// columns but one to the inactive set, which is left to [Elimination]; PI columns are inactive from the start. Any
/// choice of rows is allowed: it changes the cost, never the result.
final class Peeling {
    private static final int WEIGHT_CAP = 63;
    private static final int NONE = -1;

    /// The pivot rows in order, and the column that each of them determines.
    final int[] pivotRows;

    final int[] pivotColumns;

    /// The inactive columns, and of each column its index among them, or -1.
    final int[] inactive;

    final int[] place;
    int pivots;
    int inactives;

    private final int[] columns;
    private final int w;
    private final int[] rowsOf; // Of each column below w, its rows.
    private final int[] rowsOfStarts;
    private final int[] weights;
    private final int[] remainders; // XOR of a row's active columns: at weight 1, the column itself.
    private final boolean[] settled;
    private final int[] heads; // Rows by weight, as doubly linked lists.
    private final int[] next;
    private final int[] previous;

    Peeling(Constraints constraints) {
        w = constraints.parameters.w();
        int l = constraints.parameters.l();
        int rows = constraints.rows();
        columns = constraints.columns();
        pivotRows = new int[w];
        pivotColumns = new int[w];
        inactive = new int[l];
        place = new int[l];
        weights = new int[rows];
        remainders = new int[rows];
        settled = new boolean[w];
        heads = new int[WEIGHT_CAP + 1];
        next = new int[rows];
        previous = new int[rows];
        rowsOfStarts = new int[w + 1];
        rowsOf = index(constraints);
        Arrays.fill(place, NONE);
        Arrays.fill(heads, NONE);
        for (int column = w; column < l; column++) inactivate(column);
        for (int row = 0; row < rows; row++) {
            if (weights[row] > 0) link(row);
        }
        peel(constraints);
    }

    private int[] index(Constraints constraints) {
        for (int row = 0; row < constraints.rows(); row++) {
            for (int at = constraints.start(row); at < constraints.end(row); at++) {
                int column = columns[at];
                if (column < w) {
                    rowsOfStarts[column + 1]++;
                    weights[row]++;
                    remainders[row] ^= column;
                }
            }
        }
        for (int column = 0; column < w; column++) rowsOfStarts[column + 1] += rowsOfStarts[column];
        int[] ends = Arrays.copyOf(rowsOfStarts, w);
        int[] index = new int[rowsOfStarts[w]];
        for (int row = 0; row < constraints.rows(); row++) {
            for (int at = constraints.start(row); at < constraints.end(row); at++) {
                if (columns[at] < w) index[ends[columns[at]]++] = row;
            }
        }
        return index;
    }

    private void peel(Constraints constraints) {
        for (int row = lightest(); row != NONE; row = lightest()) {
            int column = weights[row] == 1 ? remainders[row] : choose(row, constraints);
            unlink(row);
            pivotRows[pivots] = row;
            pivotColumns[pivots++] = column;
            settle(column, row);
        }
        for (int column = 0; column < w; column++) {
            if (!settled[column]) inactivate(column);
        }
    }

    private int lightest() {
        for (int head : heads) {
            if (head != NONE) return head;
        }
        return NONE;
    }

    /// Keeps the column that the fewest rows have and inactivates the row's others.
    private int choose(int row, Constraints constraints) {
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
            settle(column, row);
        }
        return best;
    }

    private void inactivate(int column) {
        place[column] = inactives;
        inactive[inactives++] = column;
    }

    /// Takes `column` out of all rows but `pivot`.
    private void settle(int column, int pivot) {
        settled[column] = true;
        for (int at = rowsOfStarts[column]; at < rowsOfStarts[column + 1]; at++) {
            int row = rowsOf[at];
            if (row == pivot || weights[row] == 0) continue;
            unlink(row);
            remainders[row] ^= column;
            if (--weights[row] > 0) link(row);
        }
    }

    private void link(int row) {
        int bucket = Math.min(weights[row], WEIGHT_CAP);
        int head = heads[bucket];
        next[row] = head;
        previous[row] = NONE;
        if (head != NONE) previous[head] = row;
        heads[bucket] = row;
    }

    private void unlink(int row) {
        int before = previous[row];
        int after = next[row];
        if (before == NONE) {
            heads[Math.min(weights[row], WEIGHT_CAP)] = after;
        } else {
            next[before] = after;
        }
        if (after != NONE) previous[after] = before;
    }
}
