package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

final class SymbolLogProperties {
    private static final int T = 24;

    @Property(tries = 100)
    void whatWasAppendedIsReadBack(@ForAll @Size(max = 40) List<@IntRange(min = 0, max = 1 << 24) Integer> esis)
            throws IOException {
        inFile(file -> {
            var expected = append(file, esis);
            assertEquals(expected, read(file));
        });
    }

    @Property(tries = 100)
    void aTornTailCostsOnlyWhatWasTorn(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 0, max = 100_000) Integer> esis,
            @ForAll @IntRange(min = 0, max = 5000) int cut)
            throws IOException {
        inFile(file -> {
            var expected = append(file, esis);
            byte[] whole = Files.readAllBytes(file);
            int left = cut % (whole.length + 1);
            Files.write(file, Arrays.copyOf(whole, left));
            var read = read(file);
            assertEquals(left / (8 + T), read.size());
            assertTrue(expected.entrySet().containsAll(read.entrySet()));
            // It goes on behind the tear, and all that is there is read again.
            try (var log = SymbolLog.open(disk(file), file, T)) {
                assertTrue(log.append(7_000_000, new byte[T], 0));
                log.force();
            }
            assertEquals(read.size() + 1, read(file).size());
        });
    }

    @Property(tries = 100)
    void aFlippedBitDropsItsSymbolAndNoOther(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 0, max = 100_000) Integer> esis, @ForAll long seed)
            throws IOException {
        inFile(file -> {
            var expected = append(file, esis);
            byte[] bytes = Files.readAllBytes(file);
            int at = new SplittableRandom(seed).nextInt(bytes.length);
            bytes[at] ^= 4;
            Files.write(file, bytes);
            var read = read(file);
            assertEquals(expected.size() - 1, read.size());
            assertTrue(expected.entrySet().containsAll(read.entrySet()));
        });
    }

    private interface InFile {
        void run(Path file) throws IOException;
    }

    private static void inFile(InFile body) throws IOException {
        var directory = Files.createTempDirectory("symbol-log");
        var file = directory.resolve("log");
        try {
            body.run(file);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }

    @SuppressWarnings("NullAway") // An absolute path has a root.
    private static Disk disk(Path file) {
        return new RealDisk(file.toAbsolutePath().getRoot());
    }

    /// The first payload of each ESI, as the log keeps it.
    private static Map<Integer, String> append(Path file, List<Integer> esis) throws IOException {
        var expected = new LinkedHashMap<Integer, String>();
        try (var log = SymbolLog.open(disk(file), file, T)) {
            for (int i = 0; i < esis.size(); i++) {
                byte[] symbol = new byte[T];
                Arrays.fill(symbol, (byte) i);
                boolean isNew = expected.putIfAbsent(esis.get(i), Arrays.toString(symbol)) == null;
                assertEquals(isNew, log.append(esis.get(i), symbol, 0));
            }
            log.force();
            assertEquals(expected.size(), log.held());
        }
        return expected;
    }

    private static Map<Integer, String> read(Path file) throws IOException {
        var read = new LinkedHashMap<Integer, String>();
        try (var log = SymbolLog.open(disk(file), file, T)) {
            log.symbols(entry -> {
                byte[] symbol = Arrays.copyOfRange(entry.bytes(), entry.offset(), entry.offset() + T);
                read.put(entry.esi(), Arrays.toString(symbol));
            });
            assertEquals(read.size(), log.held());
        }
        return read;
    }
}
