package narlink.fec;

import java.util.Arrays;

/// The binary rows of the matrix A (RFC 6330 §5.3.3.4.2) without the HDPC rows: first S LDPC rows, then an LT row for
/// each symbol that is known. A row is the list of its columns; the sum of these intermediate symbols is the known
/// symbol of the row.
final class Constraints {
    /// The symbol of a row whose sum is zero: LDPC, or padding.
    static final int ZERO = -1;

    final Parameters parameters;
    private final Generator generator;
    private int[] starts;
    private int[] columns;
    private int[] symbols;
    private int rows;

    /// The LDPC rows, with room for `ltRows` more.
    Constraints(Parameters parameters, Generator generator, int ltRows) {
        this.parameters = parameters;
        this.generator = generator;
        int s = parameters.s();
        starts = new int[s + ltRows + 1];
        symbols = new int[s + ltRows];
        columns = new int[3 * parameters.b() + 3 * s + 8 * ltRows + Generator.COLUMNS_MAX];
        addLdpc();
    }

    /// The rows that an encoder has: the LDPC rows and those of all K' source symbols.
    static Constraints ofSource(Parameters parameters, Generator generator) {
        var constraints = new Constraints(parameters, generator, parameters.kPrime());
        for (int isi = 0; isi < parameters.kPrime(); isi++) constraints.addLt(isi, isi);
        return constraints;
    }

    /// The LDPC rows of `other`, with room for `ltRows` more.
    static Constraints like(Constraints other, int ltRows) {
        return new Constraints(other, ltRows);
    }

    private Constraints(Constraints other, int ltRows) {
        parameters = other.parameters;
        generator = other.generator;
        rows = parameters.s();
        starts = Arrays.copyOf(Arrays.copyOf(other.starts, rows + 1), rows + ltRows + 1);
        symbols = Arrays.copyOf(Arrays.copyOf(other.symbols, rows), rows + ltRows);
        columns = new int[starts[rows] + 8 * ltRows + Generator.COLUMNS_MAX];
        System.arraycopy(other.columns, 0, columns, 0, starts[rows]);
    }

    int rows() {
        return rows;
    }

    int start(int row) {
        return starts[row];
    }

    int end(int row) {
        return starts[row + 1];
    }

    /// The columns of all rows, one row after the other.
    int[] columns() {
        return columns;
    }

    /// Which known symbol the columns of `row` add up to.
    int symbol(int row) {
        return symbols[row];
    }

    /// Adds the row of the symbol with internal symbol id `isi`; returns its number.
    int addLt(int isi, int symbol) {
        int at = reserve(symbol);
        starts[rows + 1] = generator.columns(isi, columns, at);
        return rows++;
    }

    /// Adds the row of source symbol `isi` of `source`, which has them all; returns its number.
    int addLt(Constraints source, int isi, int symbol) {
        int at = reserve(symbol);
        int from = source.starts[parameters.s() + isi];
        int length = source.starts[parameters.s() + isi + 1] - from;
        for (int i = 0; i < length; i++) columns[at + i] = source.columns[from + i];
        starts[rows + 1] = at + length;
        return rows++;
    }

    private int reserve(int symbol) {
        if (rows == symbols.length) {
            symbols = Arrays.copyOf(symbols, rows + rows / 4 + 16);
            starts = Arrays.copyOf(starts, symbols.length + 1);
        }
        int at = starts[rows];
        if (columns.length - at < Generator.COLUMNS_MAX) {
            columns = Arrays.copyOf(columns, columns.length + columns.length / 4 + Generator.COLUMNS_MAX);
        }
        symbols[rows] = symbol;
        return at;
    }

    private void addLdpc() {
        int s = parameters.s();
        int b = parameters.b();
        int p = parameters.p();
        int w = parameters.w();
        int[] ends = ldpcStarts();
        for (int column = 0; column < b; column++) {
            int step = 1 + column / s;
            int row = column % s;
            for (int i = 0; i < 3; i++) {
                columns[ends[row]++] = column;
                row = (row + step) % s;
            }
        }
        for (int row = 0; row < s; row++) {
            columns[ends[row]++] = b + row;
            columns[ends[row]++] = w + row % p;
            columns[ends[row]++] = w + (row + 1) % p;
            symbols[row] = ZERO;
        }
        rows = s;
    }

    private int[] ldpcStarts() {
        int s = parameters.s();
        int[] sizes = new int[s];
        Arrays.fill(sizes, 3);
        for (int column = 0; column < parameters.b(); column++) {
            int step = 1 + column / s;
            sizes[column % s]++;
            sizes[(column % s + step) % s]++;
            sizes[(column % s + 2 * step) % s]++;
        }
        for (int row = 0; row < s; row++) starts[row + 1] = starts[row] + sizes[row];
        return Arrays.copyOf(starts, s);
    }
}
