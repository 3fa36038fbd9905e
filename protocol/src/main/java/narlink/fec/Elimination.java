package narlink.fec;

import java.util.Arrays;
import java.util.Optional;

/// Phase 2 (RFC 6330 §5.4.2.3) on the inactive columns alone. Each row that [Peeling] left over becomes an equation
/// in u inactive symbols: binary rows are reduced among themselves, and the HDPC rows then decide what the binary
/// rows leave free. So a set of rows is refused only when all of them together fall short.
///
/// A row is `words` longs of inactive columns and then `words` longs that say which of the accepted rows, by number,
/// add up to it. HDPC rows have coefficients in GF(256): eight such rows each, one per bit of the coefficients, so
/// that they are reduced by XOR as all others.
///
/// A row may be added at any time later: that costs one reduction, never a new plan.
final class Elimination {
    /// Longs of a row up to which adding it or zero is cheaper than a branch that can't be predicted.
    private static final int BRANCHLESS_MAX = 8;

    final Hdpc hdpc;
    final int inactives;
    final int words;
    private final Constraints constraints;
    private final Peeling peeling;
    private final Dependence dependence;
    private final long[] basis; // Reduced: a pivot is in no other row.
    private final int[] pivots;
    private final int[] accepted;
    private final int[] rowOf; // Of each inactive column, the basis row whose pivot it is, or -1.
    private int rank;
    private long[] planes = {}; // The HDPC rows, once few enough columns are free.

    Elimination(Constraints constraints, Peeling peeling, Hdpc hdpc) {
        this.constraints = constraints;
        this.peeling = peeling;
        this.hdpc = hdpc;
        inactives = peeling.inactives;
        dependence = new Dependence(constraints, peeling);
        words = dependence.words;
        basis = new long[inactives * 2 * words];
        pivots = new int[inactives];
        accepted = new int[inactives];
        rowOf = new int[inactives];
        Arrays.fill(rowOf, -1);
        boolean[] used = new boolean[constraints.rows()];
        for (int i = 0; i < peeling.pivots; i++) used[peeling.pivotRows[i]] = true;
        for (int row = 0; row < used.length; row++) {
            if (!used[row]) add(row);
        }
    }

    int rank() {
        return rank;
    }

    /// The constraint that stands behind the accepted row `number`.
    int accepted(int number) {
        return accepted[number];
    }

    /// The inactive column, by its place, that the reduced row `number` determines.
    int pivot(int number) {
        return pivots[number];
    }

    /// Whether the reduced row `number` contains the inactive column `place`.
    boolean has(int number, int place) {
        return bit(basis, 2 * words * number, place);
    }

    /// Adds to the program's operation the accepted rows that make up the reduced row `number`.
    void sum(int number, Combinations accepted, Program program) {
        accepted.sum(basis, 2 * words * number + words, program);
    }

    /// The same for bit `plane` of the HDPC row `row`.
    void sumPlane(int row, int plane, Combinations accepted, Program program) {
        accepted.sum(planes, 2 * words * (8 * row + plane) + words, program);
    }

    /// Takes in a constraint that is not a pivot; returns false when it says nothing new.
    boolean add(int constraint) {
        if (rank == inactives) return false;
        int size = 2 * words;
        int at = rank * size;
        Arrays.fill(basis, at, at + size, 0);
        dependence.sum(constraint, basis, at);
        for (int word = 0; word < words; word++) {
            for (long left = basis[at + word]; left != 0; left &= left - 1) {
                int row = rowOf[word * 64 + Long.numberOfTrailingZeros(left)];
                if (row >= 0) xor(basis, row * size, basis, at, size);
            }
        }
        int pivot = firstBit(at);
        if (pivot < 0) return false;
        basis[at + words + (rank >> 6)] ^= 1L << rank;
        clear(pivot, basis, rank, at);
        clear(pivot, planes, planes.length / size, at);
        pivots[rank] = pivot;
        rowOf[pivot] = rank;
        accepted[rank++] = constraint;
        return true;
    }

    /// Removes the column `pivot` from `count` rows of `target` by adding the basis row at `from`.
    private void clear(int pivot, long[] target, int count, int from) {
        int size = 2 * words;
        if (size > BRANCHLESS_MAX) {
            for (int row = 0; row < count; row++) {
                if (bit(target, row * size, pivot)) xor(basis, from, target, row * size, size);
            }
            return;
        }
        for (int at = 0; at < count * size; at += size) {
            long mask = -(target[at + (pivot >> 6)] >>> pivot & 1);
            for (int i = 0; i < size; i++) target[at + i] ^= basis[from + i] & mask;
        }
    }

    private int firstBit(int at) {
        for (int word = 0; word < words; word++) {
            if (basis[at + word] != 0) return word * 64 + Long.numberOfTrailingZeros(basis[at + word]);
        }
        return -1;
    }

    private static void xor(long[] from, int fromAt, long[] to, int toAt, int size) {
        for (int i = 0; i < size; i++) to[toAt + i] ^= from[fromAt + i];
    }

    private static boolean bit(long[] rows, int at, int index) {
        return (rows[at + (index >> 6)] >>> index & 1) != 0;
    }

