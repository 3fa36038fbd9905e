package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many satellites in sight at once. Bounded in the build; with `-Dnarlink.crowd=200` as many, for a minute, with
/// figures of rate, time and memory: see README.md.
final class CrowdTest {
    private static final int SATELLITES = Integer.getInteger("narlink.crowd", 0);
    private static final int MEASURED_SECONDS = Integer.getInteger("narlink.crowd.seconds", 60);
    private static final long RATE = 256_000;
    private static final double LOSS = 0.1;
    private static final long SECONDS = 300;
    private static final int CUTS = 4;

    @TempDir
    Path directory = Path.of("");

    private static void await(Programs.Running server, BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(
                    server.process().isAlive() && System.nanoTime() < end,
                    Files.readString(server.out()) + Files.readString(server.errors()));
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (var process : started) process.destroyForcibly().waitFor();
    }

    private Programs.Running serve(Crowd crowd) throws IOException {
        var server = new Programs(crowd.files.directory()).startHere("serve", "--json", "--http", "127.0.0.1:0");
        started.add(server.process());
        return server;
    }

    private static void stop(Programs.Running server) throws Exception {
        server.process().destroy();
        assertTrue(server.process().waitFor(60, TimeUnit.SECONDS), "it does not end");
    }

    /// Each is as fast as its link, whatever the others do, and gets no symbol twice.
    @Test
    void everySatelliteHasItsLinkToItself() throws Exception {
        int satellites = SATELLITES > 0 ? SATELLITES : 20;
        long bytes = SATELLITES > 0 ? RATE / 8 * (MEASURED_SECONDS + 40) : 60_000;
        try (var crowd = new Crowd(directory, new Crowd.Shape(satellites, bytes, RATE, LOSS))) {
            var server = serve(crowd);
            try {
                if (SATELLITES > 0) measure(server, crowd);
                else delivered(server, crowd);
            } finally {
                stop(server);
            }
            var ending = SATELLITES > 0 ? Crowd.Ending.ORDERLY : Crowd.Ending.SETTLED;
            assertEquals(List.of(), crowd.contradictions(ending));
        }
    }

    /// Until each satellite has all, and the server has heard of it.
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

    /// In the middle of passes it is told to end, killed, and started again, and each time goes on where it was.
    @Test
    void whatEndsInMidPassGoesOn() throws Exception {
        try (var crowd = new Crowd(directory, new Crowd.Shape(20, 300_000, RATE, LOSS))) {
            var first = serve(crowd);
            midway(first, crowd, 100_000);
            stop(first);
            assertEquals(128 + 15, first.process().exitValue());
            assertEquals(List.of(), crowd.contradictions(Crowd.Ending.ORDERLY));
            var second = serve(crowd);
            midway(second, crowd, 200_000);
            second.process().destroyForcibly().waitFor();
            assertEquals(List.of(), crowd.contradictions(Crowd.Ending.KILLED));
            var third = serve(crowd);
            delivered(third, crowd);
            stop(third);
            assertEquals(List.of(), crowd.contradictions(Crowd.Ending.KILLED));
        }
    }

    /// A pipe that works and is cut again and again is not waited for longer each time.
    @Test
    void aLinkThatWorksIsOpenedAgainSoon() throws Exception {
        try (var crowd = new Crowd(directory, new Crowd.Shape(1, 600_000, RATE, 0))) {
            var server = serve(crowd);
            for (int cut = 1; cut <= CUTS; cut++) {
                midway(server, crowd, crowd.ends.getFirst().bytes() + 40_000);
                crowd.cut();
            }
            midway(server, crowd, crowd.ends.getFirst().bytes() + 40_000);
            stop(server);
            var closed = Instant.MAX;
            int again = 0;
            for (var line : Files.readAllLines(server.out())) {
                var event = JsonParser.parseString(line).getAsJsonObject();
                var time = Instant.parse(event.get("time").getAsString());
                var kind = event.get("event").getAsString();
                if (kind.equals("pass")) closed = time;
                if (!kind.equals("opened") || closed.equals(Instant.MAX)) continue;
                again++;
                // Twice as long each time would be eight seconds by now.
                assertTrue(Duration.between(closed, time).compareTo(Duration.ofSeconds(5)) < 0, closed + " to " + time);
            }
            assertEquals(CUTS, again);
        }
    }

    /// Until each satellite has got so many bytes; none has got all.
    private static void midway(Programs.Running server, Crowd crowd, long bytes) throws Exception {
        await(server, () -> crowd.ends.stream().allMatch(end -> end.bytes() > bytes));
        assertTrue(crowd.ends.stream().noneMatch(end -> end.count().complete()));
    }

    private void measure(Programs.Running server, Crowd crowd) throws Exception {
        await(server, () -> crowd.ends.stream().allMatch(end -> end.count().symbols() > 0));
        TimeUnit.SECONDS.sleep(10);
        var ticks = new Ticks(server.process().pid());
        var own = new Ticks(ProcessHandle.current().pid());
        long[] before = crowd.ends.stream().mapToLong(FarEnd::bytes).toArray();
        long began = System.nanoTime();
        TimeUnit.SECONDS.sleep(MEASURED_SECONDS);
        long[] after = crowd.ends.stream().mapToLong(FarEnd::bytes).toArray();
        double seconds = (System.nanoTime() - began) / 1e9;
        double[] rates = new double[before.length];
        for (int i = 0; i < rates.length; i++) rates[i] = 8 * (after[i] - before[i]) / seconds;
        Arrays.sort(rates);
        long within = Arrays.stream(rates)
                .filter(rate -> Math.abs(rate / RATE - 1) <= 0.02)
                .count();
        System.out.printf(
                "%d links of %d bit/s for %.1f s: min %.0f, median %.0f, max %.0f bit/s; %d within 2 %%%n",
                rates.length, RATE, seconds, rates[0], rates[rates.length / 2], rates[rates.length - 1], within);
        System.out.printf(
                "the server took %.2f cores, the far ends %.2f; its peak memory %d MB, its heap: %s%n",
                ticks.cores(),
                own.cores(),
                Programs.peakKilobytes(server.process()) / 1024,
                Programs.jcmd(server.process(), "GC.heap_info")
                        .replaceAll("\\s+", " ")
                        .strip());
    }

    /// Processor time of a process from here on.
    private static final class Ticks {
        private static final double PER_SECOND = 100;
        private final long pid;
        private final long before;
        private final long began = System.nanoTime();

        Ticks(long pid) throws IOException {
            this.pid = pid;
            before = ticks();
        }

        private long ticks() throws IOException {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }

        double cores() throws IOException {
            return (ticks() - before) / PER_SECOND / ((System.nanoTime() - began) / 1e9);
        }
    }
}
