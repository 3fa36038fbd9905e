package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import narlink.ground.StationLink;
import narlink.ground.cli.Programs.Holding;
import narlink.ground.ledger.LockedFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One server, to which everything happens that happens to servers, again and again: in the build for a short time,
/// with `-Dnarlink.soak=3600` for an hour. What it holds must not grow, and its state must be right in the end.
final class SoakTest {
    private static final int SATELLITES = 24;
    private static final int LISTENING = 6;
    private static final long RATE = 64_000;
    private static final double LOSS = 0.1;
    private static final int SECONDS = Integer.getInteger("narlink.soak", 12);
    private static final int CALLERS = 300;
    /// As the server was started with it.
    private static final long HEAP_KILOBYTES = 512 * 1024;

    @TempDir
    Path directory = Path.of("");

    private final SplittableRandom random = new SplittableRandom(1);
    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void nothingGrowsAndNothingIsLost() throws Exception {
        long bytes = RATE / 8 * (SECONDS + 120L);
        try (var crowd = new Crowd(directory, new Crowd.Shape(SATELLITES, LISTENING, bytes, RATE, LOSS))) {
            var programs = new Programs(crowd.files.directory());
            var server = programs.startHere("serve", "--json", "--http", "127.0.0.1:0");
            try {
                soak(crowd, programs, server);
                assertTrue(server.process().isAlive(), "it lives");
                server.process().destroy();
                assertTrue(server.process().waitFor(60, TimeUnit.SECONDS), "it does not end");
                assertEquals(128 + 15, server.process().exitValue());
            } finally {
                server.process().destroyForcibly().waitFor();
            }
            assertEquals(List.of(), crowd.contradictions(Crowd.Ending.CUT));
            var said = Files.readAllLines(server.errors());
            assertTrue(said.stream().noneMatch(line -> line.startsWith("\tat ")), () -> String.join("\n", said));
        }
    }

    private void soak(Crowd crowd, Programs programs, Programs.Running server) throws Exception {
        server.await("serving");
        int http = Integer.parseInt(Pattern.compile("http://[^:]*:(\\d+)/")
                .matcher(Files.readString(server.errors()))
                .results()
                .findFirst()
                .orElseThrow()
                .group(1));
        round(crowd, programs, http, 0);
        var begin = rested(server, crowd);
        System.out.println("begin: " + begin);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        long tell = System.nanoTime();
        int rounds = 1;
        while (System.nanoTime() < end) {
            round(crowd, programs, http, rounds++);
            if (System.nanoTime() - tell > TimeUnit.MINUTES.toNanos(5)) {
                tell = System.nanoTime();
                System.out.println("round " + rounds + ": " + rested(server, crowd));
            }
        }
        var last = rested(server, crowd);
        System.out.println("end, after " + rounds + " rounds: " + last);
        assertTrue(last.descriptors() <= begin.descriptors() + 40, begin + " became " + last);
        assertTrue(last.threads() <= begin.threads() + 12, begin + " became " + last);
        assertTrue(last.heapKilobytes() < HEAP_KILOBYTES / 2, begin + " became " + last);
    }

    /// What the server holds once all links are up again.
    private static Holding rested(Programs.Running server, Crowd crowd) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        long[] before = crowd.ends.stream().mapToLong(FarEnd::bytes).toArray();
        while (true) {
            boolean all = true;
            for (int i = 0; i < before.length; i++) all &= crowd.ends.get(i).bytes() > before[i];
            if (all) return Holding.of(server.process());
            assertTrue(
                    server.process().isAlive() && System.nanoTime() < end,
                    () -> "a link does not come back: "
                            + crowd.ends.stream().map(FarEnd::count).toList());
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private void round(Crowd crowd, Programs programs, int http, int number) throws Exception {
        try (var strangers = new Strangers()) {
            strangers.crowd(http, CALLERS);
            for (int i = 0; i < 20; i++) strangers.call(http, Strangers.junk(random, 1 + random.nextInt(20_000)));
            int port = crowd.ports.get(random.nextInt(LISTENING));
            strangers.crowd(port, CALLERS);
            for (int i = 0; i < 20; i++) {
                strangers.call(port, Strangers.junk(random, 1 + random.nextInt(20_000)));
                strangers.call(port, Strangers.http("/api/fleet"));
            }
            assertEquals(200, ask(http, "/api/fleet"));
            assertEquals(200, ask(http, "/metrics"));
            TimeUnit.SECONDS.sleep(1);
        }
        switch (number % 4) {
            case 0 -> lock(crowd, number % 40 == 20 ? 60 : 3);
            case 1 -> crowd.cut();
            case 2 -> unplug(crowd.links.get(random.nextInt(SATELLITES)), crowd);
            default -> nonsense(programs, number);
        }
        TimeUnit.SECONDS.sleep(1);
    }

    private int ask(int http, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + path))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    /// Somebody else keeps the ledger's file locked.
    private static void lock(Crowd crowd, int seconds) throws Exception {
        var lock = new LockedFile(crowd.files.database());
        try (lock) {
            TimeUnit.SECONDS.sleep(seconds);
        }
    }

    /// A link goes, and comes back.
    private static void unplug(StationLink link, Crowd crowd) throws Exception {
        try (var ledger = crowd.ledger()) {
            ledger.timetable().remove(link.route());
            TimeUnit.SECONDS.sleep(3);
            ledger.timetable().put(link);
        }
    }

    private void nonsense(Programs programs, int number) throws IOException, InterruptedException {
        var plan = directory.resolve("nonsense");
        Files.write(plan, number % 8 == 3 ? Strangers.junk(random, 50_000) : new byte[] {'[', 0});
        var refused = Programs.finish(programs.startHere("contact", "import", plan.toString()));
        assertEquals(1, refused.code(), refused.errors());
        assertEquals(1, refused.line().lines().count(), refused.errors());
    }
}
