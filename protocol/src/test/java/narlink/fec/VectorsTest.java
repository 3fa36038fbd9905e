package narlink.fec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import narlink.Sha256;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The reference data: bytes that unrelated implementations agree on, and sets of symbols that have full rank or not.
final class VectorsTest {
    @BeforeAll
    static void useTheKernelThatStays() throws InterruptedException {
        Kernels.settled();
    }

    static List<List<String>> vectors() throws IOException {
        return rows("vectors.csv");
    }

    static List<List<String>> decodeSets() throws IOException {
        return rows("decode_sets.csv");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void symbolsAreThoseOfTheReferences(List<String> row) {
        int k = Integer.parseInt(row.get(0));
        int t = Integer.parseInt(row.get(1));
        byte[] data = sourceBlock(k, t);
        assertEquals(row.get(4), Sha256.of(data).hex(), "source");
        assertEquals(row.get(2), String.valueOf(Parameters.of(k).kPrime()));
        assertEquals(row.get(3), String.valueOf(Parameters.of(k).l()));
        var encoder = BlockEncoder.of(data, 0, data.length, k, t);
        assertEquals(row.get(5), Sha256.of(encoder.intermediate()).hex(), "intermediate");
        assertEquals(row.get(6), Sha256.of(symbols(encoder, k, 20, t)).hex(), "repair");
        assertEquals(row.get(7), Sha256.of(symbols(encoder, 100_000, 1, t)).hex(), "ESI 100000");
        assertEquals(row.get(8), Sha256.of(symbols(encoder, 16_777_215, 1, t)).hex(), "ESI 2^24-1");
        assertArrayEquals(data, symbols(encoder, 0, k, t));
    }

    @ParameterizedTest
    @MethodSource("decodeSets")
    void aSetDecodesIfAndOnlyIfItHasFullRank(List<String> row) {
        int k = Integer.parseInt(row.get(0));
        int t = Integer.parseInt(row.get(1));
        byte[] data = sourceBlock(k, t);
        var encoder = BlockEncoder.of(data, 0, data.length, k, t);
        var decoder = new BlockDecoder(k, t);
        boolean decoded = false;
        for (String esi : row.get(3).split(" ", -1)) {
            assertFalse(decoded);
            byte[] symbol = symbols(encoder, Integer.parseInt(esi), 1, t);
            assertTrue(decoder.add(Integer.parseInt(esi), symbol, 0));
            assertFalse(decoder.add(Integer.parseInt(esi), new byte[t], 0));
            decoded = decoder.decode();
        }
        assertEquals(row.get(4).equals("ok"), decoded);
        if (decoded) {
            assertArrayEquals(data, decoder.data());
        } else {
            assertThrows(IllegalStateException.class, decoder::data);
        }
    }

    private static byte[] symbols(BlockEncoder encoder, int firstEsi, int count, int t) {
        byte[] symbols = new byte[count * t];
        for (int i = 0; i < count; i++) encoder.symbol(firstEsi + i, symbols, i * t);
        return symbols;
    }

    /// The source block of the reference data's README.
    static byte[] sourceBlock(int k, int t) {
        byte[] block = new byte[k * t];
        int x = k * 65537 + t;
        for (int i = 0; i < block.length; i++) {
            x = x * 1664525 + 1013904223;
            block[i] = (byte) (x >>> 24);
        }
        return block;
    }

    private static List<List<String>> rows(String file) throws IOException {
        try (var stream = Objects.requireNonNull(VectorsTest.class.getResourceAsStream(file), file);
                var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
            return reader.lines()
                    .skip(1)
                    .map(line -> List.of(line.split(",", -1)))
                    .toList();
        }
    }
}
