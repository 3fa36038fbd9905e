package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import narlink.flight.FlightState;
import narlink.store.Options;
import narlink.store.Stores;
import narlink.testkit.RealNix;
import narlink.wire.DeploymentState;
import narlink.wire.FecObject;
import narlink.wire.Report;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The receiver as a process among processes that are killed, on disks that fill, with more to carry than it has
/// memory.
final class EnduranceTest {
    /// 20 with each build; many more at night.
    private static final int KILLS = Integer.getInteger("narlink.kills", 20);

    /// 160 MB in all, whatever comes.
    private static final long RSS_KILOBYTES = 156_250;
    private static final int AGAIN_BYTES = 64 << 10;

    @TempDir
    Path directory;

    private final List<Process> started = new ArrayList<>();
    /// What the last receiver logs.
    private Path log = Path.of("");

    private FlightState flight = FlightState.at(Path.of(""));

    @BeforeEach
    void setUp() throws IOException {
        flight = init(directory.resolve("flight"));
    }

    private static FlightState init(Path state) throws IOException {
        var files = FlightState.at(state);
        files.init(Cargo.NAME);
        files.trust(Cargo.MISSION.publicKey());
        return files;
    }

    @AfterEach
    void end() throws InterruptedException {
        for (var process : started.reversed()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    private Process start(String store, String... more) throws IOException {
        return start(List.of(), Map.of(), store, more);
    }

    private Process start(List<String> before, Map<String, String> environment, String store, String... more)
            throws IOException {
        var arguments = new ArrayList<>(List.of("run", "--pipe", "unix-listen:" + socket(), "--store", store));
        arguments.addAll(Arrays.asList(more));
        var running = Programs.startReceiver(
                directory.resolve("flight"), before, environment, arguments.toArray(String[]::new));
        log = running.errors();
        started.add(running.process());
        return running.process();
    }

    private Path socket() {
        return directory.resolve("socket");
    }

    private Contact contact(Process receiver) throws IOException, InterruptedException {
        return Contact.open(socket(), flight.flightKey().publicKey(), receiver);
    }

    private Path root() {
        return directory.resolve("root");
    }

    private String chroot() {
        return "local?root=" + root();
    }

    @Test
    void killsCostAtMost64KiBEach() throws Exception {
        RealNix.required();
        var random = new SplittableRandom(KILLS);
        // So large that most of the kills hit a receiver that receives.
        var cargo = Cargo.of(1, 10 + KILLS, 300_000, 512, directory.resolve("pack"));
        int segments = 0;
        for (int block = 0; block < cargo.blocks(FecObject.PACK); block++) {
            segments += Math.ceilDiv(cargo.k(FecObject.PACK, block), Cargo.SYMBOLS_PER_SEGMENT);
        }
        var sent = new Contact.Sent();
        long most = 0;
        var handed = new HashMap<Integer, Integer>();
        for (int kills = 0; kills < KILLS; kills++) {
            var receiver = start(chroot());
            if (random.nextInt(8) == 0) { // Somewhere in its start.
                TimeUnit.MILLISECONDS.sleep(random.nextInt(1500));
            } else {
                try (var contact = contact(receiver)) {
                    most = Math.max(most, again(cargo, contact, handed));
                    send(cargo, contact, sent, handed, random.nextInt(2 * segments / KILLS));
                    // Half of the kills come with the last segment just handed over.
                    if (random.nextBoolean()) TimeUnit.MILLISECONDS.sleep(random.nextInt(100));
                    receiver.destroyForcibly().waitFor();
                }
            }
            receiver.destroyForcibly().waitFor();
        }
        var receiver = start(chroot());
        try (var contact = contact(receiver)) {
            most = Math.max(most, again(cargo, contact, handed));
            assertEquals(DeploymentState.CONFIRMED, contact.deliver(cargo, sent));
        }
        System.out.printf("endurance: %d kills, at most %d bytes needed again%n", KILLS, most);
        assertTrue(most <= AGAIN_BYTES, most + " bytes needed again");
        holdsJust(cargo);
    }

    /// Bytes of symbols that had been handed over and are not held, by the first report of a receiver.
    private static long again(Cargo cargo, Contact contact, Map<Integer, Integer> handed) throws Exception {
        var report = contact.await(told -> true);
        var told = Contact.of(report, cargo.number());
        if (told.isPresent() && told.get().state().ended()) return 0;
        long symbols = 0;
        for (int block = 0; block < cargo.blocks(FecObject.PACK); block++) {
            int k = cargo.k(FecObject.PACK, block);
            var missing = told.map(Report.DeploymentReport::pack);
            int at = block - missing.map(Report.Missing::first).orElse(0);
            // What waits for its decoder asks for one more.
            int held = missing.isEmpty()
                    ? 0
                    : at < 0
                            ? k
                            : at < missing.get().symbols().size()
                                    ? k - missing.get().symbols().get(at)
                                    : missing.get().untouched()
                                            ? 0
                                            : handed.getOrDefault(block, 0); // Nothing is said of it.
            symbols += Math.max(0, Math.min(k, handed.getOrDefault(block, 0)) - Math.max(0, held));
            handed.put(block, Math.max(0, held));
        }
        return symbols * cargo.announcement().pack().orElseThrow().symbolSize();
    }

    private static void send(
            Cargo cargo, Contact contact, Contact.Sent sent, Map<Integer, Integer> handed, int segments)
            throws Exception {
        contact.send(cargo.announcementSegment());
        var told = Contact.of(
                        contact.await(
                                report -> Contact.of(report, cargo.number()).isPresent()),
                        cargo.number())
                .orElseThrow();
        for (int left : told.manifest().symbols()) {
            for (; left > 0; left--) {
                contact.send(
                        cargo.segment(FecObject.MANIFEST, 0, sent.take(FecObject.MANIFEST, 0, 1), 1, 0, Cargo.STATION));
            }
        }
        for (int block = 0; block < cargo.blocks(FecObject.PACK); block++) {
            int k = cargo.k(FecObject.PACK, block);
            while (handed.getOrDefault(block, 0) < k) {
                if (segments-- <= 0) return;
                int count = Cargo.SYMBOLS_PER_SEGMENT;
                contact.send(cargo.segment(
                        FecObject.PACK, block, sent.take(FecObject.PACK, block, count), count, 0, Cargo.STATION));
                handed.merge(block, count, Integer::sum);
            }
        }
    }

    /// Nix finds every byte as it should be, and nothing beside.
    private void holdsJust(Cargo cargo) throws Exception {
        assertTrue(RealNix.verifies(root()));
        try (var store = Stores.open(chroot(), Options.of(directory.resolve("roots")))) {
            assertEquals(new TreeSet<>(cargo.paths()), store.validPaths());
        }
        var closure = RealNix.run(
                "nix-store",
                "--store",
                root().toString(),
                "-qR",
                cargo.paths().getLast().toString());
        assertEquals(cargo.paths().size(), closure.lines().count());
    }

    @Test
    void aKilledImportBeginsAnew() throws Exception {
        RealNix.required();
        var cargo = Cargo.of(1, 2, 60 << 20, 2048, directory.resolve("pack"));
        var receiver = start(chroot());
        var killed = Thread.ofPlatform().daemon().start(() -> {
            var arriving = root().resolve(cargo.paths().getLast().toString().substring(1));
            boolean gone = false;
            while (!gone && receiver.isAlive()) {
                if (Files.exists(arriving)) {
                    gone = receiver.children().toList().stream()
                            .filter(child -> child.info().command().orElse("").contains("nix"))
                            .allMatch(ProcessHandle::destroyForcibly);
                }
            }
        });
        try (var contact = contact(receiver)) {
            assertEquals(DeploymentState.CONFIRMED, contact.deliver(cargo, new Contact.Sent()));
        }
        killed.join();
        wasCutOff();
        holdsJust(cargo);
    }

    @Test
    void aDaemonThatIsKilledAndStartedLaterIsFoundAgain() throws Exception {
        RealNix.required();
        var nix = Files.createDirectories(directory.resolve("root").resolve("nix"));
        var privately = List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-ec",
                "mount --bind \"$0\" /nix; exec \"$@\"",
                nix.toString());
        var trial = new ArrayList<>(privately);
        trial.add("true");
        Assumptions.assumeTrue(
                RealNix.attempt(trial.toArray(String[]::new)).code() == 0, "only root can mount another /nix");
        var environment = Map.of(
                "NIX_DAEMON_SOCKET_PATH",
                directory.resolve("daemon").toString(),
                "NIX_CONFIG",
                "trusted-public-keys = " + flight.nixKey().publicKey().text());
        var daemon = daemon(privately, environment);
        var cargo = Cargo.of(1, 2, 60 << 20, 2048, directory.resolve("pack"));
        var receiver = start(privately, environment, "daemon");
        var arriving = root().resolve(cargo.paths().getLast().toString().substring(1));
        var killer = Thread.ofPlatform().daemon().start(() -> {
            try {
                while (!Files.exists(arriving) && receiver.isAlive()) TimeUnit.MILLISECONDS.sleep(1);
                daemon.descendants().forEach(ProcessHandle::destroyForcibly);
                daemon.destroyForcibly().waitFor();
                Files.deleteIfExists(directory.resolve("daemon"));
                daemon(privately, environment);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try (var contact = contact(receiver)) {
            assertEquals(DeploymentState.CONFIRMED, contact.deliver(cargo, new Contact.Sent()));
        }
        killer.join();
        wasCutOff();
        holdsJust(cargo);
    }

    /// The kill hit an import.
    private void wasCutOff() throws IOException {
        var logged = Files.readString(log);
        assertTrue(logged.contains("import of deployment 1"), logged);
    }

    private Process daemon(List<String> before, Map<String, String> environment)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(before);
        command.add("nix-daemon");
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("daemon-log").toFile());
        builder.environment().remove("NIX_REMOTE");
        builder.environment().putAll(environment);
        var process = builder.start();
        synchronized (started) {
            started.add(process);
        }
        while (!Files.exists(directory.resolve("daemon"))) {
            assertTrue(process.isAlive(), "no daemon");
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return process;
    }

    @Test
    void aLargeNarInItsMemoryToACache() throws Exception {
        large("file://" + directory.resolve("cache"), "file://, 300 MB");
    }

    @Test
    void aLargeNarInItsMemoryToNix() throws Exception {
        RealNix.required();
        Assumptions.assumeTrue(
                Integer.getInteger("narlink.kills", 0) >= 200, "takes minutes: with -Dnarlink.kills=200");
        large(chroot(), "chroot, 300 MB");
    }

    private void large(String store, String what) throws Exception {
        long bytes = 300_000_000;
        var cargo = Cargo.of(1, 1, bytes, 2048, directory.resolve("pack"));
        long scratch = received(cargo, store, what);
        assertTrue(scratch <= bytes + (1 << 20), scratch + " bytes in scratch");
    }

    @Test
    void manyPathsInItsMemoryToACache() throws Exception {
        received(many(), "file://" + directory.resolve("cache"), "file://, 5000 paths");
    }

    @Test
    void manyPathsInItsMemoryToNix() throws Exception {
        RealNix.required();
        Assumptions.assumeTrue(
                Integer.getInteger("narlink.kills", 0) >= 200, "takes minutes: with -Dnarlink.kills=200");
        received(many(), chroot(), "chroot, 5000 paths");
    }

    private Cargo many() throws IOException {
        return Cargo.of(1, 5000, 200, 2048, directory.resolve("pack"));
    }

    /// @return most bytes that lay in scratch
    private long received(Cargo cargo, String store, String what) throws Exception {
        long began = System.nanoTime();
        var receiver = start(store);
        var most = new long[1];
        var watch = Thread.ofPlatform().daemon().start(() -> {
            while (receiver.isAlive()) most[0] = Math.max(most[0], size(directory.resolve("flight/scratch")));
        });
        try (var contact = contact(receiver)) {
            contact.await(report -> true);
            long ready = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            // One symbol of each block is left out, so that all have to be decoded.
            var sent = new Contact.Sent();
            for (int block = 0; block < cargo.blocks(FecObject.PACK); block++) sent.take(FecObject.PACK, block, 1);
            assertEquals(DeploymentState.CONFIRMED, contact.deliver(cargo, sent));
            long peak = Programs.peakKilobytes(receiver);
            System.out.printf(
                    "endurance: %s: start to ready %d ms, peak RSS %d kB, scratch %d bytes%n",
                    what, ready, peak, most[0]);
            assertTrue(peak <= RSS_KILOBYTES, what + ": " + peak + " kB");
        }
        receiver.destroyForcibly().waitFor();
        watch.join();
        return most[0];
    }

    /// Bytes of all files below.
    static long size(Path directory) {
        try (var tree = Files.walk(directory)) {
            return tree.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0)
                    .sum();
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0; // It changed meanwhile.
        }
    }

    @Test
    void aFullStateDirectoryWaitsForRoom() throws Exception {
        var state = directory.resolve("flight");
        waitsForRoom(state, "file://" + directory.resolve("cache"));
    }

    @Test
    void aFullStoreWaitsForRoom() throws Exception {
        waitsForRoom(directory.resolve("cache"), "file://" + directory.resolve("cache"));
    }

    private void waitsForRoom(Path disk, String store) throws Exception {
        Files.createDirectories(disk);
        var mount = RealNix.attempt("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString());
        Assumptions.assumeTrue(mount.code() == 0, "only root can mount a small disk: " + mount.err());
        try {
            flight = init(directory.resolve("flight"));
            var cargo = Cargo.of(1, 4, 5 << 20, 2048, directory.resolve("pack"));
            var receiver = start(store, "--reserve", "0");
            try (var contact = contact(receiver)) {
                var told = new Optional[] {Optional.<String>empty()};
                var watch = Thread.ofPlatform().daemon().start(() -> {
                    try {
                        var paused = contact.await(report -> Contact.of(report, 1)
                                .map(deployment -> deployment
                                        .reason()
                                        .matches("PAUSED\\(disk\\): needs [0-9,]+ .*, [0-9,]+ are free; make room"))
                                .orElse(false));
                        told[0] = Contact.of(paused, 1).map(Report.DeploymentReport::reason);
                        RealNix.run("mount", "-o", "remount,size=256m", disk.toString());
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                assertEquals(DeploymentState.CONFIRMED, contact.deliver(cargo, new Contact.Sent()));
                watch.join();
                assertTrue(told[0].isPresent());
                System.out.println("endurance: " + told[0].get());
            }
            receiver.destroyForcibly().waitFor();
        } finally {
            end();
            RealNix.run("umount", disk.toString());
        }
    }
}
