package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.ground.SampleClosure;
import narlink.nix.StorePath;
import narlink.simulation.LinkProfile;
import narlink.store.Options;
import narlink.store.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a pass with a return link takes over links of all kinds, with both programs as they are: bytes, time, reports.
///
/// One small case runs always. `-Dnarlink.grid=all`, or a pattern of names, measures 20 MB over them all. Bytes are
/// held
/// to their bounds, times are told.
@Timeout(3600)
final class LinkGridTest {
    private static final boolean ALL = System.getProperty("narlink.grid") != null;
    private static final int BYTES = ALL ? 20_000_000 : 1_000_000;
    private static final long RATE = 16_000_000;
    private static final int TAG = 16;
    private static final int REPORT = 200;
    private static final int REPORTS = 4000;
    /// What is sent but once weighs more in a small pack.
    private static final double SMALL = 0.02;
    /// A report's interval, and what its answer takes.
    private static final Duration MOST_SILENT = Duration.ofSeconds(2);

    @TempDir
    Path directory = Path.of("");

    private long payload;

    /// @param outage zero for none
    private record Case(String name, LinkProfile losses, Duration roundTrip, Duration outage) {}

    private record Measured(
            long payload, long sent, long segments, double seconds, LossyRelay relay, String state, double loss) {
        double perPayload() {
            return (double) sent / payload;
        }

        /// Of the bytes sent, at least: one tag a segment.
        double authenticator() {
            return (double) segments * TAG / payload;
        }
    }

    @Test
    void whatItTakes() throws Exception {
        var origin = prepare();
        var beyond = new ArrayList<String>();
        var cases = ALL ? all() : List.of(new Case("p 10 %, RTT 0", independent(0.1), Duration.ZERO, Duration.ZERO));
        System.out.printf(
                "%-34s %9s %9s %9s %9s %9s %9s %8s %8s%n",
                "link", "lost", "wire", "auth.", "bound", "time", "of ideal", "reports", "largest");
        for (var each : cases) {
            var measured = fly(origin, each);
            var relay = measured.relay();
            double p = each.losses().meanLoss();
            double lost = (double) relay.up.lost / (relay.up.frames - relay.up.silenced);
            double ideal = measured.payload() * 8.0 / RATE / (1 - p)
                    + each.roundTrip().toMillis() / 1000.0
                    + each.outage().toSeconds();
            double bound = 1.03 / (1 - p) + 0.01;
            System.out.printf(
                    "%-34s %9.4f %9.4f %9.4f %9.4f %8.1fs %9.3f %7dB %7dB%s%n",
                    each.name(),
                    lost,
                    measured.perPayload(),
                    measured.authenticator(),
                    bound,
                    measured.seconds(),
                    measured.seconds() / ideal,
                    relay.down.bytes,
                    relay.down.largest,
                    each.outage().isZero()
                            ? ""
                            : "  into the dead link " + relay.up.silencedBytes + " B, " + relay.up.silenced
                                    + " frames");
            assertEquals("CONFIRMED", measured.state());
            // What was lost, by chance more than on average, is to be sent again, and so is what went into a dead link.
            double most = 1.03 / (1 - lost)
                    + 0.01
                    + measured.authenticator()
                    + (double) relay.up.silencedBytes / payload
                    + (ALL ? 0 : SMALL);
            if (measured.perPayload() > most) beyond.add(each.name() + ": " + measured.perPayload() + " > " + most);
            if (relay.up.silencedBytes > MOST_SILENT.toSeconds() * RATE / 8) {
                beyond.add(each.name() + ": " + relay.up.silencedBytes + " B into the dead link");
            }
            if (relay.down.largest > REPORT) beyond.add(each.name() + ": a report of " + relay.down.largest + " B");
            if (each.outage().isZero() && relay.down.bytes > REPORTS) {
                beyond.add(each.name() + ": reports of " + relay.down.bytes + " B");
            }
        }
        assertEquals(List.of(), beyond);
    }

