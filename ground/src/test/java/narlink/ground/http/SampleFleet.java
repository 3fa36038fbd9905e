package narlink.ground.http;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;
import narlink.ground.Deployment;
import narlink.ground.GroundState;
import narlink.ground.Mirror;
import narlink.ground.Pass;
import narlink.ground.PassReport;
import narlink.ground.Satellite;
import narlink.ground.Server;
import narlink.ground.StationLink;
import narlink.ground.StationName;
import narlink.ground.ledger.SqlLedger;
import narlink.nix.SecretKey;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Manifest;
import narlink.pack.ManifestFormat;
import narlink.pack.ProfileName;
import narlink.wire.Announcement;
import narlink.wire.Envelope;
import narlink.wire.PipeUrl;
import narlink.wire.Report;
import narlink.wire.SatelliteName;

/// A ledger with satellites, and a server that tells of it on a free port.
final class SampleFleet implements AutoCloseable {
    static final int BLOCKS = 40;
    private static final SecretKey FLIGHT = SecretKey.generate("flight-1");

    final GroundState files;
    final SqlLedger ledger;
    final LivePasses passes = new LivePasses(new Silent(), Clock.systemUTC());
    final HttpServer server;

    SampleFleet(Path directory) throws Exception {
        this(directory, "127.0.0.1:0");
    }

    SampleFleet(Path directory, String address) throws Exception {
        files = new GroundState(directory);
        files.init();
        ledger = SqlLedger.open(files.database());
        server = new HttpServer(
                HttpAddress.parse(address), new HttpServer.Sources(ledger, passes, files, Clock.systemUTC()));
    }

    private record Silent() implements Server.Listener {
        @Override
        public void opened(StationLink.Route route) {}

        @Override
        public void unreachable(StationLink.Route route, String why, Duration again) {}

        @Override
        public void changed(Deployment deployment) {}

        @Override
        public void carried(Satellite satellite) {}

        @Override
        public void over(PassReport report) {}
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.address().getPort() + path;
    }

    /// A satellite with a mirror of `paths`, one confirmed deployment, and one of which `blocks` blocks are on board.
    SatelliteName add(String text, int paths, int blocks) throws IOException {
        var name = new SatelliteName(text);
        ledger.add(new Satellite(name, FLIGHT.publicKey(), Optional.of("aarch64-linux")));
        var items = new ArrayList<Mirror.Item>();
        for (int i = 0; i < paths; i++) {
            var path = StorePath.of(
                    Sha256.of((text + i).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                            .bytes()
                            .slice(0, 20)
                            .toArray(),
                    "part-" + i);
            items.add(new Mirror.Item(path, Sha256.of(new byte[] {1}), 1000, Mirror.Belief.ACKNOWLEDGED));
        }
        ledger.believe(name, items);
        ledger.add(deployment(name, 1, "old-system"));
        ledger.progress(name, 1, progress(Deployment.State.CONFIRMED, BLOCKS));
        ledger.add(deployment(name, 2, "new-system"));
        ledger.progress(name, 2, progress(Deployment.State.RECEIVING, blocks));
        var report = report(paths);
        ledger.report(
                name,
                report,
                Envelope.seal(report, FLIGHT, Envelope.Direction.DOWN, name),
                Instant.now().minusSeconds(90));
        ledger.happened(name, Instant.now(), "deployment 2 RECEIVING");
        return name;
    }

    StationLink.Route link(SatelliteName satellite) {
        var route = new StationLink.Route(satellite, new StationName("kiruna"));
        ledger.timetable()
                .put(new StationLink(
                        route,
                        PipeUrl.parse("tcp://127.0.0.1:9"),
                        new Pass.Settings(
                                OptionalLong.of(256_000), Duration.ZERO, 8192, Optional.empty(), Pass.Forward.UNSURE)));
        return route;
    }

    static Pass.Tally tally(long source, long repair) {
        return new Pass.Tally(
                source + repair + 500, source, repair, 40, 2000, 5, 1, 2, 0, 0.125, 1.5, 8192, Instant.now());
    }

    private static Deployment.Progress progress(Deployment.State state, int blocks) {
        return new Deployment.Progress(state, "", blocks, 0, -1, "", false, false);
    }

    private static Report report(int paths) {
        return new Report(
                1,
                1,
                0,
                Instant.now(),
                Report.shortDigest(Sha256.of(new byte[] {2})),
                paths,
                3_200_000_000L,
                "aarch64-linux",
                0,
                0,
                0,
                Map.of(),
                List.of(),
                List.of(),
                1,
                0,
                List.of(),
                Optional.empty());
    }

    static Deployment deployment(SatelliteName satellite, int number, String what) {
        var path = StorePath.of(new byte[20], what);
        byte[] manifest = manifest();
        var announcement = new Announcement(
                number,
                1,
                new Oti(manifest.length, 896, 1),
                Optional.of(new Oti(BLOCKS * 896L * 1024, 896, BLOCKS)),
                Sha256.of(manifest),
                Report.shortDigest(Sha256.of(new byte[0])),
                List.of(Bytes.of(new byte[32])),
                Instant.ofEpochSecond(4_000_000_000L),
                1);
        return new Deployment(
                satellite,
                announcement,
                Envelope.seal(announcement, FLIGHT, Envelope.Direction.UP, satellite),
                manifest,
                "none.pack",
                List.of(path),
                "system",
                List.of(new Mirror.Item(path, Sha256.of(new byte[] {3}), 120, Mirror.Belief.PREDICTED)),
                Instant.now(),
                Deployment.Progress.QUEUED,
                "daemon");
    }

    private static byte[] manifest() {
        var entry = new Manifest.Entry(
                StorePath.of(new byte[20], "system"),
                120,
                Bytes.of(new byte[Manifest.CHECK]),
                List.of(),
                Optional.empty(),
                List.of());
        return ManifestFormat.write(new Manifest(
                1,
                List.of(entry),
                List.of(),
                Sha256.of(new byte[0]),
                List.of(),
                List.of(0),
                Optional.of(new ProfileName("system")),
                Activation.NONE,
                1));
    }

    @Override
    public void close() {
        server.close();
        ledger.close();
    }
}
