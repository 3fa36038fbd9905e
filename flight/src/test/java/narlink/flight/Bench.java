package narlink.flight;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.BlockEncoder;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Layout;
import narlink.pack.Manifest;
import narlink.pack.ManifestFormat;
import narlink.pack.ProfileName;
import narlink.store.Options;
import narlink.store.Stores;
import narlink.testkit.RealNix;
import narlink.wire.Announcement;
import narlink.wire.Command;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.Frames;
import narlink.wire.Message;
import narlink.wire.Opened;
import narlink.wire.Report;
import narlink.wire.SatelliteName;
import narlink.wire.Symbols;

/// A receiver over a real Nix store in which the targets lie already, so that deployments bring only their manifests.
final class Bench implements AutoCloseable {
    static final SatelliteName NAME = new SatelliteName("sat-7");
    static final ProfileName PROFILE = new ProfileName("default");

    private static final SecretKey MISSION = SecretKey.generate("mission-1");
    private static final SecretKey STATION = SecretKey.generate("station-1");

    final Path directory;
    final FlightState files;
    final Board machine = new Board();
    final Wall clock = new Wall();
    private final List<String> health;
    private Store store;
    private ReceptionLoop loop;

    /// A machine whose boots and uptime a test makes up.
    static final class Board implements Machine {
        volatile String boot = "first";
        volatile long uptime = 1_000_000;

        /// The next boot, so many milliseconds after it.
        void reboot(long since) {
            boot = boot + "+";
            uptime = since;
        }

        @Override
        public String bootId() {
            return boot;
        }

        @Override
        public long uptimeMillis() {
            return uptime;
        }
    }

    /// A wall clock that is set by a test.
    static final class Wall extends Clock {
        volatile Instant now = Instant.now();

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneId.of("UTC");
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    Bench(Path directory, String... health) throws IOException {
        this.directory = directory;
        this.health = List.of(health);
        this.files = FlightState.at(directory.resolve("flight"));
        files.init(NAME);
        files.trust(MISSION.publicKey());
        this.store = openStore();
        this.loop = openLoop();
    }

    private Store openStore() throws IOException {
        var options = Options.of(directory.resolve("roots"))
                .trusting(List.of(files.nixKey().publicKey()));
        return Stores.open(storeUrl(), options);
    }

    private ReceptionLoop openLoop() throws IOException {
        return new ReceptionLoop(files, store, clock, new ReceptionLoop.Settings(health, 0, machine));
    }

    String storeUrl() {
        return "local?root=" + root();
    }

    Path root() {
        return directory.resolve("root");
    }

    void restart() throws IOException {
        restart(() -> {});
    }

    /// @param meanwhile what happens to the machine while nothing runs on it
    void restart(Runnable meanwhile) throws IOException {
        close();
        meanwhile.run();
        store = openStore();
        loop = openLoop();
    }

    @Override
    public void close() throws IOException {
        loop.close();
        store.close();
    }

    /// Where the profiles' links lie.
    Path profiles() {
        return store.profiles();
    }

    Path profile() {
        return profiles().resolve(PROFILE.value());
    }

    /// Where the profile leads to, if it is set.
    Optional<String> current() throws IOException {
        return Files.isSymbolicLink(profile())
                ? Optional.of(Files.readSymbolicLink(profile()).toString())
                : Optional.empty();
    }

    /// Adds a directory of executables to the store.
    StorePath target(String name, Map<String, String> scripts) throws IOException, InterruptedException {
        var tree = directory.resolve("sources").resolve(name);
        for (var script : scripts.entrySet()) {
            var file = tree.resolve(script.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, "#!/bin/sh\n" + script.getValue() + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return StorePath.parse(RealNix.run("nix-store", "--store", root().toString(), "--add", tree.toString())
                .strip());
    }

    /// All segments that bring a deployment.
    static List<byte[]> segments(int number, StorePath target, Activation activation) {
        var manifest = new Manifest(
                1,
                List.of(),
                List.of(Bytes.of(target.digestBytes())),
                Manifest.digestOf(List.of()),
                List.of(),
                List.of(0),
                Optional.of(PROFILE),
                activation);
        byte[] object = ManifestFormat.write(manifest);
        var oti = Layout.of(object.length, 256);
        var announcement = new Announcement(
                number,
                1,
                oti,
                Optional.empty(),
                Sha256.of(object),
                Report.shortDigest(Sha256.of(new byte[0])),
                List.of(STATION.publicKey().key()),
                Instant.ofEpochSecond(8_000_000_000L),
                1);
        var segments = new ArrayList<byte[]>();
        segments.add(seal(announcement, MISSION));
        var encoder = BlockEncoder.of(object, 0, object.length, oti.k(0), oti.symbolSize());
        for (int esi = 0; esi < oti.k(0); esi++) {
            byte[] symbol = new byte[oti.symbolSize()];
            encoder.symbol(esi, symbol, 0);
            segments.add(seal(new Symbols(number, FecObject.MANIFEST, 0, esi, Bytes.of(symbol), 0), STATION));
        }
        return segments;
    }

    private static byte[] seal(Message message, SecretKey key) {
        return Envelope.seal(message, key, Envelope.Direction.UP, NAME);
    }

    void hear(int number, StorePath target, Activation activation) {
        segments(number, target, activation).forEach(loop::hear);
    }

    /// Brings a deployment and waits until it goes no further by itself.
    Report.DeploymentReport deploy(int number, StorePath target, Activation activation) throws InterruptedException {
        hear(number, target, activation);
        return deployment(number);
    }

    static byte[] command(int number, Command.Action action) {
        return seal(new Command(number, Instant.ofEpochSecond(8_000_000_000L), action), MISSION);
    }

    /// Has a command carried out, and returns its answer.
    Report.CommandResult order(int number, Command.Action action) throws InterruptedException {
        loop.hear(command(number, action));
        return settled().results().stream()
                .filter(result -> result.number() == number)
                .findFirst()
                .orElseThrow();
    }

    void hear(byte[] segment) {
        loop.hear(segment);
    }

    Report.DeploymentReport deployment(int number) throws InterruptedException {
        return settled().deployments().stream()
                .filter(told -> told.deployment() == number)
                .findFirst()
                .orElseThrow();
    }

    Report settled() throws InterruptedException {
        return open(loop.settled());
    }

    Report open(byte[] segment) {
        try {
            var keys = Envelope.Keys.of(List.of(files.flightKey().publicKey()));
            if (Envelope.open(segment, keys, Envelope.Direction.DOWN, NAME) instanceof Opened.Trusted trusted
                    && trusted.message() instanceof Report report) {
                return report;
            }
            throw new AssertionError("no report");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// A pass as a file.
    static byte[] stream(List<byte[]> segments) {
        var out = new ByteArrayOutputStream();
        out.write(0);
        segments.forEach(segment -> out.writeBytes(Frames.frame(segment)));
        return out.toByteArray();
    }
}
