package narlink.testkit.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import narlink.Bytes;
import narlink.nix.SecretKey;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.Report;
import narlink.wire.Report.DeploymentReport;
import narlink.wire.Report.Missing;
import org.junit.jupiter.api.Test;

/// Receivers that do it wrong are found out, and told how.
final class ReceiverCheckTest {
    private static final SecretKey FLIGHT = SecretKey.generate("flight-1");

    private final SampleDeployment sample = SampleDeployment.of(1);
    private final AtomicLong sequence = new AtomicLong();

    ReceiverCheckTest() throws IOException {}

    /// Hears nothing, and says always the same.
    private interface Deaf extends TestedReceiver {
        @Override
        default void hear(byte[] segment) {}
    }

    private byte[] report(SecretKey key, long number, List<DeploymentReport> deployments) {
        var report = new Report(
                number,
                1,
                0,
                Instant.EPOCH,
                Report.NO_DIGEST.bytes(),
                0,
                0,
                "aarch64-linux",
                0,
                0,
                0,
                Map.of(),
                deployments,
                List.of(),
                1,
                0,
                List.of(),
                Optional.empty());
        return Envelope.seal(report, key, Envelope.Direction.DOWN, sample.satellite());
    }

    private DeploymentReport told(DeploymentState state, int blocks) {
        return new DeploymentReport(
                1,
                state,
                "no room",
                blocks,
                3,
                2,
                0,
                Missing.NONE,
                Missing.NONE,
                -1,
                Bytes.EMPTY,
                DeploymentReport.prefix(sample.announcement()));
    }

    private String complaint(Deaf receiver) {
        var check = new ReceiverCheck(sample, FLIGHT.publicKey(), 1);
        return String.valueOf(
                assertThrows(AssertionError.class, () -> check.run(receiver)).getMessage());
    }

    @Test
    void silenceIsNoReport() {
        assertEquals("it reports nothing", complaint(List::of));
    }

    @Test
    void reportsMustBeSignedByTheFlightKey() {
        byte[] forged = report(SecretKey.generate("flight-1"), 1, List.of());
        assertTrue(complaint(() -> List.of(forged)).startsWith("it sends what its key did not sign"));
    }

    @Test
    void strangersMustNotBeBelieved() {
        byte[] believing = report(FLIGHT, 1, List.of(told(DeploymentState.RECEIVING, 0)));
        assertEquals("it believes a deployment that no mission key signed for it", complaint(() -> List.of(believing)));
    }

    @Test
    void reportsMustBeNumberedOn() {
        assertEquals("report 1 comes behind 1", complaint(() -> List.of(report(FLIGHT, 1, List.of()))));
    }

    /// After the first report, which must be empty, each tells one more of these.
    private Deaf telling(DeploymentReport... reports) {
        return () -> {
            int number = (int) sequence.getAndIncrement();
            var told =
                    number == 0 ? List.<DeploymentReport>of() : List.of(reports[Math.min(number, reports.length) - 1]);
            return List.of(report(FLIGHT, number, told));
        };
    }

    @Test
    void whatWasAcknowledgedMustNotBeTakenBack() {
        var back = telling(told(DeploymentState.RECEIVING, 2), told(DeploymentState.RECEIVING, 1));
        assertEquals("2 blocks were durable, now it is 1", complaint(back));
    }

    @Test
    void aFailureIsToldWithItsReason() {
        assertEquals("it fails: no room", complaint(telling(told(DeploymentState.FAILED, 0))));
    }

    @Test
    void itMustComeToAnEndAndStayThere() {
        assertEquals(
                "after 30 passes the deployment is RECEIVING", complaint(telling(told(DeploymentState.RECEIVING, 0))));
        sequence.set(0);
        assertEquals(
                "it goes on from CONFIRMED to RECEIVING",
                complaint(telling(told(DeploymentState.CONFIRMED, 3), told(DeploymentState.RECEIVING, 3))));
    }

    /// The README shows the examples as they are run.
    @Test
    void theReadmeShowsWhatIsRun() throws IOException {
        var readme = Files.readString(Path.of("..", "README.md"));
        var source = Files.readString(Path.of("src/test/java/narlink/testkit/check/PipeExampleTest.java"));
        var example = source.substring(source.indexOf("@Test") + "@Test\n".length(), source.lastIndexOf('}'))
                .stripTrailing()
                .stripIndent();
        assertTrue(example.lines().count() <= 30 && readme.contains(example), example);
    }
}
