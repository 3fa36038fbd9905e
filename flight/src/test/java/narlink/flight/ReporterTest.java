package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.SecretKey;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.Frames;
import narlink.wire.Opened;
import narlink.wire.Report;
import narlink.wire.Report.Counter;
import narlink.wire.SatelliteName;
import narlink.wire.Symbols;
import org.junit.jupiter.api.Test;

final class ReporterTest {
    private static final SecretKey KEY = SecretKey.generate("flight-1");
    private static final SatelliteName SATELLITE = new SatelliteName("s".repeat(63));

    @Test
    void whateverThereIsToTellFitsOneSegment() {
        var reporter = new Reporter(KEY, SATELLITE, Integer.MAX_VALUE);
        for (var counter : Report.Counter.values()) reporter.count(counter, Long.MAX_VALUE / 2);
        var more = new Symbols(1, FecObject.PACK, 0, 0, Bytes.of(new byte[1]), 0);
        reporter.heard(more, Integer.MAX_VALUE);
        reporter.polled(Integer.MAX_VALUE);
        var profiles = Collections.nCopies(
                20,
                new Report.ProfileReport(
                        "p".repeat(63),
                        Integer.MAX_VALUE,
                        Bytes.of(new byte[20]),
                        true,
                        Optional.of(DeploymentState.ROLLBACK_FAILED)));
        var store =
                new StoreView(Sha256.of(new byte[0]), Integer.MAX_VALUE, Long.MAX_VALUE, java.util.Optional.empty());
        var deployments = IntStream.range(0, 60)
                .mapToObj(i -> new Report.DeploymentReport(
                        Integer.MAX_VALUE - i,
                        i % 3 == 0 ? DeploymentState.ROLLED_BACK : DeploymentState.RECEIVING,
                        "ü".repeat(Report.MAX_TEXT),
                        16_000,
                        16_000,
                        100_000,
                        100_000,
                        new Report.Missing(16_000, Collections.nCopies(Report.Missing.MAX_BLOCKS, 56_403)),
                        new Report.Missing(16_000, Collections.nCopies(Report.Missing.MAX_BLOCKS, 56_403)),
                        255,
                        Bytes.of(new byte[Report.MAX_TEXT]),
                        Bytes.of(new byte[8]),
                        Collections.nCopies(
                                Report.DeploymentReport.MAX_UNUSABLE, new Report.Unusable(Integer.MAX_VALUE / 2, true)),
                        true))
                .toList();
        var results = IntStream.range(0, 4)
                .mapToObj(i -> new Report.CommandResult(
                        Integer.MAX_VALUE - i,
                        Report.CommandResult.Outcome.FAILED,
                        Bytes.of(new byte[Report.CommandResult.MAX_TEXT]),
                        Integer.MAX_VALUE))
                .toList();
        byte[] segment = reporter.brief(
                Instant.MAX.minusSeconds(40_000_000_000L),
                new Reporter.State(store, profiles, deployments, Integer.MAX_VALUE, Integer.MAX_VALUE, results));
        assertTrue(segment.length <= Reporter.MAX_SEGMENT, segment.length + " bytes");
        var report = opened(segment);
        assertTrue(!report.deployments().isEmpty());
        assertEquals(Integer.MAX_VALUE - 1, report.deployments().getFirst().deployment());
        // The newest command's answer is told whatever else there is.
        assertEquals(results.getFirst(), report.results().getFirst());
    }

    @Test
    void aTransferInItsMiddleTakesLittle() {
        var reporter = new Reporter(KEY, new SatelliteName("sat-7"), 3, "aarch64-linux");
        reporter.begin();
        reporter.polled(1_900_000);
        for (int esi = 0; esi < 60_000; esi += 3) {
            reporter.heard(new Symbols(5, FecObject.PACK, 1, esi, Bytes.of(new byte[1]), 0), 1);
        }
        reporter.count(Counter.SEGMENTS_ACCEPTED, 20_000);
        var profile = new Report.ProfileReport("default", 300, Bytes.of(new byte[20]), true, Optional.empty());
        var store = new StoreView(Sha256.of(new byte[0]), 85, 1L << 36, java.util.Optional.empty());
        var blocks = new Report.Missing(3, List.of(120, 1800, 1800, 1800));
        var deployment = new Report.DeploymentReport(
                5,
                DeploymentState.RECEIVING,
                "",
                3,
                7,
                25,
                7,
                Report.Missing.NONE,
                blocks,
                -1,
                Bytes.EMPTY,
                Bytes.of(new byte[8]));
        byte[] segment = reporter.brief(
                Instant.now(), new Reporter.State(store, List.of(profile), List.of(deployment), 5, 0, List.of()));
        assertTrue(Frames.DATAGRAM_OVERHEAD + segment.length <= 200, segment.length + " bytes");
    }

    @Test
    void textsAreCutByBytesAndBetweenCharacters() {
        assertEquals("ü".repeat(100), Reporter.cut("ü".repeat(100), 200));
        assertEquals("ü".repeat(98) + "…", Reporter.cut("ü".repeat(101), 200));
        assertEquals("🛰".repeat(3) + "…", Reporter.cut("🛰".repeat(5), 17));
        assertEquals("", Reporter.cut("", 60));
    }

    private static Report opened(byte[] segment) {
        var keys = Envelope.Keys.of(List.of(KEY.publicKey()));
        var opened = Envelope.open(segment, keys, Envelope.Direction.DOWN, SATELLITE);
        return assertInstanceOf(
                Report.class, assertInstanceOf(Opened.Trusted.class, opened).message());
    }
}
