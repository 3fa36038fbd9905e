package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import narlink.ground.SampleClosure;
import narlink.nix.PublicKey;
import narlink.nix.SecretKey;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import narlink.testkit.RealNix;
import narlink.wire.FrameReader;
import narlink.wire.Frames;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A security update of a real closure, with real Nix on both sides, all in processes of their own.
final class OpensslTest {
    private static final long RSS_KILOBYTES = 200_000;

    @TempDir
    Path directory;

    private Programs programs = new Programs(Path.of(""));
    private StorePath old = StorePath.of(new byte[20], "old");
    private StorePath target = old;
    private String earth = "";
    private String board = "";

    @BeforeEach
    void setUp() throws IOException, InterruptedException {
        RealNix.required();
        Assumptions.assumeTrue(
                System.getProperty("user.name", "").equals("root"), "building the corpus in Nix's sandbox needs root");
        programs = new Programs(directory);
        var corpus = Corpus.openssl();
        earth = "local?root=" + corpus.store();
        board = "local?root=" + directory.resolve("board");
        old = corpus.old();
        target = corpus.target();
        var mission = programs.told(programs.narlink("init", "--json"))
                .get("missionKey")
                .getAsString();
        var flight = programs.told(programs.flight("init", "--satellite", "sat", "--trust", mission, "--json"));
        launch(PublicKey.parse(flight.get("nixKey").getAsString()));
        programs.told(programs.narlink(
                "satellite",
                "add",
                "sat",
                "--flight-key",
                flight.get("flightKey").getAsString(),
                "--holds",
                old.toString(),
                "--store",
                earth,
                "--json"));
    }

    /// Puts the old closure on board, as it was before launch.
    private void launch(PublicKey nixKey) throws IOException {
        var key = SecretKey.parse(
                Files.readString(directory.resolve("flight").resolve("nix.key")).strip());
        assertEquals(nixKey, key.publicKey());
        try (var from = Stores.open(earth, Options.of(directory.resolve("roots")));
                var to = Stores.open(
                        board, Options.of(directory.resolve("roots")).trusting(List.of(nixKey)))) {
            for (var path : from.inReferenceOrder(from.closure(List.of(old)))) {
                var nar = new ByteArrayOutputStream();
                from.nar(path, nar);
                var info = from.info(path).orElseThrow();
                to.add(info.signedBy(key), new ByteArrayInputStream(nar.toByteArray()));
            }
        }
    }

    @Test
    void threeFilesWithATenthOfTheirSegmentsRemoved() throws IOException, InterruptedException {
        var sent = programs.told(programs.narlink("send", "sat", target.toString(), "--store", earth, "--json"));
        long pack = sent.get("packBytes").getAsLong();
        double overhead = sent.get("wireBytes").getAsDouble() / pack - 1;
        System.out.printf(
                "openssl: %d new paths, pack %d bytes, overhead %.2f %%%n",
                sent.get("newPaths").getAsInt(), pack, 100 * overhead);
        // Of full segments; announcement, manifest and pack each end with one that is not.
        double segments = Math.ceil(pack / 8064.0) + 2;
        assertTrue(overhead * pack <= 0.015 * 8192 * segments, "overhead " + overhead);
        var random = new SplittableRandom(7);
        long peak = 0;
        for (int pass = 1; pass <= 3; pass++) {
            var file = directory.resolve("pass-" + pass);
            var exported = programs.narlink(
                    "export",
                    "sat",
                    "--bytes",
                    Long.toString(pack / 2),
                    "--segment-size",
                    "2k",
                    "--out",
                    file.toString(),
                    "--json");
            assertTrue(exported.code() == 0 || exported.code() == Narlink.LEFT, exported.errors());
            Files.write(file, without(Files.readAllBytes(file), 0.1, random));
            var received = programs.flight("receive", file.toString(), "--store", board, "--json");
            assertEquals(0, received.code(), received.errors());
            peak = Math.max(peak, received.peakKilobytes());
            var report = directory.resolve("report-" + pass);
            assertEquals(
                    0,
                    programs.flight("report", "--store", board, "--out", report.toString())
                            .code());
            programs.told(programs.narlink("ingest", "sat", report.toString(), "--json"));
        }
        System.out.printf("openssl: receiver's peak RSS %d kB%n", peak);
        assertTrue(peak < RSS_KILOBYTES, peak + " kB");
        confirmed();
    }

