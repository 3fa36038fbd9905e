package narlink.ground;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;
import narlink.ground.ledger.SqlLedger;
import narlink.nix.SecretKey;
import narlink.wire.Announcement;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.Report;
import narlink.wire.Report.DeploymentReport;
import narlink.wire.Report.Missing;
import narlink.wire.SatelliteName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Earth makes of deployments that a report says nothing of.
final class ReportIntakeTest {
    private static final SatelliteName NAME = new SatelliteName("sat-7");
    private static final SecretKey FLIGHT = SecretKey.generate("flight-1");
    private static final SecretKey MISSION = SecretKey.generate("mission-1");
    private static final Sha256 HASH = Sha256.of(new byte[] {1});
    private static final Instant EXPIRES = Instant.ofEpochSecond(2_000_000_000L);
    private static final Instant BEFORE = EXPIRES.minusSeconds(1);

    @TempDir
    Path directory;

    private Optional<SqlLedger> opened = Optional.empty();
    private long sequence;

    private SqlLedger ledger() {
        return opened.orElseThrow();
    }

    @BeforeEach
    void open() throws IOException {
        opened = Optional.of(SqlLedger.open(directory.resolve("narlink.db")));
        ledger().add(new Satellite(NAME, FLIGHT.publicKey(), Optional.of("aarch64-linux")));
        for (int number = 1; number <= 3; number++) ledger().add(deployment(number));
    }

    @AfterEach
    void close() {
        ledger().close();
    }

    @Test
    void whatTheSatelliteHasLostEndsOnceItHasExpired() {
        heard(BEFORE, told(2, DeploymentState.RECEIVING), told(1, DeploymentState.CONFIRMED));
        heard(BEFORE, told(1, DeploymentState.CONFIRMED));
        assertEquals(Deployment.State.RECEIVING, state(2), "it may be announced again");
        heard(EXPIRES, told(1, DeploymentState.CONFIRMED));
        assertEquals(Deployment.State.EXPIRED, state(2));
        assertEquals(Deployment.State.QUEUED, state(3), "nobody has heard of it yet");
    }

    @Test
    void whatHadBegunToChangeTheSystemHasFailed() {
        heard(BEFORE, told(2, DeploymentState.ROLLBACK_FAILED));
        heard(EXPIRES);
        assertEquals(Deployment.State.FAILED, state(2));
    }

    @Test
    void whatMayNotHaveFittedIsNotTakenForLost() {
        heard(BEFORE, told(2, DeploymentState.RECEIVING));
        heard(EXPIRES, told(3, DeploymentState.RECEIVING), told(1, DeploymentState.ROLLBACK_FAILED));
        assertEquals(Deployment.State.RECEIVING, state(2), "it is the oldest of those that can be left out");
        heard(EXPIRES, told(3, DeploymentState.RECEIVING), told(1, DeploymentState.RECEIVING));
        assertEquals(Deployment.State.EXPIRED, state(2), "an older one is told");
    }

    private Deployment.State state(int number) {
        return ledger().deployments(NAME).stream()
                .filter(deployment -> deployment.number() == number)
                .findFirst()
                .orElseThrow()
                .progress()
                .state();
    }

    private void heard(Instant now, DeploymentReport... deployments) {
        var report = new Report(
                ++sequence,
                1,
                0,
                now,
                Report.shortDigest(HASH),
                0,
                0,
                "aarch64-linux",
                0,
                0,
                0,
                Map.of(),
                List.of(deployments),
                List.of(),
                1,
                0,
                List.of(),
                Optional.empty());
        var intake = new ReportIntake(ledger(), ledger().satellite(NAME).orElseThrow());
        var taken = intake.take(Envelope.seal(report, FLIGHT, Envelope.Direction.DOWN, NAME), now);
        assertInstanceOf(ReportIntake.Taken.Believed.class, taken);
    }

    private static DeploymentReport told(int number, DeploymentState state) {
        return new DeploymentReport(
                number,
                state,
                "",
                0,
                1,
                1,
                0,
                Missing.NONE,
                Missing.NONE,
                -1,
                Bytes.EMPTY,
                DeploymentReport.prefix(announcement(number)));
    }

    private static Announcement announcement(int number) {
        return new Announcement(
                number,
                1,
                new Oti(3, 8, 1),
                Optional.of(new Oti(1000, 16, 1)),
                Sha256.of(new byte[] {(byte) number}),
                Report.shortDigest(HASH),
                List.of(Bytes.of(new byte[32])),
                EXPIRES,
                1);
    }

    private static Deployment deployment(int number) {
        var announcement = announcement(number);
        return new Deployment(
                NAME,
                announcement,
                Envelope.seal(announcement, MISSION, Envelope.Direction.UP, NAME),
                new byte[] {1},
                "sat-7.pack",
                List.of(),
                "default",
                List.of(),
                Instant.EPOCH,
                Deployment.Progress.QUEUED,
                "daemon");
    }
}
