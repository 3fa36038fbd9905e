package narlink.fec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/// The constant tables of RFC 6330, read from this package's CSV files. The first block after start waits for this, so
/// the reader is plain.
final class Tables {
    /// V0 to V3 (§5.5), which feed the random generator.
    static final int[][] V = {
        columns("v0.csv", 256, 1)[0],
        columns("v1.csv", 256, 1)[0],
        columns("v2.csv", 256, 1)[0],
        columns("v3.csv", 256, 1)[0]
    };

    /// f\[d\], the degree distribution (§5.3.5.2, table 1).
    static final int[] DEGREE = columns("degree_distribution.csv", 31, 2)[1];

    /// The systematic indices (§5.6, table 2), by rising K'.
    static final int[] K_PRIME;

    static final int[] J;
    static final int[] S;
    static final int[] H;
    static final int[] W;

    static {
        int[][] indices = columns("systematic_indices.csv", 477, 5);
        K_PRIME = indices[0];
        J = indices[1];
        S = indices[2];
        H = indices[3];
        W = indices[4];
    }

    private Tables() {}

    /// The columns of a file with `rows` rows of decimal numbers below 2^32, and perhaps a header.
    private static int[][] columns(String file, int rows, int count) {
        byte[] text = read(file);
        int at = 0;
        if (text[0] > '9') {
            while (text[at++] != '\n') {}
        }
        int[][] columns = new int[count][rows];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < count; column++) {
                int number = 0;
                while (text[at] >= '0') number = 10 * number + text[at++] - '0';
                columns[column][row] = number;
                at++; // The comma or the end of the line.
            }
        }
        if (at != text.length) throw new IllegalStateException(file + " does not have " + rows + " rows");
        return columns;
    }

    private static byte[] read(String file) {
        try (var stream = Objects.requireNonNull(Tables.class.getResourceAsStream(file), file)) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }
}
