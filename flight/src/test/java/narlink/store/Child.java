package narlink.store;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import narlink.Sha256;
import narlink.nix.NarWriter;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.Store;

/// What tests run in a JVM of its own: with little memory, or as another user. Says on stdout how it went.
final class Child {
    private static final int MIB = 1 << 20;

    private Child() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        switch (arguments[0]) {
            case "large" -> large(arguments[1], Path.of(arguments[2]), Integer.parseInt(arguments[3]));
            case "tiny" -> tiny(arguments[1], Path.of(arguments[2]), Integer.parseInt(arguments[3]));
            case "untrusted" ->
                untrusted(
                        Path.of(arguments[1]),
                        Path.of(arguments[2]),
                        Path.of(arguments[3]),
                        SecretKey.parse(arguments[4]));
            case "system" -> system(Path.of(arguments[1]), SecretKey.parse(arguments[2]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    static String peakMemory() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .findFirst()
                .orElseThrow()
                .replaceAll("\\D", "");
    }

    private static Store open(String url, Path directory) throws IOException {
        return Stores.open(url, Options.of(directory).trusting(List.of(Sample.KEY.publicKey())));
    }

    private static void large(String url, Path directory, int mebibytes) throws IOException {
        var file = directory.resolve("large.nar");
        write(file, mebibytes);
        var digest = Sha256.digest();
        try (var in = Files.newInputStream(file)) {
            var piece = new byte[64 * 1024];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                digest.update(piece, 0, read);
            }
        }
        var info = new PathInfo(
                        Sample.path("large"),
                        Sha256.finish(digest),
                        Files.size(file),
                        new TreeSet<>(),
                        Optional.empty(),
                        List.of(),
                        Optional.empty())
                .signedBy(Sample.KEY);
        try (var store = open(url, directory);
                var in = new BufferedInputStream(Files.newInputStream(file))) {
            long start = System.nanoTime();
            store.add(info, in);
            long added = System.nanoTime();
            store.nar(info.path(), OutputStream.nullOutputStream());
            long read = System.nanoTime();
            store.sync();
            System.out.printf(
                    "%s %d ms in, %d ms out, %d ms to sync, %s kB%n",
                    url,
                    (added - start) / 1_000_000,
                    (read - added) / 1_000_000,
                    (System.nanoTime() - read) / 1_000_000,
                    peakMemory());
        }
    }

    private static void write(Path file, int mebibytes) throws IOException {
        var random = new Random(1);
        var piece = new byte[MIB];
        try (var out = Files.newOutputStream(file);
                var writer = new NarWriter(out)) {
            writer.file(false, (long) mebibytes * MIB);
            for (int i = 0; i < mebibytes; i++) {
                random.nextBytes(piece);
                writer.bytes(piece, 0, piece.length);
            }
        }
    }

    private static void tiny(String url, Path directory, int count) throws IOException {
        var samples = new ArrayList<Sample>();
        for (int i = 0; i < count; i++) {
            samples.add(
                    i == 0
                            ? Sample.of("tiny-0")
                            : Sample.of("tiny-" + i, samples.getLast().path()));
        }
        try (var store = open(url, directory)) {
            long start = System.nanoTime();
            for (var sample : samples) {
                sample.addTo(store);
            }
            long added = System.nanoTime();
            int infos = store.infos(store.validPaths()).size();
            long asked = System.nanoTime();
            int order = store.inReferenceOrder(store.validPaths()).size();
            System.out.printf(
                    "%s %d paths: %d ms to add, %d ms to ask of %d, %d ms to order %d, %s kB%n",
                    url,
                    count,
                    (added - start) / 1_000_000,
                    (asked - added) / 1_000_000,
                    infos,
                    (System.nanoTime() - asked) / 1_000_000,
                    order,
                    peakMemory());
        }
    }

    /// An ordinary user of somebody else's daemon.
    private static void untrusted(Path socket, Path root, Path own, SecretKey key) throws IOException {
        var signed = Sample.of("signed");
        var info = signed.unsigned().info().signedBy(key);
        try (var store = new DaemonStore("daemon", root, Options.of(own), () -> Peer.socket(socket))) {
            try {
                store.add(signed.unsigned().info(), signed.stream());
                System.out.println("unsigned taken");
            } catch (WorkerException e) {
                System.out.println("unsigned refused");
            }
            store.root("base/" + signed.path().baseName(), signed.path());
            store.add(info, signed.stream());
            System.out.println("signed " + (store.info(signed.path()).isPresent() ? "valid" : "not valid"));
            System.out.println("root " + store.roots());
            System.out.println("profiles " + store.profiles());
        }
        try (var again = new DaemonStore("daemon", root, Options.of(own), () -> Peer.socket(socket))) {
            System.out.println("found " + again.find(signed.path().digest()).isPresent());
        }
    }

    /// The machine's own store, in a private `/nix`: without a daemon, with one, and with a dead one's socket.
    private static void system(Path own, SecretKey key) throws IOException, InterruptedException {
        var options = Options.of(own).trusting(List.of(key.publicKey()));
        importOne("direct", options, key);
        var daemon = new ProcessBuilder("nix-daemon")
                .redirectErrorStream(true)
                .redirectOutput(own.resolve("daemon.log").toFile())
                .start();
        var socket = Path.of("/nix/var/nix/daemon-socket/socket");
        try {
            for (int i = 0; i < 100 && !Files.exists(socket); i++) {
                Thread.sleep(50);
            }
            importOne("socket", options, key);
        } finally {
            daemon.destroyForcibly();
            daemon.waitFor();
        }
        System.out.println("socket is there: " + Files.exists(socket));
        importOne("dead", options, key);
    }

    private static void importOne(String name, Options options, SecretKey key) throws IOException {
        var sample = Sample.of(name);
        try (var store = Stores.open("daemon", options)) {
            try {
                store.add(sample.unsigned().info(), sample.stream());
            } catch (IOException e) {
                System.out.println(name + " unsigned refused");
            }
            store.root("base/" + name, sample.path());
            store.add(sample.unsigned().info().signedBy(key), sample.stream());
            store.sync();
            System.out.println(name + " " + store.roots().keySet() + " " + store.profiles());
        }
    }
}
