package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import narlink.ground.StationLink;
import narlink.ground.cli.Programs.Holding;
import narlink.ground.ledger.Database;
import narlink.ground.ledger.LockedFile;
import narlink.ground.ledger.Postgres;
import narlink.ground.ledger.SqlLedger;
import narlink.wire.Frames;
import narlink.wire.PipeUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server among strangers, on its pipes and its HTTP port, and with a ledger that is taken away. Where a test says
/// `-Dnarlink.away=60`, the ledger is away for so many seconds.
final class BadInputTest {
    private static final long RATE = 256_000;
    private static final double LOSS = 0.1;
    private static final long SECONDS = 120;
    private static final int AWAY_SECONDS = Integer.getInteger("narlink.away", 8);

    @TempDir
    Path directory = Path.of("");

    private final SplittableRandom random = new SplittableRandom(7);
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (var process : started) process.destroyForcibly().waitFor();
    }

    private Programs.Running serve(Crowd crowd) throws Exception {
        var server = new Programs(crowd.files.directory()).startHere("serve", "--json", "--http", "127.0.0.1:0");
        started.add(server.process());
        server.await("serving");
        return server;
    }

    private static int http(Programs.Running server) throws IOException {
        return Integer.parseInt(Pattern.compile("http://[^:]*:(\\d+)/")
                .matcher(Files.readString(server.errors()))
                .results()
                .findFirst()
                .orElseThrow()
                .group(1));
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Programs.Running server, Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.holds()) {
            assertTrue(
                    server.process().isAlive() && System.nanoTime() < end,
                    () -> read(server.out()) + read(server.errors()));
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void stop(Programs.Running server) throws Exception {
        server.process().destroy();
        assertTrue(server.process().waitFor(60, TimeUnit.SECONDS), "it does not end");
        var said = Files.readString(server.errors());
        assertTrue(!said.contains("\tat "), said);
    }

    private static void delivered(Programs.Running server, Crowd crowd) throws Exception {
        await(server, () -> crowd.ends.stream().allMatch(end -> end.count().complete()));
        try (var ledger = crowd.ledger()) {
            await(
                    server,
                    () -> crowd.ends.stream()
                            .allMatch(end ->
                                    ledger.deployments(end.name()).getFirst().ended()));
        }
    }

    /// A thousand connections, some with junk, some with HTTP, to a pipe that listens: the far end keeps it, and
    /// nothing stays of them.
    @Test
    void strangersAtAPipeDoNotDisturbIt() throws Exception {
        try (var crowd = new Crowd(directory, new Crowd.Shape(1, 1, 200_000, RATE, LOSS))) {
            var server = serve(crowd);
            await(server, () -> crowd.ends.getFirst().count().symbols() > 0);
            var before = Holding.of(server.process());
            try (var strangers = new Strangers()) {
                int port = crowd.ports.getFirst();
                strangers.crowd(port, 900);
                for (int i = 0; i < 50; i++) strangers.call(port, Strangers.junk(random, 100 + random.nextInt(9000)));
                for (int i = 0; i < 50; i++) strangers.call(port, Strangers.http("/"));
                await(server, () -> Holding.of(server.process()).descriptors() < before.descriptors() + 30);
                delivered(server, crowd);
            }
            stop(server);
            assertEquals(List.of(), crowd.contradictions(Crowd.Ending.CUT));
        }
    }

    /// The far end has vanished without a word, and calls again: the old connection stays open all the time.
    @Test
    void whoCallsAgainIsHeard() throws Exception {
        try (var crowd = new Crowd(directory, new Crowd.Shape(1, 1, 60_000, RATE, LOSS))) {
            try (var vanished = new Strangers()) {
                // It comes first, and is taken for the far end.
                var server = serve(crowd, vanished);
                delivered(server, crowd);
                stop(server);
            }
            assertEquals(List.of(), crowd.contradictions(Crowd.Ending.CUT));
        }
    }

    private Programs.Running serve(Crowd crowd, Strangers first) throws Exception {
        var server = serve(crowd);
        first.call(crowd.ports.getFirst(), Strangers.http("/"));
        return server;
    }

    /// Who connects and never reads gets what the sockets hold, and no more; his link ends when it is taken away.
    @Test
    void whoNeverReadsHoldsNobodyUp() throws Exception {
        try (var crowd = new Crowd(directory, new Crowd.Shape(2, 0, 8_000_000, 50_000_000, 0));
                var deaf = new java.net.ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var link = crowd.links.getFirst();
            try (var ledger = crowd.ledger()) {
                ledger.timetable()
                        .put(new StationLink(
                                link.route(),
                                PipeUrl.parse("tcp://127.0.0.1:" + deaf.getLocalPort()),
                                new narlink.ground.Pass.Settings(
                                        java.util.OptionalLong.empty(),
                                        Duration.ZERO,
                                        8192,
                                        java.util.Optional.of(new narlink.ground.Repair.Share(9)),
                                        narlink.ground.Pass.Forward.OPEN)));
            }
            var server = serve(crowd);
            try (var line = deaf.accept()) {
                line.setReceiveBufferSize(4096);
                await(server, () -> crowd.ends.getLast().count().complete());
                long sent = live(server, link);
                TimeUnit.SECONDS.sleep(2);
                assertEquals(sent, live(server, link), "it goes on sending to who does not read");
                assertTrue(sent < 8_000_000, sent + " bytes were taken");
                // Valid frames that nobody asked for pile up no higher than the inbox.
                byte[] frame = Frames.frame(Strangers.junk(random, 60_000));
                for (int i = 0; i < 500; i++) line.getOutputStream().write(frame);
                var among = Holding.of(server.process());
                assertTrue(among.heapKilobytes() < 128 * 1024, "" + among);
                try (var ledger = crowd.ledger()) {
                    ledger.timetable().remove(link.route());
                }
                await(server, () -> ended(line));
            }
            stop(server);
        }
    }

    private static boolean ended(Socket line) throws IOException {
        line.setSoTimeout(100);
        byte[] rest = new byte[1 << 16];
        try {
            while (line.getInputStream().read(rest) >= 0) continue;
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true; // It was reset.
        }
    }

    /// Bytes that a link has sent.
    private long live(Programs.Running server, StationLink link) throws Exception {
        var passes = JsonParser.parseString(get(http(server), "/api/passes").body())
                .getAsJsonObject()
                .getAsJsonArray("live");
        for (var pass : passes) {
            var told = pass.getAsJsonObject();
            if (told.get("satellite")
                            .getAsString()
                            .equals(link.route().satellite().value())
                    && told.has("sentBytes")) {
                return told.get("sentBytes").getAsLong();
            }
        }
        return -1;
    }

    private HttpResponse<String> get(int port, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /// A thousand connections that say nothing, and junk: it still answers, and holds no more connections than it may.
    @Test
    void strangersAtTheHttpPortDoNotDisturbIt() throws Exception {
        try (var crowd = new Crowd(directory, new Crowd.Shape(1, 0, 60_000, RATE, LOSS))) {
            var server = serve(crowd);
            int port = http(server);
            assertEquals(200, get(port, "/api/fleet").statusCode());
            var before = Holding.of(server.process());
            try (var strangers = new Strangers()) {
                strangers.crowd(port, 900);
                for (int i = 0; i < 100; i++) strangers.call(port, Strangers.junk(random, 100 + random.nextInt(9000)));
                strangers.call(port, "GET /api/fleet HTTP/1.1\r\nHost: \0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertEquals(200, get(port, "/api/fleet").statusCode());
                var among = Holding.of(server.process());
                assertTrue(among.descriptors() < before.descriptors() + 250, before + " became " + among);
            }
            delivered(server, crowd);
            stop(server);
            assertEquals(List.of(), crowd.contradictions(Crowd.Ending.CUT));
        }
    }

    /// Another process keeps the ledger's file locked: passes go on with what they have leased, the fleet is told all
    /// the same, and nothing is lost.
    @Test
    void aLockedLedgerStopsNoPass() throws Exception {
        try (var crowd = new Crowd(directory, away())) {
            var server = serve(crowd);
            await(server, () -> crowd.ends.stream().allMatch(end -> end.count().symbols() > 0));
            TimeUnit.SECONDS.sleep(2);
            var lock = new LockedFile(crowd.files.database());
            try (lock) {
                goesOn(crowd);
                assertEquals(200, get(http(server), "/api/fleet").statusCode());
            }
            ends(server, crowd);
        }
    }

    /// PostgreSQL is stopped, and started again.
    @Test
    void aDatabaseThatIsAwayStopsNoPass() throws Exception {
        try (var postgres = Postgres.start();
                var crowd = new Crowd(directory, away(), Database.url(postgres.url()))) {
            var server = new Programs(directory, Map.of("NARLINK_DATABASE", postgres.url()))
                    .startHere("serve", "--json", "--http", "127.0.0.1:0");
            started.add(server.process());
            await(server, () -> crowd.ends.stream().allMatch(end -> end.count().symbols() > 0));
            TimeUnit.SECONDS.sleep(2);
            postgres.stop();
            goesOn(crowd);
            assertEquals(503, get(http(server), "/api/fleet").statusCode());
            postgres.restart();
            ends(server, crowd);
        }
    }

    /// Four satellites with more to carry than there is time without the ledger.
    private static Crowd.Shape away() {
        return new Crowd.Shape(4, 0, RATE / 8 * (AWAY_SECONDS + 12L), RATE, LOSS);
    }

    private static void goesOn(Crowd crowd) throws InterruptedException {
        TimeUnit.SECONDS.sleep(3); // Who waits for it gives up.
        long[] then = crowd.ends.stream().mapToLong(FarEnd::bytes).toArray();
        TimeUnit.SECONDS.sleep(AWAY_SECONDS - 3L);
        for (int i = 0; i < then.length; i++) {
            long sent = crowd.ends.get(i).bytes() - then[i];
            System.out.printf("%d bytes in %d s without the ledger%n", sent, AWAY_SECONDS - 3);
            assertTrue(sent > 0, "a pass stands still");
        }
    }

    private static void ends(Programs.Running server, Crowd crowd) throws Exception {
        delivered(server, crowd);
        stop(server);
        assertEquals(2, warnings(server), read(server.errors()));
        assertEquals(List.of(), crowd.contradictions(Crowd.Ending.CUT));
    }

    private static long warnings(Programs.Running server) {
        return read(server.errors())
                .lines()
                .filter(line -> line.contains("not possible for now") || line.contains("possible again"))
                .count();
    }

    @Test
    void contactPlansWithNonsenseChangeNothing() throws Exception {
        try (var crowd = new Crowd(directory, new Crowd.Shape(1, 0, 60_000, RATE, LOSS))) {
            var head = "satellite,start,end,rate,every\n";
            var row = "sat-0000,2026-11-23T22:00:00Z,2026-11-23T23:00:00Z,";
            refused(crowd, new byte[0], "has no satellite");
            refused(crowd, (head + row + "\0,\n").getBytes(StandardCharsets.UTF_8), "NUL");
            refused(crowd, (head + row + "-5k,\n").getBytes(StandardCharsets.UTF_8), "line 2");
            refused(crowd, (head + row + "0,\n").getBytes(StandardCharsets.UTF_8), "line 2");
            refused(crowd, (head + row + "9k,5s\n").getBytes(StandardCharsets.UTF_8), "before it has ended");
            refused(
                    crowd,
                    (head + "sat-0000,+999999999-01-01T00:00:00Z,+999999999-12-31T00:00:00Z,,\n")
                            .getBytes(StandardCharsets.UTF_8),
                    "between the years");
            refused(
                    crowd,
                    (head + (row + ",\n").repeat(1_000_000)).getBytes(StandardCharsets.UTF_8),
                    "more than 100000");
            refused(crowd, new byte[100 << 20], "too large");
            refused(crowd, Strangers.junk(random, 10_000), "");
        }
    }

    private void refused(Crowd crowd, byte[] plan, String why) throws Exception {
        var file = directory.resolve("plan");
        Files.write(file, plan);
        var ended =
                Programs.finish(new Programs(crowd.files.directory()).startHere("contact", "import", file.toString()));
        assertEquals(1, ended.code(), ended.out() + ended.errors());
        assertEquals(1, ended.line().lines().count(), ended.errors());
        assertTrue(ended.errors().contains(why), ended.errors());
        try (var ledger = SqlLedger.open(crowd.files.database())) {
            assertEquals(0, ledger.timetable().contacts().size());
        }
    }
}
