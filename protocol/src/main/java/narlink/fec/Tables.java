package narlink.fec;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// The constant tables of RFC 6330, read from this package's CSV files.
final class Tables {
    /// V0 to V3 (§5.5), which feed the random generator.
    static final int[][] V = {
        column("v0.csv", 256, 0), column("v1.csv", 256, 0), column("v2.csv", 256, 0), column("v3.csv", 256, 0)
    };

    /// f\[d\], the degree distribution (§5.3.5.2, table 1).
    static final int[] DEGREE = column("degree_distribution.csv", 31, 1);

    /// The systematic indices (§5.6, table 2), by rising K'.
    static final int[] K_PRIME = column("systematic_indices.csv", 477, 0);

    static final int[] J = column("systematic_indices.csv", 477, 1);
    static final int[] S = column("systematic_indices.csv", 477, 2);
    static final int[] H = column("systematic_indices.csv", 477, 3);
    static final int[] W = column("systematic_indices.csv", 477, 4);

    private Tables() {}

    private static int[] column(String file, int size, int index) {
        try (var stream = Objects.requireNonNull(Tables.class.getResourceAsStream(file), file);
                var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
            int[] column = reader.lines()
                    .filter(line -> Character.isDigit(line.charAt(0)))
                    .mapToInt(line -> Integer.parseUnsignedInt(line.split(",", -1)[index]))
                    .toArray();
            if (column.length != size) throw new IllegalStateException(file + " has " + column.length + " rows");
            return column;
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }
}
