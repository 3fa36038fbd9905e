package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import narlink.Bytes;
import narlink.Sha256;
import narlink.wire.DeploymentState;
import narlink.wire.Report;
import narlink.wire.Report.CommandResult;
import narlink.wire.SatelliteName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StatusTextTest {
    @TempDir
    Path directory;

    @Test
    void everythingFitsOneScreenWhateverThereIs() throws IOException {
        var text = status(20, "why \u001b[2J\n".repeat(12), DeploymentState.ROLLBACK_FAILED);
        var lines = text.human().lines().toList();
        assertTrue(lines.size() <= StatusText.LINES, text.human());
        for (var line : lines) {
            assertTrue(line.length() <= StatusText.COLUMNS, line);
            assertTrue(line.chars().noneMatch(Character::isISOControl), line);
        }
        assertTrue(lines.getFirst().contains("ROLLBACK FAILED"), text.human());
        assertTrue(text.human().contains("command    9  DONE  answer 9"), text.human());
        assertTrue(text.human().contains("framesBad"), text.human());
        assertTrue(text.anyFailed());
    }

    @Test
    void whatAScriptReliesOnIsThere() throws IOException {
        var json = status(2, "", DeploymentState.AWAITING_CONFIRMATION).json();
        for (var key : List.of(
                "satellite",
                "boots",
                "uptimeSeconds",
                "running",
                "pipe",
                "storeDigest",
                "validPaths",
                "freeBytes",
                "deployments",
                "profiles",
                "counters",
                "commands")) {
            assertTrue(json.has(key), key);
        }
        var deployment = json.getAsJsonArray("deployments").get(0).getAsJsonObject();
        assertEquals("AWAITING_CONFIRMATION", deployment.get("state").getAsString());
    }

    private StatusText status(int count, String reason, DeploymentState state) throws IOException {
        var files = FlightState.at(directory.resolve("flight"));
        files.init(new SatelliteName("s".repeat(63)));
        files.savePipe("tcp-listen://127.0.0.1:9000?" + "x".repeat(100));
        var reporter = new Reporter(files.flightKey(), files.satellite(), 3);
        for (var counter : Report.Counter.values()) reporter.count(counter, 12_345_678);
        var deployments = IntStream.range(1, 1 + count)
                .mapToObj(number -> new Report.DeploymentReport(
                        number,
                        number % 2 == 0 ? state : DeploymentState.ROLLED_BACK,
                        reason,
                        1,
                        2,
                        3,
                        4,
                        Report.Missing.NONE,
                        Report.Missing.NONE,
                        1,
                        Bytes.EMPTY,
                        Bytes.of(new byte[8])))
                .toList();
        var profile = new Report.ProfileReport("p".repeat(60), 7, Bytes.of(new byte[20]), false, Optional.of(state));
        var results = List.of(
                new CommandResult(9, CommandResult.Outcome.DONE, Bytes.ofUtf8("answer 9"), 0),
                new CommandResult(8, CommandResult.Outcome.DONE, Bytes.ofUtf8("piece"), 700));
        var told = new Reporter.State(
                new StoreView(Sha256.of(new byte[0]), 85, 1L << 40, java.util.Optional.empty()),
                List.of(profile, profile, profile, profile),
                deployments,
                1,
                9,
                results);
        return new StatusText(reporter.whole(Instant.now(), told), files, Optional.empty());
    }
}
