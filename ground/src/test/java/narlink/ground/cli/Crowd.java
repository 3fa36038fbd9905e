package narlink.ground.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import narlink.Bytes;
import narlink.Sha256;
import narlink.ground.Deployment;
import narlink.ground.GroundState;
import narlink.ground.Ledger;
import narlink.ground.Mirror;
import narlink.ground.Pass;
import narlink.ground.Satellite;
import narlink.ground.StationLink;
import narlink.ground.StationName;
import narlink.ground.ledger.Database;
import narlink.ground.ledger.SqlLedger;
import narlink.nix.SecretKey;
import narlink.nix.StoreDigest;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Layout;
import narlink.pack.Manifest;
import narlink.pack.ManifestFormat;
import narlink.pack.ProfileName;
import narlink.wire.Announcement;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.PipeUrl;
import narlink.wire.Report;
import narlink.wire.SatelliteName;

/// A ground state with many satellites, each with a deployment of noise that waits for it, and with their far ends. The
/// packs hold the same bytes, the manifests do not, so that no encoder serves two satellites.
final class Crowd implements AutoCloseable {
    private static final SecretKey FLIGHT = SecretKey.generate("flight-1");
    private static final StationName STATION = new StationName("kiruna");
    private static final String PACK = "crowd.pack";
    private static final int NUMBER = 1;
    private static final int CHUNK = 1 << 16;
    /// Symbols that may be on their way to the kernel when a socket is closed.
    private static final int IN_FLIGHT = 300;

    final GroundState files;
    private final Database database;
    final List<FarEnd> ends = new ArrayList<>();
    private final FarEnds pipes = new FarEnds();

    /// @param bytes of each deployment's pack
    /// @param listening of the satellites, those whose pipes are called by the far end
    /// @param rate of each link, in bits a second
    /// @param loss share of segments that a link loses
    record Shape(int satellites, int listening, long bytes, long rate, double loss) {
        Shape(int satellites, long bytes, long rate, double loss) {
            this(satellites, 0, bytes, rate, loss);
        }
    }

    /// Ports of the server's pipes that listen, in the order of the far ends.
    final List<Integer> ports = new ArrayList<>();
    final List<StationLink> links = new ArrayList<>();

    Crowd(Path directory, Shape shape) throws IOException {
        this(directory, shape, Database.file(new GroundState(directory).database()));
    }

    Crowd(Path directory, Shape shape, Database database) throws IOException {
        this.database = database;
        files = new GroundState(directory);
        files.init();
        var hashes = pack(shape.bytes());
        try (var ledger = ledger()) {
            ledger.addStation(files.stationKey().publicKey());
            for (int i = 0; i < shape.satellites(); i++) add(ledger, "sat-%04d".formatted(i), shape, hashes, i);
        }
        pipes.start();
    }

    /// @return the hashes of its blocks
    private List<Sha256> pack(long bytes) throws IOException {
        var file = files.packs().resolve(PACK);
        byte[] chunk = new byte[CHUNK];
        var random = new SplittableRandom(1);
        try (var out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (long left = bytes; left > 0; left -= CHUNK) {
                random.nextBytes(chunk);
                out.write(chunk, 0, (int) Math.min(left, CHUNK));
            }
        }
        var oti = Layout.of(bytes, Layout.SYMBOL_SIZE);
        var hashes = new ArrayList<Sha256>();
        try (var in = new java.io.RandomAccessFile(file.toFile(), "r")) {
            for (int i = 0; i < oti.blocks(); i++) {
                byte[] block = new byte[oti.length(i)];
                in.readFully(block);
                hashes.add(Sha256.of(block));
            }
        }
        return hashes;
    }

    private void add(Ledger ledger, String text, Shape shape, List<Sha256> hashes, long seed) throws IOException {
        var name = new SatelliteName(text);
        var satellite = new Satellite(name, FLIGHT.publicKey(), Optional.of("aarch64-linux"));
        ledger.add(satellite);
        var order = order(name, shape.bytes(), hashes);
        ledger.add(order);
        var end = new FarEnd(
                FLIGHT,
                List.of(files.missionKey().publicKey(), files.stationKey().publicKey()),
                order,
                shape.loss(),
                seed);
        ends.add(end);
        var link = new StationLink(
                new StationLink.Route(name, STATION),
                PipeUrl.parse(seed < shape.listening() ? called(end) : "tcp://127.0.0.1:" + pipes.add(end)),
                new Pass.Settings(
                        OptionalLong.of(shape.rate()),
                        Duration.ZERO,
                        Pass.Settings.SEGMENT_SIZE,
                        Optional.empty(),
                        Pass.Forward.UNSURE));
        links.add(link);
        ledger.timetable().put(link);
    }

