package narlink.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.ContentAddress;
import narlink.nix.DamagedPathException;
import narlink.nix.DifferentPathException;
import narlink.nix.MissingPathsException;
import narlink.nix.NarException;
import narlink.nix.NarInfo;
import narlink.nix.Nix32;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.testkit.NarTree;
import narlink.testkit.RealNix;
import narlink.testkit.Vectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What every store must do, real Nix and binary cache directory alike.
final class StoreTest {
    @TempDir
    Path directory = Path.of("");

    enum Kind {
        CHROOT,
        CACHE
    }

    private Store open(Kind kind) throws IOException {
        var options = Options.of(directory.resolve("own")).trusting(List.of(Sample.KEY.publicKey()));
        if (kind == Kind.CHROOT) {
            RealNix.required();
            return Stores.open("local?root=" + directory.resolve("chroot"), options);
        }
        return Stores.open("file://" + directory.resolve("cache"), options);
    }

    private static byte[] nar(Store store, Sample sample) throws IOException {
        var out = new ByteArrayOutputStream();
        store.nar(sample.path(), out);
        return out.toByteArray();
    }

    private static final Sample LEAF = Sample.of("leaf");
    private static final Sample MIDDLE = Sample.of("middle", LEAF.path(), Sample.path("middle"));
    private static final Sample TOP = Sample.of("top", MIDDLE.path(), LEAF.path());

