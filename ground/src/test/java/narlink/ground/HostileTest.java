package narlink.ground;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import narlink.Bytes;
import narlink.Sha256;
import narlink.delta.Codec;
import narlink.delta.Solid;
import narlink.fec.BlockEncoder;
import narlink.fec.Oti;
import narlink.flight.FlightState;
import narlink.flight.ReceptionLoop;
import narlink.nix.NarWriter;
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
import narlink.wire.Announcement;
import narlink.wire.Command;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.Message;
import narlink.wire.Opened;
import narlink.wire.Report;
import narlink.wire.Report.Counter;
import narlink.wire.SatelliteName;
import narlink.wire.Symbols;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What comes to the receiver that no honest ground sends, and lies that even a mission key signed.
final class HostileTest {
    private static final SatelliteName NAME = new SatelliteName("sat");
    private static final SecretKey MISSION = SecretKey.generate("mission-1");
    private static final SecretKey STATION = SecretKey.generate("station-1");
    private static final StorePath PATH = StorePath.of(new byte[20], "victim");
    private static final Instant LATER = Instant.now().plus(Duration.ofDays(1));

    @TempDir
    Path directory;

    private Receiver receiver = Receiver.NONE;

    /// The receiver under attack.
    private record Receiver(FlightState files, Store board, ReceptionLoop loop) {
        @SuppressWarnings("NullAway") // Replaced before every test.
        static final Receiver NONE = null;
    }

    @BeforeEach
    void begin() throws IOException {
        var files = FlightState.at(directory.resolve("flight"));
        files.init(NAME);
        files.trust(MISSION.publicKey());
        receiver = begin(files);
    }

    private Receiver begin(FlightState files) throws IOException {
        var options = Options.of(directory.resolve("roots"))
                .trusting(List.of(files.nixKey().publicKey()));
        var board = Stores.open("file://" + directory.resolve("board"), options);
        return new Receiver(files, board, new ReceptionLoop(files, board, Clock.systemUTC()));
    }

    @AfterEach
    void end() throws IOException {
        receiver.loop().close();
        receiver.board().close();
    }

    @Test
    void noiseIsCountedAndNothingElse() throws Exception {
        var random = new SplittableRandom(3);
        for (int i = 0; i < 5000; i++) {
            byte[] noise = new byte[1 + random.nextInt(300)];
            random.nextBytes(noise);
            receiver.loop().hear(noise);
        }
        receiver.loop().damaged(17);
        var report = report();
        assertEquals(17, count(report, Counter.FRAMES_BAD));
        long refused = count(report, Counter.SEGMENTS_MALFORMED) + count(report, Counter.SEGMENTS_UNKNOWN_KEY);
        assertEquals(5000, refused);
        assertTrue(report.deployments().isEmpty());
    }

    @Test
    void whatOthersSignIsRefused() throws Exception {
        var honest = deployment(1);
        var stranger = SecretKey.generate("mission-1");
        hear(honest.announcement(), stranger);
        assertEquals(1, count(report(), Counter.SEGMENTS_UNKNOWN_KEY));
        receiver.loop()
                .hear(Envelope.seal(honest.announcement(), MISSION, Envelope.Direction.UP, new SatelliteName("sat-8")));
        receiver.loop().hear(Envelope.seal(honest.announcement(), MISSION, Envelope.Direction.DOWN, NAME));
        assertEquals(2, count(report(), Counter.SEGMENTS_BAD_SIGNATURE));
        hear(honest.announcement(), MISSION);
        // A station key may not announce nor order; a mission key may not stream where it is not named.
        hear(deployment(2).announcement(), STATION);
        hear(new Command(1, LATER, new Command.Action.Cancel(1)), STATION);
        hear(honest.symbols(FecObject.MANIFEST, 0, 3), MISSION);
        assertEquals(3, count(report(), Counter.SEGMENTS_UNAUTHORIZED));
        assertEquals(1, report().deployments().size());
    }