    @Test
    void aPipeThatLosesAFifthCostsLittleMoreThanItMust() throws IOException, InterruptedException {
        // The update itself, of a few segments, and behind it enough for losses to be what they are on the average.
        long update = programs.told(programs.narlink("send", "sat", target.toString(), "--store", earth, "--json"))
                .get("packBytes")
                .getAsLong();
        var elsewhere = "file://" + directory.resolve("noise");
        byte[] contents = new byte[2_500_000];
        new SplittableRandom(1).nextBytes(contents);
        StorePath noise;
        try (var store = Stores.open(elsewhere, Options.of(directory.resolve("roots")))) {
            noise = SampleClosure.add(store, "noise", new TreeSet<>(), contents);
        }
        var large = programs.told(programs.narlink(
                "send", "sat", noise.toString(), "--store", elsewhere, "--profile", "noise", "--json"));
        long more = large.get("packBytes").getAsLong();
        double overhead = large.get("wireBytes").getAsDouble() / more - 1;
        System.out.printf("openssl: behind it a pack of %d bytes, overhead %.2f %%%n", more, 100 * overhead);
        assertTrue(overhead <= 0.015, "overhead " + overhead);
        long pack = update + more;
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var receiver = programs.startFlight("run", "--pipe", "tcp-listen://127.0.0.1:" + port, "--store", board);
        try (var relay = new DemoRelay(port, 0.2, 11)) {
            var pass =
                    programs.told(programs.narlink("pass", "sat", "--pipe", relay.pipe(), "--rate", "16M", "--json"));
            double factor = pass.get("sentBytes").getAsDouble() / pack;
            System.out.printf(
                    "openssl: sent %d bytes for a pack of %d: %.4f, at %.2f %% loss%n",
                    pass.get("sentBytes").getAsLong(), pack, factor, 100.0 * relay.framesLost() / relay.framesUp());
            double loss = (double) relay.framesLost() / relay.framesUp();
            assertTrue(factor <= 1.03 / (1 - loss) + 0.01, "factor " + factor + " at loss " + loss);
            confirmed();
        } finally {
            receiver.process().destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    /// The profile leads to the target, Earth knows it, and Nix finds every byte as it should be.
    private void confirmed() throws IOException, InterruptedException {
        var status = programs.told(programs.narlink("status", "sat", "--json"));
        assertEquals(
                "CONFIRMED",
                status.getAsJsonArray("deployments")
                        .get(0)
                        .getAsJsonObject()
                        .get("state")
                        .getAsString());
        assertTrue(status.get("inSync").getAsBoolean());
        assertEquals(
                status.get("paths").getAsInt(), status.get("acknowledgedPaths").getAsInt());
        assertTrue(status.getAsJsonArray("profiles").asList().stream()
                .anyMatch(profile ->
                        profile.getAsJsonObject().get("path").getAsString().equals(target.toString())));
        var root = directory.resolve("board");
        var closure = RealNix.run("nix-store", "--store", root.toString(), "-qR", target.toString());
        try (var store = Stores.open(earth, Options.of(directory.resolve("roots")))) {
            assertEquals(store.closure(List.of(target)).size(), closure.lines().count());
        }
        assertTrue(RealNix.verifies(root));
        RealNix.run("nix-store", "--store", root.toString(), "--gc");
        assertEquals(closure, RealNix.run("nix-store", "--store", root.toString(), "-qR", target.toString()));
    }

    private static byte[] without(byte[] file, double share, SplittableRandom random) {
        var left = new ByteArrayOutputStream();
        var reader = new FrameReader();
        reader.feed(file, 0, file.length, segment -> {
            if (random.nextDouble() >= share) left.writeBytes(Frames.frame(segment));
        });
        return left.toByteArray();
    }
}
