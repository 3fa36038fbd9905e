package narlink.delta;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GzipProperties {
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 2, 3};

    @Property(tries = 60)
    void whatIsPackedUnpacks(@ForAll long seed, @ForAll @IntRange(min = 0, max = 26) int method) throws IOException {
        byte[] raw = text(seed, new SplittableRandom(seed).nextInt(120_000));
        byte[] file = file(method, raw);
        assertArrayEquals(raw, new GZIPInputStream(new ByteArrayInputStream(file)).readAllBytes());
        var contents = Gzip.open(file, Opener.MOST).orElseThrow();
        assertArrayEquals(raw, contents.raw());
        assertArrayEquals(file, closed(Packing.find(contents).orElseThrow(), raw));
    }

    @Property(tries = 200)
    void damageIsNotOpenedOrReproducesOrStaysOpaque(@ForAll @Size(max = 2000) byte[] raw, @ForAll long seed)
            throws IOException {
        var random = new SplittableRandom(seed);
        byte[] file = file(random.nextInt(27), raw);
        file[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
        if (random.nextBoolean()) file = Arrays.copyOf(file, random.nextInt(file.length));
        var contents = Gzip.open(file, Opener.MOST);
        if (contents.isEmpty()) return;
        var recipe = Packing.find(contents.get());
        if (recipe.isPresent()) {
            assertArrayEquals(file, closed(recipe.get(), contents.get().raw()));
        }
    }

    /// What the gzip program of this machine makes, at all levels, over several windows and blocks.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void theGzipProgramIsReproduced(int level) throws Exception {
        byte[] raw = text(level, 400_000);
        var gzip = new ProcessBuilder("gzip", "-n", "-" + level);
        Process process;
        try {
            process = gzip.start();
        } catch (IOException e) {
            Assumptions.abort("no gzip here");
            return;
        }
        var writer = Thread.ofVirtual().start(() -> {
            try (var out = process.getOutputStream()) {
                out.write(raw);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        byte[] file = process.getInputStream().readAllBytes();
        writer.join();
        assertTrue(process.waitFor(10, TimeUnit.SECONDS));
        var recipe = Packing.find(Gzip.open(file, Opener.MOST).orElseThrow()).orElseThrow();
        assertArrayEquals(file, closed(recipe, raw));
    }

    @Test
    void aBombIsNotOpened() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 17; i++) gzip.write(zeros);
        }
        assertTrue(Gzip.open(out.toByteArray(), Opener.MOST).isEmpty());
    }

    /// A gzip member.
    static byte[] file(int method, byte[] raw) throws IOException {
        return closed(new Recipe.Packed(method, HEADER, Optional.empty()), raw);
    }

    static byte[] closed(Recipe recipe, byte[] shown) throws IOException {
        var out = new ByteArrayOutputStream();
        Packing.close(recipe, shown, out);
        return out.toByteArray();
    }

    /// Words, numbers and some noise: long and short matches at all distances.
    static byte[] text(long seed, int length) {
        var random = new SplittableRandom(seed);
        var words = new byte[300][];
        for (int i = 0; i < words.length; i++) {
            words[i] = new byte[1 + random.nextInt(12)];
            for (int j = 0; j < words[i].length; j++) words[i][j] = (byte) ('a' + random.nextInt(26));
        }
        byte[] text = new byte[length];
        for (int at = 0; at < length; ) {
            if (random.nextInt(100) == 0) {
                text[at++] = (byte) random.nextInt(256);
                continue;
            }
            byte[] word = words[Math.min(random.nextInt(300), random.nextInt(300))];
            int taken = Math.min(word.length, length - at);
            System.arraycopy(word, 0, text, at, taken);
            at += taken;
        }
        return text;
    }
}
