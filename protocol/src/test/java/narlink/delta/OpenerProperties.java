package narlink.delta;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.XZInputStream;

final class OpenerProperties {
    private static final Set<Opener.Format> ALL = EnumSet.allOf(Opener.Format.class);

    @TempDir
    private Path directory = Path.of(".");

    @Property(tries = 100)
    void whatIsOpenedClosesAgain(@ForAll long seed, @ForAll Set<Opener.Format> opened) throws IOException {
        var random = new SplittableRandom(seed);
        byte[] file = packed(random, random.nextInt(5));
        comesBack(file, opened);
    }

    @Property(tries = 300)
    void whatIsDamagedClosesAgainOrStaysClosed(@ForAll long seed) throws IOException {
        var random = new SplittableRandom(seed);
        byte[] file = packed(random, 1 + random.nextInt(3));
        for (int i = random.nextInt(3); i >= 0; i--)
            file[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
        if (random.nextInt(3) == 0) file = Arrays.copyOf(file, random.nextInt(file.length));
        comesBack(file, ALL);
    }

    @Property
    void noiseStaysClosed(@ForAll @Size(max = 200) byte[] noise, @ForAll @IntRange(max = 4) int kind)
            throws IOException {
        var starts = new byte[][] {
            {0x1f, (byte) 0x8b, 8},
            {'P', 'K', 3, 4},
            {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd},
            {},
            {(byte) 0xfd, '7', 'z', 'X', 'Z', 0}
        };
        byte[] start = starts[kind];
        byte[] file = Arrays.copyOf(start, start.length + noise.length);
        System.arraycopy(noise, 0, file, start.length, noise.length);
        comesBack(file, ALL);
    }

    /// A base is opened without its packing being found, and alike.
    @Property(tries = 60)
    void aBaseShowsTheSame(@ForAll long seed) throws IOException {
        var random = new SplittableRandom(seed);
        byte[] file = packed(random, random.nextInt(5));
        var shown = new Opener(new NewGate(ALL, 1 << 30)).open("file", file);
        var based = new Opener(new BaseGate(Set.of())).open("file", file);
        assertEquals(shown.isPresent(), based.isPresent());
        if (shown.isPresent() && based.isPresent())
            assertArrayEquals(shown.get().bytes(), based.get().bytes());
    }

    @Test
    void packedInPackedIsOpenedThreeTimes() throws IOException {
        byte[] text = GzipProperties.text(3, 3000);
        byte[] jar = zip(Zstd.compress(GzipProperties.file(5, text), 3));
        var shown = opened(jar, ALL).orElseThrow();
        assertTrue(contains(shown.bytes(), text), "the innermost is there as it is");
        assertArrayEquals(jar, GzipProperties.closed(shown.recipe(), shown.bytes()));
        byte[] deeper = GzipProperties.file(5, jar);
        var less = opened(deeper, ALL).orElseThrow();
        assertFalse(contains(less.bytes(), text), "not deeper than that");
        assertArrayEquals(deeper, GzipProperties.closed(less.recipe(), less.bytes()));
    }

    /// A member that can't be packed again does not keep the others closed.
    @Test
    void aMemberOfAnotherProgramStaysClosed() throws IOException {
        byte[] text = GzipProperties.text(3, 30_000);
        byte[] other = GzipProperties.text(4, 30_000);
        byte[] jar = zip(text, other);
        var members = Zip.members(jar);
        byte[] spoilt = stored(other);
        assertTrue(spoilt.length > members.get(1).end() - members.get(1).start());
        var shown = opened(zipOf(text, spoilt), ALL).orElseThrow();
        assertTrue(contains(shown.bytes(), text));
        assertArrayEquals(zipOf(text, spoilt), GzipProperties.closed(shown.recipe(), shown.bytes()));
    }

    @Test
    void bombsStayClosed() throws IOException {
        byte[] zeros = new byte[17 << 20];
        assertTrue(opened(Zstd.compress(zeros), ALL).isEmpty());
        assertTrue(opened(zip(zeros), ALL).isEmpty());
        byte[] most = new byte[9 << 20];
        var shown = opened(zip(most, most, most), ALL).orElseThrow();
        assertTrue(shown.bytes().length < 10 << 20, "only the first of them fits");
        byte[] lies = zip(GzipProperties.text(1, 1000));
        for (int at = lies.length - 60; at < lies.length; at++) {
            for (int value : new int[] {0, 0x7f, 0x80, 0xff}) {
                byte[] lie = lies.clone();
                Arrays.fill(lie, at, Math.min(lie.length, at + 4), (byte) value);
                comesBack(lie, ALL);
            }
        }
    }

    /// What the programs of this machine make, where this machine has them.
    @ParameterizedTest
    @CsvSource({"zip -q -X -6 -", "zip -q -X -9 -", "zip -q -X -1 -", "jar --no-manifest -c", "python3 -m zipfile -c"})
    void zipsOfProgramsAreOpened(String command) throws IOException, InterruptedException {
        Files.write(directory.resolve("one"), GzipProperties.text(1, 90_000));
        Files.write(directory.resolve("two"), GzipProperties.text(2, 500));
        var words = new java.util.ArrayList<>(Arrays.asList(command.split(" ")));
        boolean toFile = !words.getLast().equals("-") && !words.getLast().equals("--no-manifest");
        var file = directory.resolve("made.zip");
        if (words.getFirst().equals("python3")) words.add(file.toString());
        words.addAll(java.util.List.of("one", "two"));
        Process process;
        try {
            process = new ProcessBuilder(words)
                    .directory(directory.toFile())
                    .redirectOutput(directory.resolve("out").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            Assumptions.abort("no " + words.getFirst() + " here");
            return;
        }
        assertEquals(0, process.waitFor(), command);
        byte[] zip = Files.readAllBytes(toFile && Files.exists(file) ? file : directory.resolve("out"));
        var shown = opened(zip, ALL).orElseThrow();
        assertTrue(contains(shown.bytes(), Files.readAllBytes(directory.resolve("one"))), command);
        assertArrayEquals(zip, GzipProperties.closed(shown.recipe(), shown.bytes()));
    }

    @ParameterizedTest
    @CsvSource({"1,true", "3,true", "3,false", "9,true", "12,false", "19,true", "22,true"})
    void zstdIsReproduced(int level, boolean checksum) throws IOException {
        byte[] raw = GzipProperties.text(level, 300_000);
        try (var zstd = new ZstdCompressCtx()) {
            zstd.setLevel(level).setChecksum(checksum);
            byte[] file = zstd.compress(raw);
            assertArrayEquals(raw, opened(file, ALL).orElseThrow().bytes());
            comesBack(file, ALL);
        }
    }

    private static void comesBack(byte[] file, Set<Opener.Format> opened) throws IOException {
        var shown = opened(file, opened);
        if (shown.isEmpty()) return;
        var recipe = new ByteArrayOutputStream();
        Recipe.write(recipe, shown.get().recipe());
        var read = new Recipe.Reader(new java.io.ByteArrayInputStream(recipe.toByteArray()), 1 << 30).read();
        assertArrayEquals(file, GzipProperties.closed(read, shown.get().bytes()));
    }

    private static Optional<Opener.Shown> opened(byte[] file, Set<Opener.Format> opened) throws IOException {
        return new Opener(new NewGate(opened, 1 << 30)).open("file", file);
    }

    /// Text, packed in some ways, one in the other.
    private static byte[] packed(SplittableRandom random, int times) throws IOException {
        byte[] file = GzipProperties.text(random.nextLong(), random.nextInt(20_000));
        for (int i = 0; i < times; i++) {
            file = switch (random.nextInt(5)) {
                case 4 -> file.length == 0 ? file : xz(file, random.nextInt(9));
                case 0 -> GzipProperties.file(random.nextInt(27), file);
                case 1 -> Zstd.compress(file, 1 + random.nextInt(19));
                case 2 -> zip(file, GzipProperties.text(1, random.nextInt(100)), file);
                default -> zip(file);
            };
        }
        return file;
    }

    private static byte[] xz(byte[] raw, int style) throws IOException {
        var out = new ByteArrayOutputStream();
        new XzShape(style, 4, 0, 0, 3, 16, 93, 0).write(raw, out);
        return out.toByteArray();
    }

    /// Shapes of files: blocks, checks, sizes in headers, filters.
    @Property(tries = 60)
    void xzIsReproduced(@ForAll long seed, @ForAll @IntRange(max = 8) int style) throws IOException {
        var random = new SplittableRandom(seed);
        byte[] raw = GzipProperties.text(seed, 1 + random.nextInt(60_000));
        var shape = shape(random, style);
        var file = new ByteArrayOutputStream();
        shape.write(raw, file);
        try (var xz = new XZInputStream(new ByteArrayInputStream(file.toByteArray()))) {
            assertArrayEquals(raw, xz.readAllBytes(), "this is an xz file, checks included");
        }
        assertArrayEquals(raw, opened(file.toByteArray(), ALL).orElseThrow().bytes());
        comesBack(file.toByteArray(), ALL);
    }

    private static XzShape shape(SplittableRandom random, int style) {
        int[] checks = {0, 1, 4, 10};
        int[] filters = {0, 0, 4, 5, 6, 7, 8, 9, 10, 11};
        int sizes = random.nextInt(4) * XzShape.PACKED_SIZE;
        int block = random.nextBoolean() ? 0 : 5_000 + random.nextInt(30_000);
        int filter = filters[random.nextInt(filters.length)];
        int dictionary = random.nextInt(25);
        return new XzShape(style, checks[random.nextInt(4)], filter, sizes, 6, dictionary, 93, block);
    }

    /// With several chunks, and some that are not packed.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-0",
                "-1",
                "-2",
                "-3",
                "-4",
                "-5",
                "-6",
                "-9",
                "-3e",
                "-6e",
                "-9e",
                "--check=crc32 --lzma2=dict=1MiB",
                "--check=crc32 --x86 --lzma2=dict=32MiB",
                "--check=sha256 --arm --lzma2=lc=0,pb=0",
                "-T2 -6",
                "-T2 -0 --block-size=131072",
                "-T1 -6 --block-size=131072"
            })
    void theXzProgramIsReproduced(String options) throws IOException, InterruptedException {
        byte[] raw = GzipProperties.text(1, 400_000);
        var random = new SplittableRandom(1);
        for (int at = 100_000; at < 250_000; at++) raw[at] = (byte) random.nextInt(256);
        Files.write(directory.resolve("raw"), raw);
        var command = new java.util.ArrayList<>(java.util.List.of("xz", "-k"));
        command.addAll(Arrays.asList(options.split(" ")));
        command.add("raw");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            Assumptions.abort("no xz here");
            return;
        }
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        byte[] file = Files.readAllBytes(directory.resolve("raw.xz"));
        assertArrayEquals(raw, opened(file, ALL).orElseThrow().bytes());
        comesBack(file, ALL);
    }

    /// A zip file with each of `members` deflated, or stored if it is packed already.
    static byte[] zip(byte[]... members) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            for (int i = 0; i < members.length; i++) {
                var entry = new ZipEntry("member-" + i);
                entry.setTime(1_000_000_000_000L);
                if (members[i].length > 0 && Opener.mayBePacked(members[i][0])) {
                    var crc = new CRC32();
                    crc.update(members[i]);
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(members[i].length);
                    entry.setCrc(crc.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(members[i]);
                zip.closeEntry();
            }
        }
        return out.toByteArray();
    }

    /// A deflate stream that no program would make: stored blocks of 100 bytes.
    private static byte[] stored(byte[] raw) {
        var out = new ByteArrayOutputStream();
        for (int at = 0; at < raw.length; at += 100) {
            int length = Math.min(100, raw.length - at);
            out.write(at + length == raw.length ? 1 : 0);
            out.write(length);
            out.write(0);
            out.write(~length);
            out.write(0xff);
            out.write(raw, at, length);
        }
        return out.toByteArray();
    }

    /// A zip file of two deflated members, the second with a stream given as it is.
    private static byte[] zipOf(byte[] text, byte[] stream) throws IOException {
        byte[] jar = zip(text, new byte[0]);
        var members = Zip.members(jar);
        byte[] first = Arrays.copyOfRange(
                jar, members.getFirst().start(), members.getFirst().end());
        var out = new ByteArrayOutputStream();
        int[] places = new int[2];
        byte[][] streams = {first, stream};
        for (int i = 0; i < 2; i++) {
            places[i] = out.size();
            numbers(out, 0x04034b50L, 4, 20, 2, 0, 2, 8, 2, 0, 4, 0, 4, streams[i].length, 4, 30_000, 4, 1, 2, 0, 2);
            out.write('a' + i);
            out.writeBytes(streams[i]);
        }
        int directory = out.size();
        for (int i = 0; i < 2; i++) {
            numbers(out, 0x02014b50L, 4, 20, 2, 20, 2, 0, 2, 8, 2, 0, 4, 0, 4, streams[i].length, 4, 30_000, 4, 1, 2);
            numbers(out, 0, 2, 0, 2, 0, 2, 0, 2, 0, 4, places[i], 4);
            out.write('a' + i);
        }
        int size = out.size() - directory;
        numbers(out, 0x06054b50L, 4, 0, 4, 2, 2, 2, 2, size, 4, directory, 4, 0, 2);
        return out.toByteArray();
    }

    /// Each number by its bytes, little endian.
    private static void numbers(ByteArrayOutputStream out, long... numbers) {
        for (int i = 0; i < numbers.length; i += 2) {
            for (int j = 0; j < numbers[i + 1]; j++) out.write((int) (numbers[i] >>> 8 * j));
        }
    }

    private static boolean contains(byte[] whole, byte[] part) {
        return new String(whole, StandardCharsets.ISO_8859_1).contains(new String(part, StandardCharsets.ISO_8859_1));
    }
}
