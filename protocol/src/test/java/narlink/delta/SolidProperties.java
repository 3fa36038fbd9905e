package narlink.delta;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import narlink.nix.StorePath;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class SolidProperties {
    private static final StorePath PATH = StorePath.of(new byte[20], "path");

    @Property(tries = 60)
    void whatIsEncodedIsDecoded(@ForAll @Size(min = 1, max = 8) List<@Size(min = 1, max = 3000) byte[]> nars)
            throws IOException {
        byte[] pack = encode(nars);
        try (var decoder = new Solid().decoder(new ByteArrayInputStream(pack), Path.of("."))) {
            for (var nar : nars) {
                var out = new ByteArrayOutputStream();
                decoder.next(new Codec.NewPath(PATH, nar.length, List.of()), out);
                assertArrayEquals(nar, out.toByteArray());
            }
            decoder.end();
        }
    }

    @Property(tries = 60)
    void damageNeverGivesMoreThanWasDeclared(@ForAll @Size(min = 1, max = 3000) byte[] nar, @ForAll long seed)
            throws IOException {
        byte[] pack = encode(List.of(nar));
        var random = new SplittableRandom(seed);
        pack[random.nextInt(pack.length)] ^= (byte) (1 << random.nextInt(8));
        if (random.nextBoolean()) pack = Arrays.copyOf(pack, random.nextInt(pack.length));
        var out = new ByteArrayOutputStream();
        try (var decoder = new Solid().decoder(new ByteArrayInputStream(pack), Path.of("."))) {
            decoder.next(new Codec.NewPath(PATH, nar.length, List.of()), out);
            decoder.end();
        } catch (CorruptPackException e) {
            if (out.size() > nar.length) throw new AssertionError("more than declared");
        }
    }

    @Test
    void aFrameThatWantsALargerWindowIsRefused() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zstd = new com.github.luben.zstd.ZstdOutputStreamNoFinalizer(out, 3)) {
            zstd.setLong(Solid.WINDOW_LOG + 1);
            zstd.write(new byte[1000]);
        }
        try (var decoder = new Solid().decoder(new ByteArrayInputStream(out.toByteArray()), Path.of("."))) {
            assertThrows(
                    CorruptPackException.class,
                    () -> decoder.next(new Codec.NewPath(PATH, 1000, List.of()), new ByteArrayOutputStream()));
        }
    }

    @Test
    void whatFollowsTheLastPathIsRefused() throws IOException {
        byte[] pack = encode(List.of(new byte[100]));
        byte[] longer = Arrays.copyOf(pack, pack.length + 1);
        try (var decoder = new Solid().decoder(new ByteArrayInputStream(longer), Path.of("."))) {
            decoder.next(new Codec.NewPath(PATH, 100, List.of()), new ByteArrayOutputStream());
            assertThrows(CorruptPackException.class, decoder::end);
        }
    }

    private static byte[] encode(List<byte[]> nars) throws IOException {
        var pack = new ByteArrayOutputStream();
        long raw = nars.stream().mapToLong(nar -> nar.length).sum();
        try (var encoder = new Solid().encoder(pack, raw, Path.of("."))) {
            for (var nar : nars) encoder.add(new Codec.NewPath(PATH, nar.length, List.of()), out -> out.write(nar));
        }
        return pack.toByteArray();
    }
}