    @Test
    void replaysChangeNothing() throws Exception {
        var first = deployment(1);
        deliver(first);
        assertEquals(DeploymentState.CONFIRMED, state(1));
        var other = new Packed(List.of(StorePath.of(new byte[20], "other"))).announce(1);
        hear(other.announcement(), MISSION);
        assertEquals(1, count(report(), Counter.ANNOUNCEMENTS_REPLAYED));
        hear(
                new Announcement(
                        9,
                        9,
                        first.announcement().manifest(),
                        first.announcement().pack(),
                        first.announcement().manifestHash(),
                        first.announcement().storeDigest(),
                        first.announcement().stationKeys(),
                        LATER,
                        1),
                MISSION);
        hear(deployment(5).announcement(), MISSION); // Below the floor that 9 set.
        assertEquals(2, count(report(), Counter.ANNOUNCEMENTS_REPLAYED));
        hear(
                new Announcement(
                        10,
                        1,
                        first.announcement().manifest(),
                        first.announcement().pack(),
                        first.announcement().manifestHash(),
                        first.announcement().storeDigest(),
                        first.announcement().stationKeys(),
                        Instant.now().minusSeconds(1),
                        1),
                MISSION);
        assertEquals(1, count(report(), Counter.ANNOUNCEMENTS_EXPIRED));
        // The same after a restart: floor and numbers are durable.
        end();
        receiver = begin(receiver.files());
        hear(deployment(5).announcement(), MISSION);
        hear(other.announcement(), MISSION);
        assertEquals(2, count(report(), Counter.ANNOUNCEMENTS_REPLAYED));
        assertEquals(DeploymentState.CONFIRMED, state(1));
    }

    @Test
    void aCommandIsCarriedOutOnce() throws Exception {
        hear(deployment(1).announcement(), MISSION);
        var cancel = new Command(3, LATER, new Command.Action.Cancel(1));
        hear(cancel, MISSION);
        assertEquals(DeploymentState.CANCELLED, state(1));
        hear(deployment(2).announcement(), MISSION);
        hear(cancel, MISSION);
        hear(new Command(2, LATER, new Command.Action.Cancel(2)), MISSION);
        hear(new Command(4, Instant.now().minusSeconds(1), new Command.Action.Cancel(2)), MISSION);
        assertEquals(DeploymentState.RECEIVING, state(2));
        assertEquals(3, report().command());
    }

    @Test
    void symbolsThatAStationFalsifiedCostOneBlockOnly() throws Exception {
        var honest = deployment(1);
        hear(honest.announcement(), MISSION);
        hearAll(honest, FecObject.MANIFEST);
        var oti = honest.announcement().pack().orElseThrow();
        for (int esi = 0; esi < oti.k(0); esi++) {
            hear(new Symbols(1, FecObject.PACK, 0, esi, Bytes.of(new byte[oti.symbolSize()]), 0), STATION);
        }
        receiver.loop().settled();
        assertEquals(DeploymentState.RECEIVING, state(1));
        // Nothing is held of it any more.
        assertEquals(
                new Report.Missing(0, List.of(), true),
                report().deployments().getFirst().pack());
        hearAll(honest, FecObject.PACK);
        receiver.loop().settled();
        assertEquals(DeploymentState.CONFIRMED, state(1));
    }

    @Test
    void aLyingManifestEndsItsDeploymentAndNothingIsImported() throws Exception {
        var lies = List.<Lie>of(
                manifest -> with(manifest, manifest.objects().getFirst().narSize() + 8, null, null),
                manifest -> with(manifest, manifest.objects().getFirst().narSize() - 8, null, null),
                manifest -> with(manifest, 0, Bytes.of(new byte[Manifest.CHECK]), null),
                manifest -> with(manifest, 0, null, Sha256.of(new byte[1])));
        int number = 0;
        for (var lie : lies) {
            number++;
            deliver(new Packed(List.of(PATH)).tampered(lie).announce(number));
            assertEquals(DeploymentState.FAILED, state(number), "lie " + number);
        }
        assertTrue(receiver.board().validPaths().size() <= 1, "a path whose own hash was right may be there");
        assertTrue(report().profiles().isEmpty());
    }

    @Test
    void aManifestThatIsNoneEndsItsDeployment() throws Exception {
        var objects = List.of(
                new byte[100],
                Zstd.compress(new byte[100]),
                Zstd.compress(new byte[200 << 20]),
                Zstd.compress(narlink.v1.Manifest.newBuilder()
                        .addAllSizes(java.util.Collections.nCopies(1_000_000, 8L))
                        .build()
                        .toByteArray()));
        int number = 0;
        for (var object : objects) {
            deliver(new Crafted(++number, object, new byte[10]));
            assertEquals(DeploymentState.FAILED, state(number), "manifest " + number);
        }
        assertTrue(receiver.board().validPaths().isEmpty());
    }

