package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SpoolTest {
    @TempDir
    Path directory = Path.of("");

    private long files() throws IOException {
        try (var files = Files.list(directory)) {
            return files.count();
        }
    }

    /// A mebibyte stays in memory, a byte more goes to a file, which is gone in the end.
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "1048576, 0", "1048577, 1", "3000000, 1"})
    void whatIsWrittenIsReadFromItsStart(int length, int files) throws IOException {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        try (var spool = new Spool(directory)) {
            for (int at = 0; at < length; at += 100_000) spool.write(bytes, at, Math.min(100_000, length - at));
            for (int i = 0; i < 2; i++) {
                try (var in = spool.read()) {
                    assertArrayEquals(bytes, in.readAllBytes());
                }
            }
            assertEquals(files, files());
        }
        assertEquals(0, files());
    }

    @Test
    void singleBytesComeToo() throws IOException {
        try (var spool = new Spool(directory)) {
            byte[] most = new byte[1 << 20];
            spool.write(most, 0, most.length);
            spool.write(7);
            try (var in = spool.read()) {
                assertArrayEquals(
                        Arrays.copyOf(new byte[] {7}, 1),
                        Arrays.copyOfRange(in.readAllBytes(), 1 << 20, (1 << 20) + 1));
            }
        }
    }
}