    private static void addAll(Store store) throws IOException {
        for (var sample : List.of(LEAF, MIDDLE, TOP)) {
            sample.addTo(store);
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesBackWhatWasImported(Kind kind) throws IOException {
        try (var store = open(kind)) {
            addAll(store);
            for (var sample : List.of(LEAF, MIDDLE, TOP)) {
                assertEquals(Optional.of(sample.info()), store.info(sample.path()));
                assertArrayEquals(sample.nar().toArray(), nar(store, sample));
                assertEquals(
                        Optional.of(sample.path()), store.find(sample.path().digest()));
            }
            assertEquals(Set.of(LEAF.path(), MIDDLE.path(), TOP.path()), store.validPaths());
            assertEquals(store.validPaths(), store.closure(List.of(TOP.path())));
            assertEquals(List.of(LEAF.path(), MIDDLE.path(), TOP.path()), store.inReferenceOrder(store.validPaths()));
            var absent = Sample.path("absent");
            assertEquals(Optional.empty(), store.info(absent));
            assertEquals(Optional.empty(), store.find(absent.digest()));
            assertThrows(MissingPathsException.class, () -> store.nar(absent, OutputStream.nullOutputStream()));
            assertThrows(MissingPathsException.class, () -> store.closure(List.of(TOP.path(), absent)));
            store.sync();
            assertTrue(store.freeBytes() > 0);
        }
        try (var again = open(kind)) {
            assertEquals(3, again.validPaths().size());
        }
        if (kind == Kind.CHROOT) {
            assertTrue(verifies());
        }
    }

    private boolean verifies() throws IOException {
        try {
            return RealNix.verifies(directory.resolve("chroot"));
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesTheVectorsPaths(Kind kind) throws IOException {
        try (var store = open(kind)) {
            for (var row : Vectors.nix().rows("nar/index.tsv")) {
                var sample = Sample.of(row[0], Vectors.nix().bytes("nar/" + row[0] + ".nar"));
                sample.addTo(store);
                assertArrayEquals(sample.nar().toArray(), nar(store, sample), row[0]);
            }
        }
        if (kind == Kind.CHROOT) {
            assertTrue(verifies());
        }
    }

    @ParameterizedTest
    @EnumSource
    void importingTwiceIsFineButNeverOtherContents(Kind kind) throws IOException {
        try (var store = open(kind)) {
            LEAF.addTo(store);
            store.add(LEAF.info(), InputStream.nullInputStream());
            var other = Sample.of("leaf", NarTree.file("something else").nar());
            var refused = assertThrows(DifferentPathException.class, () -> other.addTo(store));
            assertEquals(LEAF.info().narHash(), refused.present());
            assertArrayEquals(LEAF.nar().toArray(), nar(store, LEAF));
        }
    }

    /// Nothing of these may become valid; and afterwards the right one can be imported.
    @ParameterizedTest
    @EnumSource
    void refusesWhatIsNotAsAnnounced(Kind kind) throws IOException {
        byte[] good = LEAF.nar().toArray();
        byte[] corrupt = good.clone();
        corrupt[good.length / 2] ^= 1;
        byte[] longer = Arrays.copyOf(good, good.length + 8);
        try (var store = open(kind)) {
            for (byte[] bad : List.of(corrupt, longer, Arrays.copyOf(good, good.length - 8), new byte[0])) {
                assertThrows(NarException.class, () -> LEAF.sending(bad).addTo(store));
                assertEquals(Set.of(), store.validPaths());
            }
            for (var row : Vectors.nix().rows("nar-bad/index.tsv")) {
                var bad = Sample.of("leaf", Vectors.nix().bytes("nar-bad/" + row[0] + ".nar"));
                assertThrows(NarException.class, () -> bad.addTo(store), row[0]);
                assertEquals(Set.of(), store.validPaths(), row[0]);
            }
            LEAF.addTo(store);
            assertArrayEquals(good, nar(store, LEAF));
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatNoTrustedKeySigned(Kind kind) throws IOException {
        var stranger = SecretKey.generate("narlink-sample-1");
        var forged = LEAF.unsigned().info().signedBy(stranger);
        var borrowed = LEAF.unsigned().info().withSignatures(TOP.info().signatures());
        try (var store = open(kind)) {
            for (var info : List.of(LEAF.unsigned().info(), forged, borrowed)) {
                assertThrows(IOException.class, () -> store.add(info, LEAF.stream()));
                assertEquals(Set.of(), store.validPaths());
            }
            LEAF.addTo(store);
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesPathsWhoseReferencesAreMissing(Kind kind) throws IOException {
        try (var store = open(kind)) {
            LEAF.addTo(store);
            var refused = assertThrows(MissingPathsException.class, () -> TOP.addTo(store));
            assertEquals(Set.of(MIDDLE.path()), refused.paths());
            assertEquals(Set.of(LEAF.path()), store.validPaths());
        }
    }

    @ParameterizedTest
    @EnumSource
    void contentAddressedPathsNeedNoSignature(Kind kind) throws IOException {
        byte[] nar = NarTree.file("plain\n").nar();
        try (var store = open(kind)) {
            for (var row : Vectors.nix().rows("store-path/index.tsv")) {
                if (row.length < 5 || !row[1].equals("plain.txt") || !row[4].contains("inner: fixed:out:sha256")) {
                    continue;
                }
                var ca = row[4].replaceFirst(".*inner: fixed:out:(.*):", "fixed:$1");
                var path = StorePath.parse(row[3]);
                var info = new PathInfo(
                        path,
                        Sha256.of(nar),
                        nar.length,
                        new TreeSet<>(),
                        Optional.empty(),
                        List.of(),
                        Optional.of(ca));
                assertThrows(IOException.class, () -> store.add(info, new ByteArrayInputStream(nar)));
                assertEquals(Set.of(), store.validPaths());
            }
            var address =
                    "fixed:r:sha256:" + Nix32.encode(Sha256.of(nar).bytes().toArray());
            var path = ContentAddress.parse(address)
                    .path("plain.txt", new TreeSet<>(), false)
                    .orElseThrow();
            var info = new PathInfo(
                    path,
                    Sha256.of(nar),
                    nar.length,
                    new TreeSet<>(),
                    Optional.empty(),
                    List.of(),
                    Optional.of(address));
            store.add(info, new ByteArrayInputStream(nar));
            assertEquals(Set.of(path), store.validPaths());
        }
    }

    @ParameterizedTest
    @EnumSource
    void rootsComeBeforeTheirPathsAndKeepThem(Kind kind) throws IOException {
        try (var store = open(kind)) {
            store.root("SAT/17/" + TOP.path().baseName(), TOP.path());
            store.root(Map.of("SAT/18/a", LEAF.path(), "base", LEAF.path()));
            assertEquals(
                    Map.of("SAT/17/" + TOP.path().baseName(), TOP.path(), "SAT/18/a", LEAF.path(), "base", LEAF.path()),
                    store.roots());
            addAll(store);
            assertThrows(IOException.class, () -> store.collectGarbage(List.of(TOP.path())));
            assertThrows(IOException.class, () -> store.collectGarbage(List.of(LEAF.path())));
            assertEquals(3, store.validPaths().size());
            store.unroot("SAT/17/" + TOP.path().baseName());
            store.unroot("SAT/17/" + TOP.path().baseName());
            store.root("base", MIDDLE.path());
            assertEquals(Map.of("SAT/18/a", LEAF.path(), "base", MIDDLE.path()), store.roots());
            assertTrue(store.collectGarbage(List.of(TOP.path(), Sample.path("absent"))) > 0);
            assertEquals(Set.of(LEAF.path(), MIDDLE.path()), store.validPaths());
            for (var name : List.of("", ".", "../x", "a/../b", "/a", "a//b", "a/", ".new-a", "a\0", "a b", "base/x")) {
                assertThrows(Exception.class, () -> store.root(name, LEAF.path()), name);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void damageOnTheDiskIsNoticedAndRepaired(Kind kind) throws IOException {
        try (var store = open(kind)) {
            addAll(store);
            var file = kind == Kind.CHROOT
                    ? store.physical(LEAF.path()).orElseThrow().resolve("bin/leaf")
                    : narFile(LEAF);
            file.toFile().setWritable(true);
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
            assertThrows(IOException.class, () -> nar(store, LEAF));
            store.repair(LEAF.info(), LEAF.stream());
            assertArrayEquals(LEAF.nar().toArray(), nar(store, LEAF));
            if (kind == Kind.CHROOT) {
                var bin = store.physical(TOP.path()).orElseThrow().resolve("bin");
                bin.toFile().setWritable(true);
                Files.delete(bin.resolve("top"));
            } else {
                Files.delete(narFile(TOP));
            }
            assertThrows(DamagedPathException.class, () -> nar(store, TOP));
            store.repair(TOP.info(), TOP.stream());
            assertArrayEquals(TOP.nar().toArray(), nar(store, TOP));
        }
    }

    private Path narFile(Sample sample) {
        return directory
                .resolve("cache")
                .resolve(NarInfo.uncompressed(sample.info()).url());
    }

    @ParameterizedTest
    @EnumSource
    void aFullDiskIsSaidAndHurtsNothing(Kind kind) throws Exception {
        var disk = Files.createDirectories(directory.resolve(kind == Kind.CHROOT ? "chroot" : "cache"));
        var mounted = RealNix.attempt("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk.toString());
        Assumptions.assumeTrue(mounted.code() == 0, "may not mount a tmpfs here: " + mounted.err());
        try {
            fillUp(kind);
            assertTrue(kind == Kind.CACHE || verifies());
        } finally {
            RealNix.run("umount", disk.toString());
        }
    }

    private void fillUp(Kind kind) throws IOException {
        var small = large("small", 1 << 20);
        var tooLarge = large("too-large", 8 << 20);
        try (var store = open(kind)) {
            small.addTo(store);
            var full = assertThrows(IOException.class, () -> tooLarge.addTo(store));
            assertTrue(String.valueOf(full.getMessage()).contains("No space left"), full.getMessage());
            assertEquals(Set.of(small.path()), store.validPaths());
            store.collectGarbage(List.of(tooLarge.path()));
            assertTrue(store.freeBytes() > 2 << 20);
            large("other", 1 << 20).addTo(store);
            assertEquals(2, store.validPaths().size());
        }
    }

    private static Sample large(String name, int size) {
        byte[] contents = new byte[size];
        new Random(name.hashCode()).nextBytes(contents);
        return Sample.of(name, new NarTree.File(false, Bytes.of(contents)).nar());
    }

    @ParameterizedTest
    @EnumSource
    void thousandsOfTinyPathsAreNoTrouble(Kind kind) throws IOException {
        var samples = new ArrayList<Sample>();
        for (int i = 0; i < 300; i++) {
            samples.add(
                    i == 0
                            ? Sample.of("tiny-0")
                            : Sample.of("tiny-" + i, samples.getLast().path()));
        }
        try (var store = open(kind)) {
            for (var sample : samples) {
                sample.addTo(store);
            }
            var closure = store.closure(List.of(samples.getLast().path()));
            assertEquals(300, closure.size());
            assertEquals(samples.stream().map(Sample::path).toList(), store.inReferenceOrder(closure));
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesHashPartsThatAreNone(Kind kind) throws IOException {
        try (var store = open(kind)) {
            for (var text : List.of("", "../../etc/passwd", "0".repeat(31), "e".repeat(32))) {
                assertThrows(IllegalArgumentException.class, () -> store.find(text), text);
            }
            assertFalse(store.url().isEmpty());
        }
    }
}