    @Test
    void aNarThatIsNotCanonicalIsNotImported() throws Exception {
        byte[] good = nar();
        byte[] padding = good.clone();
        padding[padding.length - 1] = 1;
        var longer = java.util.Arrays.copyOf(good, good.length + 8);
        int number = 0;
        for (var nar : List.of(padding, longer, new byte[120], java.util.Arrays.copyOf(good, good.length - 8))) {
            deliver(new Packed(List.of(PATH), nar).announce(++number));
            assertEquals(DeploymentState.FAILED, state(number), "NAR " + number + report().deployments());
        }
        assertTrue(receiver.board().validPaths().isEmpty());
    }

    @Test
    void aPackThatUnfoldsToMoreThanDeclaredIsRefused() throws Exception {
        var bomb = new ByteArrayOutputStream();
        try (var encoder = new Solid().encoder(bomb, 100 << 20, Path.of("."))) {
            encoder.add(new Codec.NewPath(PATH, 100 << 20, List.of()), out -> out.write(new byte[100 << 20]));
        }
        deliver(new Packed(List.of(PATH), nar(), bomb.toByteArray()).announce(1));
        assertEquals(DeploymentState.FAILED, state(1));
    }

    @Test
    void whatNoDiskHoldsWaitsForRoomAndTellsHowMuch() throws Exception {
        deliver(new Packed(List.of(PATH))
                .tampered(manifest -> with(manifest, 1L << 39, null, null))
                .announce(1));
        assertEquals(DeploymentState.RECEIVING, state(1));
        var reason = report().deployments().getFirst().reason();
        assertTrue(
                reason.matches("PAUSED\\(disk\\): needs [0-9,]+ bytes in the store, [0-9,]+ are free; make room"),
                reason);
        assertTrue(receiver.board().validPaths().isEmpty());
    }

    @Test
    void aReferenceThatIsNotOnBoardHoldsTheImportUp() throws Exception {
        var packed = new Packed(List.of(PATH))
                .tampered(manifest -> new Manifest(
                        manifest.codec(),
                        List.of(new Manifest.Entry(
                                PATH,
                                manifest.objects().getFirst().narSize(),
                                manifest.objects().getFirst().check(),
                                List.of(0),
                                Optional.empty(),
                                List.of())),
                        List.of(Bytes.of(new byte[] {1, 2, 3, 4, 5, 6})),
                        manifest.checks(),
                        manifest.blockHashes(),
                        List.of(1),
                        manifest.profile(),
                        manifest.activation()));
        deliver(packed.announce(1));
        assertEquals(DeploymentState.RECEIVING, state(1));
        var reason = report().deployments().getFirst().reason();
        assertTrue(reason.contains("no path in the store"), reason);
        assertEquals(
                List.of(new Report.Unusable(0, false)),
                report().deployments().getFirst().unusable());
        assertTrue(receiver.board().validPaths().isEmpty());
    }

    @Test
    void validSegmentsInAnyOrderAThousandTimesOverAreHarmless() throws Exception {
        var honest = deployment(1);
        var segments = new java.util.ArrayList<byte[]>();
        segments.add(seal(honest.announcement(), MISSION));
        for (var object : FecObject.values()) {
            var oti = honest.announcement().oti(object).orElseThrow();
            for (int esi = 0; esi < oti.k(0) + 3; esi++) segments.add(seal(honest.symbols(object, 0, esi), STATION));
        }
        var random = new SplittableRandom(9);
        for (int i = 0; i < 1000 * segments.size() / 10; i++) {
            receiver.loop().hear(segments.get(random.nextInt(segments.size())));
        }
        receiver.loop().settled();
        assertEquals(DeploymentState.CONFIRMED, state(1));
        assertTrue(count(report(), Counter.SEGMENTS_DUPLICATE) > 100);
    }

