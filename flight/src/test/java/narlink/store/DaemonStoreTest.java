package narlink.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import narlink.Bytes;
import narlink.nix.NarException;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.testkit.NarTree;
import narlink.testkit.RealNix;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Stories with real Nix.
final class DaemonStoreTest {
    @TempDir
    Path directory = Path.of("");

    @BeforeAll
    static void needsNix() {
        RealNix.required();
    }

    private Path root() {
        return directory.resolve("chroot");
    }

    private DaemonStore open() throws IOException {
        return open(root());
    }

    private DaemonStore open(Path root) throws IOException {
        return DaemonStore.chroot(root, Options.of(directory.resolve("own")).trusting(List.of(Sample.KEY.publicKey())));
    }

    private static Sample large(String name, int size) {
        byte[] contents = new byte[size];
        new Random(name.hashCode()).nextBytes(contents);
        return Sample.of(name, new NarTree.File(false, Bytes.of(contents)).nar());
    }

    /// The processes that `store` runs: those of ours that were started for its directory.
    private static List<ProcessHandle> daemons(Path root) {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains(root.toString()))
                .toList();
    }

    /// Runs something when half of the stream was read.
    private static InputStream interrupted(Sample sample, Runnable event) {
        return new FilterInputStream(sample.stream()) {
            private long left = sample.nar().size() / 2;

            @Override
            public int read(byte[] array, int offset, int length) throws IOException {
                int read = super.read(array, offset, length);
                if (left > 0 && (left -= read) <= 0) {
                    event.run();
                }
                return read;
            }
        };
    }

    @Test
    void readsWhatNixPutThere() throws Exception {
        var file = Files.writeString(directory.resolve("plain.txt"), "plain\n");
        var name = RealNix.run("nix-store", "--store", root().toString(), "--add", file.toString());
        var path = StorePath.parse(name.strip());
        try (var store = open()) {
            assertEquals(Set.of(path), store.validPaths());
            var info = store.info(path).orElseThrow();
            assertTrue(info.caLeadsToPath());
            var out = new ByteArrayOutputStream();
            store.nar(path, out);
            assertArrayEquals(NarTree.file("plain\n").nar(), out.toByteArray());
            assertFalse(store.nixVersion().isEmpty());
            assertTrue(Files.exists(store.physical(path).orElseThrow()));
        }
    }

    @Test
    void rootsHoldAgainstNixsOwnCollection() throws Exception {
        var leaf = Sample.of("leaf");
        var top = Sample.of("top", leaf.path());
        var loose = Sample.of("loose");
        try (var store = open()) {
            store.root("SAT/1/" + top.path().baseName(), top.path()); // Before it is valid.
            leaf.addTo(store);
            top.addTo(store);
            loose.addTo(store);
        }
        RealNix.run("nix-store", "--store", root().toString(), "--gc");
        try (var store = open()) {
            assertEquals(Set.of(leaf.path(), top.path()), store.validPaths());
            store.unroot("SAT/1/" + top.path().baseName());
        }
        RealNix.run("nix-store", "--store", root().toString(), "--gc");
        try (var store = open()) {
            assertEquals(Set.of(), store.validPaths());
        }
    }

    @Test
    void profileLinksAreRoots() throws Exception {
        var leaf = Sample.of("leaf");
        try (var store = open()) {
            leaf.addTo(store);
            Files.createDirectories(store.profiles());
            Files.createSymbolicLink(
                    store.profiles().resolve("app-1-link"), Path.of(leaf.path().toString()));
            RealNix.run("nix-store", "--store", root().toString(), "--gc");
            assertEquals(Set.of(leaf.path()), store.validPaths());
        }
    }

    @Test
    void aKilledDaemonCostsOneTry() throws Exception {
        var sample = large("killed", 4 << 20);
        try (var store = open()) {
            assertThrows(
                    IOException.class,
                    () -> store.add(
                            sample.info(),
                            interrupted(sample, () -> daemons(root()).forEach(ProcessHandle::destroyForcibly))));
            assertEquals(Optional.empty(), store.info(sample.path()));
            sample.addTo(store);
            daemons(root()).forEach(ProcessHandle::destroyForcibly);
            assertEquals(Optional.of(sample.info()), store.info(sample.path())); // Asks again by itself.
        }
        assertTrue(RealNix.verifies(root()));
    }

    /// `-Dnarlink.kills=200` for the nightly run.
    @Test
    void killsAtAnyMomentNeverLeaveAnythingHalf() throws Exception {
        var random = new Random(5);
        int kills = Integer.getInteger("narlink.kills", 12);
        int hits = 0;
        long openBefore = openFiles();
        try (var store = open()) {
            for (int i = 0; i < kills; i++) {
                var sample = large("kill-" + i, 200_000);
                long micros = random.nextInt(3_000);
                var killer = Thread.ofPlatform().start(() -> {
                    LockSupport.parkNanos(micros * 1000);
                    daemons(root()).forEach(ProcessHandle::destroyForcibly);
                });
                boolean added = true;
                try {
                    sample.addTo(store);
                } catch (IOException e) {
                    added = false;
                    hits++;
                }
                killer.join();
                assertTrue(!added || store.info(sample.path()).isPresent());
                sample.addTo(store);
                assertEquals(Optional.of(sample.info()), store.info(sample.path()));
            }
            assertEquals(kills, store.validPaths().size());
        }
        assertTrue(openFiles() <= openBefore + 10, "from " + openBefore + " to " + openFiles() + " open files");
        System.out.println(hits + " of " + kills + " kills hit an import");
        assertTrue(RealNix.verifies(root()));
    }

    private static long openFiles() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void aWatchdogEndsAnImportThatWaitsForever() throws Exception {
        var sample = large("locked", 100_000);
        try (var store = open()) {
            var lock = store.physical(sample.path()).orElseThrow() + ".lock";
            var holder = new ProcessBuilder("flock", lock, "sleep", "60").start();
            try {
                while (!Files.exists(Path.of(lock))) {
                    Thread.sleep(10);
                }
                var watchdog = Thread.ofPlatform().start(() -> {
                    LockSupport.parkNanos(500_000_000);
                    store.abort();
                });
                assertThrows(IOException.class, () -> sample.addTo(store));
                watchdog.join();
            } finally {
                holder.descendants().forEach(ProcessHandle::destroyForcibly);
                holder.destroyForcibly();
                holder.waitFor();
            }
            assertEquals(Optional.empty(), store.info(sample.path()));
            sample.addTo(store);
        }
    }

    @Test
    void leftoversOfAFailedImportCanBeRemoved() throws Exception {
        var sample = large("cut", 4 << 20);
        try (var store = open()) {
            store.root("base/" + sample.path().baseName(), sample.path());
            byte[] half = sample.nar().slice(0, sample.nar().size() / 2).toArray();
            assertThrows(NarException.class, () -> sample.sending(half).addTo(store));
            var left = store.physical(sample.path()).orElseThrow();
            assertTrue(Files.exists(left, LinkOption.NOFOLLOW_LINKS));
            store.collectGarbage(List.of(sample.path()));
            assertFalse(Files.exists(left, LinkOption.NOFOLLOW_LINKS));
            sample.addTo(store);
        }
    }

    @Test
    void verifiesAndRepairs() throws Exception {
        var sample = large("damaged", 100_000);
        try (var store = open()) {
            sample.addTo(store);
            assertTrue(store.verify(true, false));
            var file = store.physical(sample.path()).orElseThrow();
            assertTrue(file.toFile().setWritable(true));
            Files.write(file, new byte[100_000]);
            assertFalse(store.verify(true, false));
            store.repair(sample.info(), sample.stream());
            assertTrue(store.verify(true, false));
        }
    }

    @Test
    void signaturesCanBeAdded() throws Exception {
        var sample = Sample.of("leaf");
        var other = SecretKey.generate("other-1");
        try (var store = open()) {
            sample.addTo(store);
            store.addSignatures(
                    sample.path(), sample.unsigned().info().signedBy(other).signatures());
            var info = store.info(sample.path()).orElseThrow();
            assertTrue(info.isSignedBy(List.of(other.publicKey())));
            assertThrows(IOException.class, () -> store.addSignatures(Sample.path("absent"), List.of()));
            assertEquals(Set.of(sample.path()), store.validPaths());
        }
    }

    @Test
    void aStoreThatNixCannotOpenIsSaid() throws Exception {
        var file = Files.writeString(directory.resolve("file"), "");
        var refused = assertThrows(IOException.class, () -> open(file));
        assertTrue(String.valueOf(refused.getMessage()).contains(file.toString()), refused.getMessage());
        assertThrows(IOException.class, () -> Stores.open("http://x", Options.of(directory)));
        assertThrows(IOException.class, () -> Stores.open("local?root=", Options.of(directory)));
        assertThrows(IOException.class, () -> Stores.open("local?root=/x?y=z", Options.of(directory)));
    }

    private static void copy(Store from, Store to, StorePath path) throws IOException {
        var nar = new ByteArrayOutputStream();
        from.nar(path, nar);
        var info = from.info(path).orElseThrow().signedBy(Sample.KEY);
        to.add(info, new ByteArrayInputStream(nar.toByteArray()));
    }

    @Test
    void realNixReadsOurCacheAndWeReadIts() throws Exception {
        var options = Options.of(directory).trusting(List.of(Sample.KEY.publicKey()));
        var leaf = Sample.of("leaf");
        var top = Sample.of("top", leaf.path());
        try (var ours = Stores.open("file://" + directory.resolve("ours"), options)) {
            leaf.addTo(ours);
            top.addTo(ours);
        }
        RealNix.run(
                "nix-store",
                "--store",
                root().toString(),
                "-r",
                top.path().toString(),
                "--option",
                "substituters",
                "file://" + directory.resolve("ours"),
                "--option",
                "trusted-public-keys",
                Sample.KEY.publicKey().text());
        for (var compression : List.of("xz", "zstd", "none")) {
            var theirs = directory.resolve("theirs-" + compression);
            RealNix.run(
                    "nix",
                    "--extra-experimental-features",
                    "nix-command",
                    "copy",
                    "--from",
                    root().toString(),
                    "--to",
                    "file://" + theirs + "?compression=" + compression,
                    top.path().toString());
            try (var cache = Stores.open("file://" + theirs, options);
                    var again = Stores.open("local?root=" + directory.resolve("again-" + compression), options)) {
                copy(cache, again, leaf.path());
                copy(cache, again, top.path());
                assertEquals(cache.validPaths(), again.validPaths());
                assertTrue(again.validPaths().contains(top.path()));
            }
        }
    }
}