    private static LinkProfile independent(double loss) {
        return new LinkProfile("independent", RATE, RATE, 1024, 0, 1, loss, loss, Duration.ofMinutes(8), 5, 0);
    }

    private static List<Case> all() {
        var cases = new ArrayList<Case>();
        for (var roundTrip : List.of(Duration.ZERO, Duration.ofMillis(600))) {
            for (double loss : List.of(0.0, 0.01, 0.05, 0.1, 0.2, 0.3)) {
                cases.add(new Case(
                        "p %.0f %%, RTT %d ms".formatted(100 * loss, roundTrip.toMillis()),
                        independent(loss),
                        roundTrip,
                        Duration.ZERO));
            }
        }
        for (var profile : LinkProfile.BUILT_IN) {
            // Their losses, not their rates.
            var losses = profile.turning(Duration.ZERO);
            cases.add(new Case(profile.name() + ", RTT 600 ms", losses, Duration.ofMillis(600), Duration.ZERO));
        }
        cases.add(new Case(
                "p 10 %, RTT 600 ms, dead for 20 s", independent(0.1), Duration.ofMillis(600), Duration.ofSeconds(20)));
        for (int seconds : List.of(20, 60)) {
            cases.add(new Case(
                    "p 0 %, RTT 600 ms, dead for " + seconds + " s",
                    independent(0),
                    Duration.ofMillis(600),
                    Duration.ofSeconds(seconds)));
        }
        var wanted = System.getProperty("narlink.grid", "all");
        return wanted.equals("all")
                ? cases
                : cases.stream().filter(each -> each.name().matches(wanted)).toList();
    }

    /// Both ends' state with a queued deployment, before the first pass.
    private Path prepare() throws Exception {
        var origin = directory.resolve("origin");
        var programs = new Programs(origin);
        programs.acquaint("sat");
        var earth = "file://" + origin.resolve("earth");
        StorePath path;
        try (var store = Stores.open(earth, Options.of(origin.resolve("roots")))) {
            var noise = new byte[BYTES];
            new SplittableRandom(11).nextBytes(noise);
            path = SampleClosure.add(store, "noise", new TreeSet<>(), noise);
        }
        payload = programs.told(programs.narlink("send", "sat", path.toString(), "--store", earth, "--json"))
                .get("packBytes")
                .getAsLong();
        return origin;
    }

    private Measured fly(Path origin, Case each) throws Exception {
        var own = directory.resolve("flown");
        copy(origin, own);
        var programs = new Programs(own);
        try (var relay = new LossyRelay(each.losses(), each.roundTrip(), 7)) {
            if (!each.outage().isZero()) relay.silence(BYTES / 3, each.outage());
            var receiver = programs.startFlight(
                    "run",
                    "--pipe",
                    "udp://?listen=127.0.0.1:" + relay.flightPort(),
                    "--store",
                    "file://" + own.resolve("board"));
            try {
                receiver.await("pipe open");
                var pass = programs.narlink(
                        "pass",
                        "sat",
                        "--pipe",
                        "udp://127.0.0.1:" + relay.groundPort(),
                        "--rate",
                        Long.toString(RATE),
                        "--segment-size",
                        "1k",
                        "--duration",
                        "10m",
                        "--json");
                var told = programs.told(pass);
                var deployment = told.getAsJsonArray("deployments").get(0).getAsJsonObject();
                return new Measured(
                        payload,
                        told.get("sentBytes").getAsLong(),
                        told.get("sentSegments").getAsLong(),
                        (relay.down.lastNanos - relay.up.firstNanos) / 1e9,
                        relay,
                        deployment.get("state").getAsString(),
                        told.get("lossEstimate").getAsDouble());
            } finally {
                receiver.process().destroyForcibly().waitFor();
                delete(own);
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file)), LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        try (var files = Files.walk(tree)) {
            for (var file : (Iterable<Path>) files.sorted(java.util.Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        }
    }
}