    /// How the HDPC rows determine the columns that the binary rows leave free. With some ten symbols more than K there
    /// are none, as a rule, and nobody needs the HDPC rows.
    ///
    /// @param free the places of the free columns
    /// @param rows of each free column, its coefficient for each reduced HDPC row
    record Completion(int[] free, int[][] rows) {}

    /// Empty as long as the rank is short.
    Optional<Completion> completion() {
        if (inactives - rank > hdpc.rows) return Optional.empty();
        if (inactives == rank) return Optional.of(new Completion(new int[0], new int[0][]));
        if (planes.length == 0) reducePlanes();
        int[] free = new int[inactives - rank];
        for (int place = 0, i = 0; place < inactives; place++) {
            if (rowOf[place] < 0) free[i++] = place;
        }
        int[][] matrix = new int[hdpc.rows][free.length + hdpc.rows];
        for (int row = 0; row < hdpc.rows; row++) {
            for (int i = 0; i < free.length; i++) matrix[row][i] = coefficient(row, free[i]);
            matrix[row][free.length + row] = 1;
        }
        if (!reduce(matrix, free.length)) return Optional.empty();
        int[][] rows = new int[free.length][];
        for (int i = 0; i < free.length; i++) {
            rows[i] = Arrays.copyOfRange(matrix[i], free.length, free.length + hdpc.rows);
        }
        return Optional.of(new Completion(free, rows));
    }

    private int coefficient(int row, int place) {
        int value = 0;
        for (int plane = 0; plane < 8; plane++) {
            if (bit(planes, 2 * words * (8 * row + plane), place)) value |= 1 << plane;
        }
        return value;
    }

    /// Gauss-Jordan over GF(256) on the first `count` columns; false when their rank is short.
    private static boolean reduce(int[][] matrix, int count) {
        for (int column = 0; column < count; column++) {
            int pivot = column;
            while (pivot < matrix.length && matrix[pivot][column] == 0) pivot++;
            if (pivot == matrix.length) return false;
            int[] row = matrix[pivot];
            matrix[pivot] = matrix[column];
            matrix[column] = row;
            int scale = Gf256.inverse(row[column]);
            for (int i = 0; i < row.length; i++) row[i] = Gf256.multiply(row[i], scale);
            for (int[] other : matrix) {
                if (other == row || other[column] == 0) continue;
                int factor = other[column];
                for (int i = 0; i < row.length; i++) other[i] ^= Gf256.multiply(row[i], factor);
            }
        }
        return true;
    }

    private void reducePlanes() {
        planes = new long[8 * hdpc.rows * 2 * words];
        for (int word = 0; word < words; word++) recur(word);
        int first = constraints.parameters.kPrime() + constraints.parameters.s();
        for (int row = 0; row < hdpc.rows; row++) {
            int place = peeling.place[first + row];
            planes[2 * words * 8 * row + (place >> 6)] ^= 1L << place;
        }
        for (int number = 0; number < rank; number++) {
            clear(pivots[number], planes, 8 * hdpc.rows, number * 2 * words);
        }
    }

    /// The HDPC recurrence for 64 inactive columns at once: y0 to y7 are the bits of 64 coefficients.
    private void recur(int word) {
        int[] pairs = hdpc.pairs();
        long[] pairSums = new long[8 * hdpc.pairCount()];
        long[] sums = new long[8 * hdpc.rows];
        long y0 = 0, y1 = 0, y2 = 0, y3 = 0, y4 = 0, y5 = 0, y6 = 0, y7 = 0;
        for (int column = 0; column <= pairs.length; column++) {
            long top = y7;
            y7 = y6;
            y6 = y5;
            y5 = y4;
            y4 = y3 ^ top;
            y3 = y2 ^ top;
            y2 = y1 ^ top;
            y1 = y0;
            y0 = top ^ dependence.word(column, word);
            if (column == pairs.length) break;
            add8(pairSums, 8 * pairs[column], y0, y1, y2, y3, y4, y5, y6, y7);
        }
        for (int row = 0; row < hdpc.rows; row++) {
            for (int other = 0; other < hdpc.rows; other++) {
                if (other != row) xor(pairSums, 8 * Hdpc.pair(row, other), sums, 8 * row, 8);
            }
            add8(sums, 8 * row, y0, y1, y2, y3, y4, y5, y6, y7);
            long top = y7;
            y7 = y6;
            y6 = y5;
            y5 = y4;
            y4 = y3 ^ top;
            y3 = y2 ^ top;
            y2 = y1 ^ top;
            y1 = y0;
            y0 = top;
        }
        for (int i = 0; i < sums.length; i++) planes[2 * words * i + word] = sums[i];
    }

    private static void add8(
            long[] sums, int at, long y0, long y1, long y2, long y3, long y4, long y5, long y6, long y7) {
        sums[at] ^= y0;
        sums[at + 1] ^= y1;
        sums[at + 2] ^= y2;
        sums[at + 3] ^= y3;
        sums[at + 4] ^= y4;
        sums[at + 5] ^= y5;
        sums[at + 6] ^= y6;
        sums[at + 7] ^= y7;
    }
}
