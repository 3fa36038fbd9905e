package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import narlink.ground.SampleClosure;
import narlink.nix.StorePath;
import narlink.simulation.LinkProfile;
import narlink.store.Options;
import narlink.store.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real pass over a channel that carries one direction at a time: what is sent while the other end sends, or has not
/// turned round yet, is lost.
@Timeout(180)
final class HalfDuplexTest {
    private static final int RATE = 128_000;
    private static final int TURNAROUND = 100;
    private static final int BYTES = 150_000;
    private static final LinkProfile CHANNEL = new LinkProfile(
                    "channel", RATE, RATE, 1024, 0, 1, 0, 0, Duration.ofMinutes(8), 5, 0)
            .turning(Duration.ofMillis(TURNAROUND));

    @TempDir
    Path directory = Path.of("");

    @Test
    void neitherEndTalksIntoTheOther() throws Exception {
        var programs = new Programs(directory);
        programs.acquaint("sat");
        var earth = "file://" + directory.resolve("earth");
        StorePath path;
        try (var store = Stores.open(earth, Options.of(directory.resolve("roots")))) {
            path = SampleClosure.make(store, 11, 1, BYTES);
        }
        programs.told(programs.narlink("send", "sat", path.toString(), "--store", earth, "--json"));
        try (var channel = new LossyRelay(CHANNEL, Duration.ZERO, 7)) {
            var receiver = programs.startFlight(
                    "run",
                    "--pipe",
                    "udp://?listen=127.0.0.1:" + channel.flightPort(),
                    "--half-duplex",
                    Integer.toString(TURNAROUND),
                    "--store",
                    "file://" + directory.resolve("board"));
            try {
                receiver.await("pipe open");
                var pass = programs.told(programs.narlink(
                        "pass",
                        "sat",
                        "--pipe",
                        "udp://127.0.0.1:" + channel.groundPort(),
                        "--rate",
                        Integer.toString(RATE),
                        "--segment-size",
                        "1k",
                        "--half-duplex",
                        Integer.toString(TURNAROUND),
                        "--duration",
                        "90s",
                        "--json"));
                var deployment = pass.getAsJsonArray("deployments").get(0).getAsJsonObject();
                long collisions = channel.up.collided + channel.down.collided;
                System.out.printf(
                        "half duplex: %d B sent, %d reports, %d frames up, %d down, %d lost to the other direction%n",
                        pass.get("sentBytes").getAsLong(),
                        pass.get("receivedReports").getAsLong(),
                        channel.up.frames,
                        channel.down.frames,
                        collisions);
                assertEquals("CONFIRMED", deployment.get("state").getAsString());
                assertTrue(pass.get("receivedReports").getAsLong() >= 3, pass.toString());
                assertTrue(channel.down.frames < 40, "it talks only when asked: " + channel.down.frames);
                // A machine that is busy lets one end come late now and then.
                assertTrue(collisions <= 8, collisions + " collisions");
            } finally {
                receiver.process().destroyForcibly().waitFor();
            }
        }
    }
}
