package narlink.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import narlink.nix.DamagedPathException;
import narlink.nix.NarException;
import narlink.nix.NarInfo;
import narlink.nix.PublicKey;
import narlink.nix.StorePath;
import narlink.testkit.NarTree;
import narlink.testkit.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CacheStoreTest {
    @TempDir
    Path directory = Path.of("");

    private CacheStore open() throws IOException {
        return new CacheStore(directory.resolve("cache"), Options.of(directory));
    }

    private Path file(String name) throws IOException {
        var file = directory.resolve("cache").resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        return file;
    }

    private static byte[] nar(CacheStore store, StorePath path) throws IOException {
        var out = new ByteArrayOutputStream();
        store.nar(path, out);
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.8.0", "2.26.3"})
    void readsWhatNixCopied(String version) throws IOException {
        var source = "binary-cache-nix-" + version + "/";
        Files.write(file("nix-cache-info"), Vectors.nix().bytes(source + "nix-cache-info"));
        for (var digest : List.of("11c320yp8fn9qfw847nk1136k93sfakx", "h3q4r3qng1lyq9qgijb57b0afwbj9ccq")) {
            var text = Vectors.nix().text(source + digest + ".narinfo");
            var url = NarInfo.parse(text).url();
            Files.writeString(file(digest + ".narinfo"), text);
            Files.write(file(url), Vectors.nix().bytes(source + url));
        }
        try (var store = open()) {
            var leaf = store.find("11c320yp8fn9qfw847nk1136k93sfakx").orElseThrow();
            var app = store.find("h3q4r3qng1lyq9qgijb57b0afwbj9ccq").orElseThrow();
            assertArrayEquals(Vectors.nix().bytes("nar/leaf.nar"), nar(store, leaf));
            assertArrayEquals(Vectors.nix().bytes("nar/app.nar"), nar(store, app));
            assertEquals(List.of(leaf, app), store.inReferenceOrder(store.closure(List.of(app))));
            var key = PublicKey.parse(Vectors.nix().text("keys/test.pub"));
            assertTrue(store.info(app).orElseThrow().isSignedBy(List.of(key)));
        }
    }

    @Test
    void damagedOrLyingFilesAreSaid() throws IOException {
        try (var store = open()) {
            var sample = Sample.of("leaf");
            sample.addTo(store);
            var url = NarInfo.uncompressed(sample.info()).url();
            var compressed = "nar/x.zst";
            byte[] packed = Zstd.compress(sample.nar().toArray());
            write(sample, compressed, "zstd", packed);
            assertArrayEquals(sample.nar().toArray(), nar(store, sample.path()));
            packed[packed.length / 2] ^= 1;
            write(sample, compressed, "zstd", packed);
            assertThrows(DamagedPathException.class, () -> nar(store, sample.path()));
            write(sample, compressed, "xz", packed);
            assertThrows(DamagedPathException.class, () -> nar(store, sample.path()));
            write(sample, compressed, "zstd", Zstd.compress(new byte[100_000_000])); // 100 MB of a 300-byte NAR
            assertThrows(DamagedPathException.class, () -> nar(store, sample.path()));
            write(sample, compressed, "br", packed);
            assertThrows(IOException.class, () -> nar(store, sample.path()));
            write(sample, url, "none", sample.nar().toArray());
            assertArrayEquals(sample.nar().toArray(), nar(store, sample.path()));
            Files.writeString(file(NarInfo.fileName(sample.path())), "nonsense");
            assertThrows(IOException.class, () -> store.info(sample.path()));
            Files.writeString(
                    file(NarInfo.fileName(sample.path())),
                    NarInfo.uncompressed(Sample.of("other").info()).text());
            assertThrows(IOException.class, () -> store.info(sample.path()));
        }
    }

    private void write(Sample sample, String url, String compression, byte[] bytes) throws IOException {
        Files.write(file(url), bytes);
        var narInfo = new NarInfo(sample.info(), url, compression, Optional.empty(), OptionalLong.empty());
        Files.writeString(file(NarInfo.fileName(sample.path())), narInfo.text());
    }

    @Test
    void refusesACacheOfAnotherStoreDirectory() throws IOException {
        Files.writeString(file("nix-cache-info"), "StoreDir: /gnu/store\n");
        assertThrows(IOException.class, this::open);
    }

    @Test
    void equalContentsShareAFileThatStaysWhileItIsNeeded() throws IOException {
        byte[] nar = NarTree.file("the same").nar();
        var one = Sample.of("one", nar);
        var two = Sample.of("two", nar);
        try (var store = open()) {
            one.addTo(store);
            two.addTo(store);
            assertEquals(0, store.collectGarbage(List.of(one.path())));
            assertArrayEquals(nar, nar(store, two.path()));
            assertEquals(nar.length, store.collectGarbage(List.of(two.path())));
            assertEquals(Set.of(), store.validPaths());
        }
    }

    @Test
    void profileLinksKeepTheirPaths() throws IOException {
        var sample = Sample.of("leaf");
        try (var store = open()) {
            sample.addTo(store);
            Files.createDirectories(store.profiles());
            var link = store.profiles().resolve("app-1-link");
            Files.createSymbolicLink(link, Path.of(sample.path().toString()));
            assertThrows(IOException.class, () -> store.collectGarbage(List.of(sample.path())));
            Files.delete(link);
            assertTrue(store.collectGarbage(List.of(sample.path())) > 0);
        }
    }

    @Test
    void leavesNothingOfWhatFailed() throws IOException {
        var sample = Sample.of("leaf");
        try (var store = open()) {
            byte[] bad = sample.nar().toArray();
            bad[bad.length / 2] ^= 1;
            assertThrows(NarException.class, () -> sample.sending(bad).addTo(store));
            assertEquals(0, entries("nar"));
            assertEquals(0, entries("narlink-unfinished"));
            Files.writeString(file("narlink-unfinished/cut-by-power-loss"), "half a NAR");
            sample.addTo(store);
            assertEquals(0, entries("narlink-unfinished"));
            assertEquals(1, entries("nar"));
        }
    }

    private long entries(String name) throws IOException {
        try (var files = Files.list(directory.resolve("cache").resolve(name))) {
            return files.count();
        }
    }

    @Test
    void aCacheThatIsNotThereYetIsEmpty() throws IOException {
        try (var store = open()) {
            assertEquals(Set.of(), store.validPaths());
            assertEquals(Optional.empty(), store.info(Sample.path("leaf")));
            assertThrows(IOException.class, () -> store.nar(Sample.path("leaf"), OutputStream.nullOutputStream()));
            assertTrue(store.freeBytes() > 0);
            store.sync();
            assertFalse(Files.exists(directory.resolve("cache")));
        }
    }
}
