package narlink.delta;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import narlink.Bytes;
import narlink.nix.DamagedPathException;
import narlink.nix.StorePath;
import narlink.testkit.NarTree;
import narlink.testkit.NarTrees;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;

final class DeltaProperties {
    private static final StorePath OLD = path(1, "tool-1.0");
    private static final StorePath NEW = path(2, "tool-1.0.1");
    private static Path scratch = Path.of(".");
    private static final Map<Long, byte[]> packs = new ConcurrentHashMap<>();

    private record Item(Codec.NewPath path, byte[] nar) {}

    @BeforeContainer
    static void makeScratch() throws IOException {
        scratch = Files.createTempDirectory("delta");
    }

    @AfterContainer
    static void removeScratch() throws IOException {
        try (var files = Files.list(scratch)) {
            assertEquals(0, files.count(), "temporary files were left");
        }
        Files.delete(scratch);
    }

    private static final Set<Opener.Format> ALL = EnumSet.allOf(Opener.Format.class);

    @Provide
    Arbitrary<NarTree> trees() {
        return NarTrees.trees();
    }

    @Provide
    Arbitrary<OptionalInt> coders() {
        return Arbitraries.of(
                OptionalInt.empty(),
                OptionalInt.of(Coder.PLAIN),
                OptionalInt.of(Coder.LZMA),
                OptionalInt.of(Coder.ZSTD),
                OptionalInt.of(Coder.MIXED));
    }

    @Property(tries = 40)
    void treesWithoutKinshipComeBack(
            @ForAll("trees") NarTree base,
            @ForAll("trees") NarTree path,
            @ForAll Set<Opener.Format> opened,
            @ForAll("coders") OptionalInt coder,
            @ForAll @LongRange(min = 10, max = 1 << 14) long large)
            throws IOException {
        var items = List.of(item(NEW, path.nar(), List.of(base(OLD, base.nar(), NEW))));
        assertComesBack(items, encode(items, opened, coder, large));
    }

    @Property(tries = 40)
    void generationsOfAPackageComeBack(
            @ForAll long seed,
            @ForAll Set<Opener.Format> opened,
            @ForAll("coders") OptionalInt coder,
            @ForAll @LongRange(min = 10, max = 1 << 14) long large)
            throws IOException {
        var items = generation(seed);
        assertComesBack(items, encode(items, opened, coder, large));
    }

    @Property(tries = 300)
    void damageIsRefusedInBoundedTime(@ForAll long seed, @ForAll("coders") OptionalInt coder) throws IOException {
        var items = generation(seed % 4);
        byte[] pack = packs.computeIfAbsent(seed % 4 * 8 + coder.orElse(7), unused -> encoded(items, coder))
                .clone();
        var random = new SplittableRandom(seed);
        if (random.nextInt(3) == 0) pack = Arrays.copyOf(pack, random.nextInt(pack.length));
        else {
            int at = random.nextBoolean() ? random.nextInt(Math.min(60, pack.length)) : random.nextInt(pack.length);
            if (random.nextBoolean()) pack[at] ^= (byte) (1 << random.nextInt(8));
            else Arrays.fill(pack, at, Math.min(pack.length, at + 1 + random.nextInt(9)), (byte) 0xff);
        }
        try (var decoder = new Delta().decoder(new ByteArrayInputStream(pack), scratch)) {
            for (var item : items)
                decoder.next(item.path(), new AtMost(item.path().narSize()));
            decoder.end();
        } catch (CorruptPackException e) {
            assertTrue(e.getMessage() != null);
        }
    }

    @Test
    void aRebuiltPathCostsAlmostNothing() throws IOException {
        var items = new ArrayList<Item>();
        for (int i = 0; i < 100; i++) {
            var from = path(100 + i, "lib-" + i);
            var to = path(1000 + i, "lib-" + i);
            items.add(item(to, tree(from, i).nar(), List.of()));
        }
        for (int i = 0; i < 100; i++) {
            var from = path(100 + i, "lib-" + i);
            var to = path(1000 + i, "lib-" + i);
            items.set(
                    i,
                    item(to, tree(to, i).nar(), List.of(base(from, tree(from, i).nar(), to))));
        }
        byte[] pack = encode(items, ALL);
        assertComesBack(items, pack);
        // A zip file has checksums and sizes of its own, all else is the base's.
        assertTrue(pack.length < 1000, pack.length + " bytes");
    }

