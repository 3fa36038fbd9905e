package narlink.delta;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import narlink.Bytes;
import narlink.nix.StorePath;
import narlink.testkit.NarTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Packs that no packer writes: each stream damaged under each coder, and scripts that ask for too much. What they get
/// is a [CorruptPackException], and no more memory than the streams' windows and tables.
final class HostilePackTest {
    private static final StorePath OLD = StorePath.of(new byte[20], "tool-1.0");
    private static final StorePath NEW = StorePath.of(bytes(20, 1), "tool-1.1");
    private static final long MOST_MEMORY = 300L << 20;
    private static final long HUGE = 1L << 49;

    @TempDir
    private Path scratch = Path.of(".");

    /// A chunk's bytes in a pack.
    private record Chunk(Stream stream, int at, int length) {}

    @ParameterizedTest
    @ValueSource(ints = {Coder.PLAIN, Coder.LZMA, Coder.ZSTD, Coder.MIXED})
    void damageInAnyStreamIsFoundOrHarmless(int coder) throws IOException {
        var path = changedPath();
        byte[] pack = pack(path, coder);
        var random = new SplittableRandom(coder);
        for (var chunk : chunks(pack)) {
            for (int i = 0; i < 12; i++) {
                byte[] damaged = pack.clone();
                damaged[chunk.at() + random.nextInt(chunk.length())] ^= (byte) (1 << random.nextInt(8));
                decodesOrIsRefused(path.path(), damaged);
            }
            byte[] noise = pack.clone();
            Arrays.fill(noise, chunk.at(), chunk.at() + chunk.length(), (byte) 0xff);
            decodesOrIsRefused(path.path(), noise);
            byte[] cut = Arrays.copyOf(pack, chunk.at() + random.nextInt(chunk.length()));
            assertThrows(CorruptPackException.class, () -> decode(path.path(), cut), chunk + " cut short");
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.class)
    void sizesThatAreLiesTakeNoMemory(Stream stream) throws IOException {
        var path = changedPath().path();
        for (int coder = 0; coder < 5; coder++) {
            var out = new ByteArrayOutputStream();
            for (var one : Stream.values()) {
                boolean lies = one == stream;
                out.write(lies ? coder : Coder.PLAIN);
                if (lies && (coder == Coder.LZMA || coder == Coder.MIXED)) out.write(Coder.MAX_SLOT_BITS);
                Numbers.write(out, HUGE);
                Numbers.write(out, HUGE);
            }
            for (int i = 0; i < 600; i++) {
                out.write(stream.ordinal());
                out.write(bytes(Streams.CHUNK, i % 3 == 0 ? 0x5d : i));
            }
            byte[] pack = out.toByteArray();
            long before = allocated();
            assertThrows(CorruptPackException.class, () -> decode(path, pack));
            long took = allocated() - before;
            assertTrue(took < MOST_MEMORY, stream + " by coder " + coder + " took " + took + " bytes");
        }
    }

    @Test
    void tablesOfUnknownSizesAreRefused() throws IOException {
        var path = changedPath();
        for (int bits : new int[] {0, Coder.MIN_SLOT_BITS - 1, Coder.MAX_SLOT_BITS + 1, 31, 64, 255}) {
            byte[] pack = pack(path, Coder.MIXED);
            var header = new ByteArrayInputStream(pack);
            for (var stream : Stream.values()) {
                int at = pack.length - header.available();
                int coder = header.read();
                if (coder == Coder.MIXED) header.read();
                if (stream == Stream.DIFFERENCES) pack[at + 1] = (byte) bits;
                Numbers.read(header, "size", Long.MAX_VALUE);
                Numbers.read(header, "size", Long.MAX_VALUE);
            }
            assertThrows(CorruptPackException.class, () -> decode(path.path(), pack), bits + " bits");
        }
    }

    @Test
    void scriptsThatLeaveTheBaseOrTheImageAreRefused() throws IOException {
        long size = changedPath().path().narSize();
        long most = Long.MAX_VALUE;
        // SEEK, PAIRS, COPY, ADD, INSERT of a first region; -1 where nothing is to be said.
        for (long[] region : new long[][] {
            {0, 1, size * 4, 0, 0},
            {0, 1, 0, size * 4, 0},
            {0, 1, most, most, 0},
            {2 * size * 4, 1, 1, 0, 0},
            {1, 1, 1, 0, 0},
            {most, 1, 1, 0, 0},
            {most - 1, 1, 1, 0, 0},
            {0, 1, 0, 0, 1},
            {0, 0, -1, -1, 0},
            {0, 0, -1, -1, most},
            {0, 0, -1, -1, size * 4},
            {0, most, 1, 0, 0},
            {0, size * 4, 1, 0, 0},
        }) {
            var streams = streams();
            Numbers.write(stream(streams, Stream.PATHS), Script.CHANGED);
            Numbers.write(stream(streams, Stream.PATHS), 0);
            Numbers.write(stream(streams, Stream.PATHS), 0);
            Numbers.write(stream(streams, Stream.PATHS), size / 2);
            Numbers.write(stream(streams, Stream.SEEKS), region[0]);
            Numbers.write(stream(streams, Stream.COPIES), region[1]);
            if (region[2] >= 0) Numbers.write(stream(streams, Stream.COPIES), region[2]);
            if (region[3] >= 0) Numbers.write(stream(streams, Stream.ADDS), region[3]);
            Numbers.write(stream(streams, Stream.INSERTS), region[4]);
            refused(streams, Arrays.toString(region));
        }
    }

    @Test
    void headsThatAskForTooMuchAreRefused() throws IOException {
        long most = Long.MAX_VALUE;
        for (long[] head : new long[][] {
            {3},
            {most},
            {Script.CHANGED, most},
            {Script.CHANGED, 1 << 20},
            {Script.CHANGED, 0, most},
            {Script.CHANGED, 0, 1, most},
            {Script.CHANGED, 0, 1, 0, 256},
            {Script.CHANGED, 0, 1, 0, 0, most},
            {Script.CHANGED, 0, 1, 0, 0, 1000},
            {Script.CHANGED, 0, 0, most},
            {Script.SAME, 1, most},
            {Script.SAME, 0, 1, 1000, 0, 0}, // A recipe for a file that is not there.
            {Script.SAME, 0, 1, 0, 200}, // No such packing.
            {Script.SAME, 0, 1, 0, 54, 2, 23, 0}, // No such level of zstd.
            {Script.SAME, 0, 1, 0, 54, 2, 3, 2}, // No such flag.
            {Script.SAME, 0, 1, 0, 54, 0},
            {Script.SAME, 0, 1, 0, 55, 0},
            {Script.SAME, 0, 1, 0, 55, 7, 1, 1, 0, 0, 3, 16, 93}, // Ends too early.
            {Script.SAME, 0, 1, 0, 55, 9, 1, 1, 0, 0, 3, 16, 93, 0, 0}, // Too late.
            {Script.SAME, 0, 1, 0, 55, 8, 9, 1, 0, 0, 3, 16, 93, 0}, // No such style.
            {Script.SAME, 0, 1, 0, 55, 8, 1, 2, 0, 0, 3, 16, 93, 0}, // No such check.
            {Script.SAME, 0, 1, 0, 55, 8, 1, 1, 3, 0, 3, 16, 93, 0}, // No such filter.
            {Script.SAME, 0, 1, 0, 55, 8, 1, 1, 0, 1, 3, 16, 93, 0}, // No such size.
            {Script.SAME, 0, 1, 0, 55, 8, 1, 1, 0, 0, 0, 16, 93, 0}, // No room for a header.
            {Script.SAME, 0, 1, 0, 55, 8, 1, 1, 0, 0, 2, 16, 93, 0},
            {Script.SAME, 0, 1, 0, 55, 8, 1, 1, 0, 0, 3, 37, 93, 0}, // Too much memory.
            {Script.SAME, 0, 1, 0, 55, 8, 6, 1, 0, 0, 3, 60, 93, 0},
            {Script.SAME, 0, 1, 0, 55, 8, 1, 1, 0, 0, 3, 16, 44, 0}, // No such properties.
            {Script.SAME, 0, 1, 0, 55, 11, 1, 1, 0, 0, 3, 16, 93, most}, // Blocks too large.
            {Script.SAME, 0, 1, 0, 56, 0},
            {Script.SAME, 0, 1, 0, 63, most},
            {Script.SAME, 0, 1, 0, 63, 1000, 0, 0, 27},
            {Script.SAME, 0, 1, 0, 63, 1, 0, 1 << 24, 27}, // Beyond its file.
            {Script.SAME, 0, 1, 0, 63, 1, 1 << 24, 0, 27},
            {Script.SAME, 0, 1, 0, 63, 1, 1 << 24, 1 << 24, 27},
            {Script.SAME, 0, 1, 0, 63, 1, most, 0, 27},
            {Script.SAME, 0, 1, 0, 91, 91, 91, 91, 91, 91, 91, 91, 27}, // Too deep in each other.
            {Script.SAME, 0, 1, 0, 63, 1, 0, 0, 63, 1, 0, 0, 63, 1, 0, 0, 63, 1, 0, 0, 63, 1, 0, 0, 63, 1, 0, 0, 63, 0},
        }) {
            var streams = streams();
            for (long number : head) Numbers.write(stream(streams, Stream.PATHS), number);
            refused(streams, Arrays.toString(head));
        }
    }

    private void refused(Map<Stream, ByteArrayOutputStream> streams, String what) throws IOException {
        var path = changedPath().path();
        var pack = new ByteArrayOutputStream();
        for (var stream : Stream.values()) {
            pack.write(Coder.PLAIN);
            Numbers.write(pack, stream(streams, stream).size());
            Numbers.write(pack, stream(streams, stream).size());
        }
        for (var stream : Stream.values()) {
            if (stream(streams, stream).size() == 0) continue;
            pack.write(stream.ordinal());
            stream(streams, stream).writeTo(pack);
        }
        assertThrows(CorruptPackException.class, () -> decode(path, pack.toByteArray()), what);
    }

    private static Map<Stream, ByteArrayOutputStream> streams() {
        var streams = new EnumMap<Stream, ByteArrayOutputStream>(Stream.class);
        for (var stream : Stream.values()) streams.put(stream, new ByteArrayOutputStream());
        return streams;
    }

    private static ByteArrayOutputStream stream(Map<Stream, ByteArrayOutputStream> streams, Stream stream) {
        return streams.getOrDefault(stream, new ByteArrayOutputStream());
    }

    private void decodesOrIsRefused(Codec.NewPath path, byte[] pack) throws IOException {
        try {
            decode(path, pack);
        } catch (CorruptPackException e) {
            assertTrue(e.getMessage() != null);
        }
    }

    private void decode(Codec.NewPath path, byte[] pack) throws IOException {
        try (var decoder = new Delta().decoder(new ByteArrayInputStream(pack), scratch)) {
            decoder.next(path, OutputStream.nullOutputStream());
            decoder.end();
        }
    }

    private record Packed(Codec.NewPath path, byte[] nar) {}

    /// Uses every stream: moved, changed and new bytes, and a compressed page.
    private static Packed changedPath() throws IOException {
        byte[] old = new byte[60_000];
        new SplittableRandom(1).nextBytes(old);
        var now = new ByteArrayOutputStream();
        now.write(old, 30_000, 30_000);
        now.write("what was not there before ".repeat(9).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        now.write(old, 0, 30_000);
        byte[] changed = now.toByteArray();
        for (int i = 0; i < changed.length; i += 40) changed[i] += 3;
        byte[] page = GzipProperties.file(8, GzipProperties.text(7, 4000));
        byte[] baseNar = tree(old, page).nar();
        byte[] nar = tree(changed, page).nar();
        var base = new Codec.Base(OLD, baseNar.length, List.of(new Rewrite(OLD, NEW)), out -> out.write(baseNar));
        return new Packed(new Codec.NewPath(NEW, nar.length, List.of(base)), nar);
    }

    private static NarTree tree(byte[] program, byte[] page) {
        return NarTree.directory(Map.of(
                "program",
                new NarTree.File(true, Bytes.of(program)),
                "page.gz",
                new NarTree.File(false, Bytes.of(page))));
    }

    private byte[] pack(Packed path, int coder) throws IOException {
        var pack = new ByteArrayOutputStream();
        try (var encoder = new Delta(EnumSet.allOf(Opener.Format.class), OptionalInt.of(coder), 1 << 20)
                .encoder(pack, 0, scratch)) {
            encoder.add(path.path(), out -> out.write(path.nar()));
        }
        return pack.toByteArray();
    }

    private static List<Chunk> chunks(byte[] pack) throws IOException {
        var in = new ByteArrayInputStream(pack);
        var left = new long[Stream.values().length];
        for (int i = 0; i < left.length; i++) {
            int coder = in.read();
            if (coder == Coder.LZMA || coder == Coder.MIXED) in.read();
            Numbers.read(in, "size", Long.MAX_VALUE);
            left[i] = Numbers.read(in, "size", Long.MAX_VALUE);
        }
        var chunks = new java.util.ArrayList<Chunk>();
        for (int stream = in.read(); stream >= 0; stream = in.read()) {
            int length = (int) Math.min(Streams.CHUNK, left[stream]);
            chunks.add(new Chunk(Stream.values()[stream], pack.length - in.available(), length));
            left[stream] -= in.skip(length);
        }
        return chunks;
    }

    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }

    private static byte[] bytes(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