    private String called(FarEnd end) throws IOException {
        int port = freePort();
        ports.add(port);
        pipes.call(end, port);
        return "tcp-listen://127.0.0.1:" + port;
    }

    static int freePort() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /// All connections end, and are made again.
    void cut() {
        pipes.cut();
    }

    private Deployment order(SatelliteName satellite, long bytes, List<Sha256> hashes) throws IOException {
        var path = StorePath.of(
                Sha256.of(Bytes.ofUtf8(satellite.value())).bytes().slice(0, 20).toArray(), "system");
        var entry = new Manifest.Entry(
                path, bytes, Bytes.of(new byte[Manifest.CHECK]), List.of(), Optional.empty(), List.of());
        byte[] manifest = ManifestFormat.write(new Manifest(
                1,
                List.of(entry),
                List.of(),
                Sha256.of(Bytes.ofUtf8(satellite.value())),
                hashes,
                List.of(0),
                Optional.of(new ProfileName("system")),
                Activation.NONE,
                1));
        var announcement = new Announcement(
                NUMBER,
                1,
                Layout.of(manifest.length, Layout.SYMBOL_SIZE),
                Optional.of(Layout.of(bytes, Layout.SYMBOL_SIZE)),
                Sha256.of(manifest),
                Report.shortDigest(new StoreDigest().digest()),
                List.of(files.stationKey().publicKey().key()),
                Instant.now().plus(Duration.ofDays(1)),
                1);
        return new Deployment(
                satellite,
                announcement,
                Envelope.seal(announcement, files.missionKey(), Envelope.Direction.UP, satellite),
                manifest,
                PACK,
                List.of(path),
                "system",
                List.of(new Mirror.Item(path, Sha256.of(new byte[] {3}), bytes, Mirror.Belief.PREDICTED)),
                Instant.now(),
                Deployment.Progress.QUEUED,
                "file://" + files.directory().resolve("earth"));
    }

    /// What is known of the moment at which the server was stopped.
    enum Ending {
        /// It was killed.
        KILLED,
        /// It ended in order, after links had been cut and leases been left unused where nothing could be written.
        CUT,
        /// It ended in order, in mid-pass: leases were given back.
        ORDERLY,
        /// It ended in order when there was nothing to do, and all had been heard.
        SETTLED
    }

    /// What in the ledger contradicts what the far ends have heard; nothing where all is well. To be asked when no
    /// server runs.
    List<String> contradictions(Ending ending) throws IOException {
        var wrong = new ArrayList<String>();
        try (var ledger = ledger()) {
            for (var end : ends) {
                var count = end.count();
                if (count.repeated() > 0) wrong.add(end.name() + ": symbols came twice: " + count);
                if (count.rejected() > 0 || count.badFrames() > 0) wrong.add(end.name() + ": bad segments: " + count);
                var order = ledger.deployments(end.name()).getFirst();
                for (var object : FecObject.values()) {
                    int blocks = order.announcement().oti(object).orElseThrow().blocks();
                    compare(
                            end.name() + " " + object,
                            ledger.used(end.name(), NUMBER, object, blocks),
                            count.highest().getOrDefault(object, List.of()),
                            ending,
                            wrong);
                }
                var progress = order.progress();
                if (progress.blocksDone() > count.blocksDone()) {
                    wrong.add(end.name() + ": believed to be further than it is: " + progress + ", " + count);
                }
                boolean confirmed = progress.state() == Deployment.State.CONFIRMED;
                if (confirmed && !count.complete() || ending == Ending.SETTLED && confirmed != count.complete()) {
                    wrong.add(end.name() + ": " + progress + ", " + count);
                }
            }
        }
        return wrong;
    }

    /// @param used ESIs by block, as the ledger has it
    /// @param sent the same, as they came
    private static void compare(String what, int[] used, List<Integer> sent, Ending ending, List<String> wrong) {
        for (int i = 0; i < used.length; i++) {
            int more = used[i] - sent.get(i);
            if (more < 0 || more > IN_FLIGHT && ending != Ending.KILLED && ending != Ending.CUT) {
                wrong.add("%s: %d ESIs of block %d came, and the ledger knows of %d"
                        .formatted(what, sent.get(i), i, used[i]));
            }
        }
    }

    /// Another hand on its ledger.
    SqlLedger ledger() throws IOException {
        return SqlLedger.open(database);
    }

    @Override
    public void close() throws Exception {
        pipes.close();
    }
}
