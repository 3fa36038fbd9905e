package narlink.delta.lzma;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import narlink.Sha256;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tukaani.xz.LZMA2InputStream;

final class LzmaEncoderProperties {
    @Property(tries = 200)
    void anotherDecoderGivesTheData(
            @ForAll long seed,
            @ForAll @IntRange(max = 8) int style,
            @ForAll @IntRange(max = 4) int lc,
            @ForAll @IntRange(max = 4) int lp,
            @ForAll @IntRange(max = 4) int pb,
            @ForAll @IntRange(min = 12, max = 20) int dictionary)
            throws IOException {
        byte[] data = data(seed, new SplittableRandom(seed).nextInt(100_000));
        int properties = (pb * 5 + Math.min(lp, 4 - lc)) * 9 + lc;
        assertTrue(LzmaEncoder.isPossible(properties, 1 << dictionary));
        var out = new ByteArrayOutputStream();
        LzmaEncoder.encode(data, properties, 1 << dictionary, Style.ALL.get(style), out);
        var in = new LZMA2InputStream(new ByteArrayInputStream(out.toByteArray()), 1 << dictionary);
        assertArrayEquals(data, in.readAllBytes());
    }

    /// What `xz --format=raw --lzma2=preset=P,dict=D` of xz 5.4.1 makes.
    @ParameterizedTest
    @CsvSource({
        "0, 262144, 78f8a84389caa6e8",
        "1, 1048576, 73e81181d4deb8f6",
        "2, 2097152, 0c7bb6b4bf434b87",
        "3, 4194304, f8e629634405145c",
        "4, 4194304, 82a91ebfabbb18de",
        "5, 8388608, 393135f740be4787",
        "6, 1048576, 475e90797f9b3843",
        "7, 4194304, 7216de78e1e926c0",
        "8, 67108864, d76a34d024c4d4ae"
    })
    void theBytesAreThoseOfLiblzma(int style, int dictionary, String hash) throws IOException {
        var out = new ByteArrayOutputStream();
        LzmaEncoder.encode(data(1, 3_000_000), 93, dictionary, Style.ALL.get(style), out);
        assertEquals(hash, Sha256.of(out.toByteArray()).hex().substring(0, 16));
    }

    /// Stretches that are new, that were there before, near or far, as they were or a little changed, and noise.
    private static byte[] data(long seed, int size) {
        var random = new SplittableRandom(seed);
        byte[] data = new byte[size];
        for (int at = 0; at < size; ) {
            int kind = random.nextInt(40);
            int most = kind == 0 ? 90_000 : kind < 10 ? 20 : kind < 20 ? 2_000 : 20_000;
            int length = Math.min(size - at, 1 + random.nextInt(most));
            int from = at == 0 ? 0 : kind < 30 ? random.nextInt(at) : at - 1 - random.nextInt(Math.min(at, 3_000));
            for (int i = 0; i < length; i++, at++) {
                boolean isNew = at == 0 || kind < 10 || random.nextInt(400) == 0;
                data[at] = isNew ? (byte) (random.nextInt(kind < 2 ? 256 : 16) * 5) : data[from + i];
            }
        }
        return data;
    }
}