    @Test
    @Timeout(60)
    void whatWaitsForItsBlocksHoldsUpNothingElse() throws Exception {
        for (int number = 1; number <= 3; number++) {
            hear(deployment(number).announcement(), MISSION);
            hearAll(deployment(number), FecObject.MANIFEST);
            receiver.loop().settled();
        }
        hear(new Command(1, LATER, new Command.Action.Cancel(2)), MISSION);
        receiver.loop().settled();
        deliver(deployment(4));
        assertEquals(DeploymentState.CONFIRMED, state(4));
        // The same for those that a restart finds.
        end();
        receiver = begin(receiver.files());
        receiver.loop().settled();
        deliver(deployment(5));
        assertEquals(DeploymentState.CONFIRMED, state(5));
        hearAll(deployment(1), FecObject.PACK);
        receiver.loop().settled();
        // It is imported, but its profile has gone further since.
        assertEquals(DeploymentState.SUPERSEDED, state(1));
        assertEquals(DeploymentState.RECEIVING, state(3));
    }

    @Test
    @Timeout(60)
    void whatRotsInTheStateDirectoryDoesNotKeepTheReceiverFromStarting() throws Exception {
        deliver(deployment(1));
        hear(new Command(7, LATER, new Command.Action.Cancel(1)), MISSION);
        int boots = report().boots();
        end();
        var flight = directory.resolve("flight");
        for (var file : List.of(
                "boots",
                "floor",
                "command",
                "profiles/confirmed/default",
                "profiles/runs/default",
                "deployments/1/status")) {
            Files.write(flight.resolve(file), new byte[] {'s', 't', 'a', 't', 'e', '=', '\\', 'u', 'x'});
        }
        Files.createFile(receiver.board().profiles().resolve(".keep"));
        Files.createSymbolicLink(receiver.board().profiles().resolve("default-9-link"), Path.of("/elsewhere"));
        receiver = begin(receiver.files());
        receiver.loop().settled();
        assertEquals(boots + 1, report().boots());
        assertEquals(7, report().command());
        deliver(deployment(2));
        assertEquals(DeploymentState.CONFIRMED, state(2));
    }

    @Test
    @Timeout(60)
    void aStoredDeploymentThatLostItsManifestAsksForItAgain() throws Exception {
        hear(deployment(1).announcement(), MISSION);
        receiver.loop().settled();
        end();
        Files.writeString(directory.resolve("flight/deployments/1/status"), "state=STORED\npaths=1\n");
        receiver = begin(receiver.files());
        assertEquals(DeploymentState.RECEIVING, state(1));
        deliver(deployment(1));
        assertEquals(DeploymentState.CONFIRMED, state(1));
    }

    @Test
    @Timeout(60)
    void whoFeedsAReceptionThatABugStoppedIsTold() throws Exception {
        end();
        var broken = new java.util.concurrent.atomic.AtomicBoolean();
        var clock = new Clock() {
            @Override
            public java.time.ZoneId getZone() {
                return java.time.ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                if (broken.get()) throw new IllegalStateException("a bug");
                return Instant.now();
            }
        };
        var told = new java.util.concurrent.CountDownLatch(1);
        try (var loop = new ReceptionLoop(receiver.files(), receiver.board(), clock)) {
            loop.onFailure(told::countDown);
            broken.set(true);
            assertTrue(told.await(30, java.util.concurrent.TimeUnit.SECONDS));
        }
    }

    private interface Lie {
        Manifest tell(Manifest honest);
    }

    /// With another size, prefix or digest, where they are given.
    private static Manifest with(
            Manifest manifest,
            long narSize,
            @org.jspecify.annotations.Nullable Bytes prefix,
            @org.jspecify.annotations.Nullable Sha256 checks) {
        var entry = manifest.objects().getFirst();
        return new Manifest(
                manifest.codec(),
                List.of(new Manifest.Entry(
                        entry.path(),
                        narSize == 0 ? entry.narSize() : narSize,
                        prefix == null ? entry.check() : prefix,
                        entry.references(),
                        entry.contentAddress(),
                        entry.bases())),
                manifest.known(),
                checks == null ? manifest.checks() : checks,
                manifest.blockHashes(),
                manifest.targets(),
                manifest.profile(),
                manifest.activation());
    }

    private static Crafted deployment(int number) throws IOException {
        return new Packed(List.of(PATH)).announce(number);
    }

    private static byte[] nar() throws IOException {
        var out = new ByteArrayOutputStream();
        var writer = new NarWriter(out);
        byte[] contents = new byte[5000];
        new SplittableRandom(4).nextBytes(contents);
        writer.file(false, contents.length);
        writer.bytes(contents, 0, contents.length);
        writer.close();
        return out.toByteArray();
    }

    /// One path as pack and manifest.
    private record Packed(Manifest manifest, byte[] pack) {
        Packed(List<StorePath> paths) throws IOException {
            this(paths, nar());
        }