    /// Three members of sixty are changed in a word.
    @Test
    void ofAChangedArchiveOnlyTheChangeIsSent() throws IOException {
        var members = new byte[60][];
        for (int i = 0; i < members.length; i++) members[i] = GzipProperties.text(i, 9000);
        byte[] old = jar(members);
        for (int i = 20; i < 23; i++)
            System.arraycopy("changed".getBytes(StandardCharsets.US_ASCII), 0, members[i], 99, 7);
        byte[] now = jar(members);
        var items = List.of(item(NEW, now, List.of(base(OLD, old, NEW))));
        byte[] pack = encode(items, ALL);
        assertComesBack(items, pack);
        byte[] closed = encode(items, EnumSet.noneOf(Opener.Format.class));
        assertTrue(pack.length < 300 && closed.length > 20 * pack.length, pack.length + " and " + closed.length);
    }

    /// However many files are the same, and however deep they lie, they are sent once.
    @Test
    void identicalFilesCostAlmostNothing() throws IOException {
        byte[] contents = new byte[2000];
        new SplittableRandom(9).nextBytes(contents);
        var file = new NarTree.File(false, Bytes.of(contents));
        NarTree tree = file;
        for (int level = 0; level < 60; level++) {
            var entries = new TreeMap<Bytes, NarTree>();
            entries.put(Bytes.ofUtf8("deeper"), tree);
            for (int i = 0; i < 17; i++) entries.put(Bytes.ofUtf8("same-" + i), file);
            tree = new NarTree.Directory(entries);
        }
        byte[] nar = tree.nar();
        var items = List.of(item(
                NEW,
                nar,
                List.of(base(OLD, NarTree.directory(Map.of("one", file)).nar(), NEW))));
        byte[] pack = encode(items, ALL);
        assertComesBack(items, pack);
        assertTrue(pack.length < 4000, pack.length + " bytes for a thousand files of " + contents.length);
    }

    private static byte[] jar(byte[][] members) throws IOException {
        return NarTree.directory(Map.of("tool.jar", new NarTree.File(false, Bytes.of(OpenerProperties.zip(members)))))
                .nar();
    }

    /// With a window as if memory was scarce: what moved, was put in, was cut out or changed in places is found again.
    @Test
    void aLargeFileIsMatchedInParts() throws IOException {
        byte[] old = new byte[24 << 20];
        new SplittableRandom(5).nextBytes(old);
        var random = new SplittableRandom(6);
        var changed = new ByteArrayOutputStream();
        changed.write(old, 9 << 20, 3 << 20); // Moved to the front.
        changed.write(old, 0, 6 << 20);
        changed.write(new byte[77777]); // Put in.
        changed.write(old, 7 << 20, 17 << 20); // A megabyte was cut out.
        byte[] now = changed.toByteArray();
        for (int i = 0; i < 500; i++) now[random.nextInt(now.length)]++;
        var nar = NarTree.directory(Map.of("model", new NarTree.File(false, Bytes.of(now))))
                .nar();
        var baseNar = NarTree.directory(Map.of("model", new NarTree.File(false, Bytes.of(old))))
                .nar();
        var items = List.of(item(NEW, nar, List.of(base(OLD, baseNar, NEW))));
        byte[] pack = encode(items, ALL, OptionalInt.empty(), 1 << 20);
        assertTrue(pack.length < 6000, pack.length + " bytes");
        assertComesBack(items, pack);
    }

    @Test
    void aDamagedBaseIsNamed() throws IOException {
        var base = base(OLD, tree(OLD, 1).nar(), NEW);
        byte[] pack = encode(List.of(item(NEW, tree(NEW, 1).nar(), List.of(base))), ALL);
        var damaged = new Codec.Base(OLD, base.narSize(), base.rewrites(), out -> {
            throw new DamagedPathException(OLD, "other contents");
        });
        try (var decoder = new Delta().decoder(new ByteArrayInputStream(pack), scratch)) {
            var path = new Codec.NewPath(NEW, 1000, List.of(damaged));
            var error = assertThrows(
                    UnusableBaseException.class, () -> decoder.next(path, OutputStream.nullOutputStream()));
            assertEquals(OLD, error.path());
        }
    }

    @Test
    void whatFollowsTheLastPathIsRefused() throws IOException {
        var items = generation(1);
        byte[] pack = encode(items, ALL);
        byte[] longer = Arrays.copyOf(pack, pack.length + 1);
        assertThrows(CorruptPackException.class, () -> assertComesBack(items, longer));
    }

    private static List<Item> generation(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var items = new ArrayList<Item>();
        for (int i = 0; i < 3; i++) {
            var old = path(10 + i, "pkg" + i + "-1.0");
            var path = path(20 + i, "pkg" + i + (random.nextBoolean() ? "-1.0" : "-1.0.1"));
            byte[] nar = changed(tree(path, i), random).nar();
            var bases = new ArrayList<Codec.Base>();
            if (random.nextInt(4) > 0) bases.add(base(old, tree(old, i).nar(), path));
            if (random.nextInt(3) == 0) bases.add(base(OLD, tree(OLD, 1).nar(), path));
            items.add(item(path, nar, bases));
        }
        return items;
    }