        Packed(List<StorePath> paths, byte[] nar) throws IOException {
            this(paths, nar, encoded(nar));
        }

        Packed(List<StorePath> paths, byte[] nar, byte[] pack) {
            var oti = Layout.of(pack.length, 64);
            this(
                    new Manifest(
                            Solid.ID,
                            List.of(new Manifest.Entry(
                                    paths.getFirst(),
                                    nar.length,
                                    check(paths.getFirst(), nar).bytes().slice(0, Manifest.CHECK),
                                    List.of(),
                                    Optional.empty(),
                                    List.of())),
                            List.of(),
                            Manifest.digestOf(List.of(check(paths.getFirst(), nar))),
                            java.util.stream.IntStream.range(0, oti.blocks())
                                    .mapToObj(i -> Sha256.of(pack, (int) oti.offset(i), oti.length(i)))
                                    .toList(),
                            List.of(0),
                            Optional.of(new ProfileName("default")),
                            Activation.NONE),
                    pack);
        }

        private static Sha256 check(StorePath path, byte[] nar) {
            return Manifest.check(path, Sha256.of(nar), nar.length, List.of());
        }

        private static byte[] encoded(byte[] nar) throws IOException {
            var out = new ByteArrayOutputStream();
            try (var encoder = new Solid().encoder(out, nar.length, Path.of("."))) {
                encoder.add(new Codec.NewPath(PATH, nar.length, List.of()), to -> to.write(nar));
            }
            return out.toByteArray();
        }

        Packed tampered(Lie lie) {
            return new Packed(lie.tell(manifest), pack);
        }

        Crafted announce(int number) {
            return new Crafted(number, ManifestFormat.write(manifest), pack);
        }
    }

    /// A deployment with any two objects.
    private record Crafted(int number, byte[] manifest, byte[] pack) {
        Announcement announcement() {
            return new Announcement(
                    number,
                    1,
                    Layout.of(manifest.length, 64),
                    Optional.of(Layout.of(pack.length, 64)),
                    Sha256.of(manifest),
                    Report.shortDigest(Sha256.of(new byte[0])),
                    List.of(STATION.publicKey().key()),
                    LATER,
                    1);
        }

        Symbols symbols(FecObject object, int block, int esi) {
            byte[] data = object == FecObject.PACK ? pack : manifest;
            Oti oti = announcement().oti(object).orElseThrow();
            byte[] symbol = new byte[oti.symbolSize()];
            BlockEncoder.of(data, (int) oti.offset(block), oti.length(block), oti.k(block), oti.symbolSize())
                    .symbol(esi, symbol, 0);
            return new Symbols(number, object, block, esi, Bytes.of(symbol), 0);
        }
    }

    private void deliver(Crafted crafted) throws InterruptedException {
        hear(crafted.announcement(), MISSION);
        hearAll(crafted, FecObject.MANIFEST);
        hearAll(crafted, FecObject.PACK);
        receiver.loop().settled();
    }

    private void hearAll(Crafted crafted, FecObject object) {
        var oti = crafted.announcement().oti(object).orElseThrow();
        for (int block = 0; block < oti.blocks(); block++) {
            for (int esi = 0; esi < oti.k(block); esi++) hear(crafted.symbols(object, block, esi), STATION);
        }
    }

    private void hear(Message message, SecretKey key) {
        receiver.loop().hear(seal(message, key));
    }

    private static byte[] seal(Message message, SecretKey key) {
        return Envelope.seal(message, key, Envelope.Direction.UP, NAME);
    }

    private Report report() throws IOException, InterruptedException {
        var keys = Envelope.Keys.of(List.of(receiver.files().flightKey().publicKey()));
        var opened = Envelope.open(receiver.loop().report(), keys, Envelope.Direction.DOWN, NAME);
        return assertInstanceOf(
                Report.class, assertInstanceOf(Opened.Trusted.class, opened).message());
    }

    private DeploymentState state(int number) throws IOException, InterruptedException {
        return report().deployments().stream()
                .filter(deployment -> deployment.deployment() == number)
                .map(Report.DeploymentReport::state)
                .findFirst()
                .orElseThrow(() -> new AssertionError("deployment " + number + " is not reported"));
    }

    private static long count(Report report, Counter counter) {
        return report.counters().getOrDefault(counter, 0L);
    }
}