    /// A package that names itself in a script, a symlink, a file name, a compressed page, and holds some noise.
    private static NarTree tree(StorePath self, int seed) throws IOException {
        byte[] noise = new byte[3000];
        new SplittableRandom(seed).nextBytes(noise);
        byte[] page = (self + " does this\n" + new String(GzipProperties.text(seed, 4000), StandardCharsets.ISO_8859_1))
                .getBytes(StandardCharsets.ISO_8859_1);
        var entries = new TreeMap<Bytes, NarTree>();
        entries.put(
                Bytes.ofUtf8("bin"), new NarTree.File(true, Bytes.ofUtf8("#!" + self + "/bin/sh " + self.digest())));
        entries.put(Bytes.ofUtf8("empty"), NarTree.file(""));
        entries.put(Bytes.ofUtf8("link"), new NarTree.Symlink(Bytes.ofUtf8(self + "/bin")));
        entries.put(Bytes.ofUtf8("page.gz"), new NarTree.File(false, Bytes.of(GzipProperties.file(8, page))));
        entries.put(Bytes.ofUtf8("page.jar"), new NarTree.File(false, Bytes.of(OpenerProperties.zip(page))));
        entries.put(Bytes.ofUtf8("page.zst"), new NarTree.File(false, Bytes.of(Zstd.compress(page, 19))));
        entries.put(Bytes.ofUtf8("noise"), new NarTree.File(false, Bytes.of(noise)));
        entries.put(Bytes.ofUtf8("n".repeat(255)), NarTree.file("long name"));
        entries.put(Bytes.ofUtf8("z" + self.baseName()), NarTree.directory(java.util.Map.of()));
        return new NarTree.Directory(entries);
    }

    private static NarTree changed(NarTree tree, SplittableRandom random) {
        if (!(tree instanceof NarTree.Directory)) return tree;
        var entries = new TreeMap<>(((NarTree.Directory) tree).entries());
        byte[] noise = new byte[random.nextInt(5000)];
        new SplittableRandom(random.nextInt(3)).nextBytes(noise);
        for (int i = random.nextInt(20); i > 0 && noise.length > 0; i--) noise[random.nextInt(noise.length)]++;
        if (random.nextBoolean()) entries.put(Bytes.ofUtf8("noise"), new NarTree.File(false, Bytes.of(noise)));
        if (random.nextBoolean()) entries.remove(Bytes.ofUtf8("bin"));
        if (random.nextInt(4) == 0)
            entries.put(Bytes.ofUtf8("bad.gz"), new NarTree.File(false, Bytes.ofHex("1f8b0800")));
        return new NarTree.Directory(entries);
    }

    private static Item item(StorePath path, byte[] nar, List<Codec.Base> bases) {
        return new Item(new Codec.NewPath(path, nar.length, bases), nar);
    }

    private static Codec.Base base(StorePath base, byte[] nar, StorePath path) {
        return new Codec.Base(base, nar.length, List.of(new Rewrite(base, path)), out -> out.write(nar));
    }

    private static byte[] encode(List<Item> items, Set<Opener.Format> opened) throws IOException {
        return encode(items, opened, OptionalInt.empty(), 1 << 20);
    }

    private static byte[] encode(List<Item> items, Set<Opener.Format> opened, OptionalInt coder, long large)
            throws IOException {
        var pack = new ByteArrayOutputStream();
        try (var encoder = new Delta(opened, coder, large).encoder(pack, 0, scratch)) {
            for (var item : items) encoder.add(item.path(), out -> out.write(item.nar()));
        }
        return pack.toByteArray();
    }

    private static byte[] encoded(List<Item> items, OptionalInt coder) {
        try {
            return encode(items, ALL, coder, 1 << 20);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertComesBack(List<Item> items, byte[] pack) throws IOException {
        try (var decoder = new Delta().decoder(new ByteArrayInputStream(pack), scratch)) {
            for (var item : items) {
                var out = new ByteArrayOutputStream();
                decoder.next(item.path(), out);
                assertArrayEquals(item.nar(), out.toByteArray());
            }
            decoder.end();
        }
    }

    private static StorePath path(int number, String name) {
        byte[] digest = new byte[20];
        new SplittableRandom(number).nextBytes(digest);
        return StorePath.of(digest, name);
    }

    /// Takes no more than it was told of, as the receiver does.
    private static final class AtMost extends OutputStream {
        private long left;

        AtMost(long most) {
            this.left = most;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            left -= length;
            if (left < 0) throw new CorruptPackException("more than was told");
        }
    }
}
