package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import narlink.Bytes;
import narlink.nix.SecretKey;
import narlink.testkit.check.SampleDeployment;
import narlink.wire.Command;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.Message;
import narlink.wire.Opened;
import narlink.wire.Report;
import narlink.wire.Report.Counter;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion;
import narlink.wire.Symbols;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may say what: whatever is not believed is counted, and changes nothing.
final class UplinkTest {
    private static final Instant LATER = Instant.ofEpochSecond(8_000_000_000L);

    @TempDir
    Path directory = Path.of("");

    private final SampleDeployment sample = SampleDeployment.of(2);

    UplinkTest() throws IOException {}

    private interface Story {
        void tell(ReceptionLoop loop, FlightState files) throws Exception;
    }

    private void received(Story story) throws Exception {
        var files = FlightState.at(directory.resolve("state"));
        files.init(sample.satellite());
        files.trust(sample.mission().publicKey());
        try (var small = new SmallStore(directory);
                var loop = new ReceptionLoop(files, small.store, Clock.systemUTC())) {
            story.tell(loop, files);
        }
    }

    private byte[] sealed(Message message, SecretKey key) {
        return Envelope.seal(message, key, Envelope.Direction.UP, sample.satellite());
    }

    private Report report(ReceptionLoop loop, FlightState files) throws Exception {
        var keys = Envelope.Keys.of(List.of(files.flightKey().publicKey()));
        var opened = Envelope.open(loop.settled(), keys, Envelope.Direction.DOWN, sample.satellite());
        return (Report) ((Opened.Trusted) opened).message();
    }

    private static StoreQuestion question(long number) {
        return new StoreQuestion(number, Bytes.of(new byte[8]), new StoreQuestion.Subject.Ids(), List.of(0), 1);
    }

    @Test
    void eachRefusalIsCountedByItsReason() throws Exception {
        received((loop, files) -> {
            var stranger = SecretKey.generate("stranger-1");
            byte[] good = sample.announcementSegment();
            byte[] damaged = good.clone();
            damaged[damaged.length - 1] ^= 1;
            loop.hear(new byte[] {1, 2, 3});
            loop.hear(sealed(sample.announcement(), stranger));
            loop.hear(damaged);
            loop.hear(sealed(
                    new Report(
                            1,
                            1,
                            0,
                            LATER,
                            Report.NO_DIGEST.bytes(),
                            0,
                            0,
                            "",
                            0,
                            0,
                            0,
                            Map.of(),
                            List.of(),
                            List.of(),
                            1,
                            0,
                            List.of(),
                            Optional.empty()),
                    sample.mission()));
            loop.hear(sealed(new StoreAnswer(1, 0, 0, Bytes.EMPTY), sample.mission()));
            loop.damaged(4);
            var report = report(loop, files);
            assertEquals(1, report.counters().get(Counter.SEGMENTS_MALFORMED));
            assertEquals(1, report.counters().get(Counter.SEGMENTS_UNKNOWN_KEY));
            assertEquals(1, report.counters().get(Counter.SEGMENTS_BAD_SIGNATURE));
            assertEquals(2, report.counters().get(Counter.SEGMENTS_UNAUTHORIZED));
            assertEquals(4, report.counters().get(Counter.FRAMES_BAD));
            assertEquals(0, report.counters().get(Counter.SEGMENTS_ACCEPTED));
            assertEquals(List.of(), report.deployments());
        });
    }

    /// Its key is known as soon as an announcement has named it.
    @Test
    void aStationOrdersNothing() throws Exception {
        received((loop, files) -> {
            loop.hear(sample.announcementSegment());
            loop.hear(sealed(sample.announcement(), sample.station()));
            loop.hear(sealed(new Command(1, LATER, new Command.Action.Cancel(1)), sample.station()));
            var report = report(loop, files);
            assertEquals(2, report.counters().get(Counter.SEGMENTS_UNAUTHORIZED));
            assertEquals(0, report.command());
            assertEquals(1, report.deployments().size());
        });
    }

    @Test
    void symbolsAreBelievedForTheirDeploymentOnly() throws Exception {
        received((loop, files) -> {
            loop.hear(sample.announcementSegment());
            var data = Bytes.of(new byte[256]);
            loop.hear(sealed(new Symbols(9, FecObject.PACK, 0, 0, data, 0), sample.station()));
            loop.hear(sealed(new Symbols(1, FecObject.PACK, 0, 0, data, 0), sample.mission()));
            loop.hear(sample.symbolSegments(0).getFirst());
            var report = report(loop, files);
            assertEquals(2, report.counters().get(Counter.SEGMENTS_UNAUTHORIZED));
            assertEquals(1, report.symbols());
        });
    }

    @Test
    void aQuestionIsHeardOnce() throws Exception {
        received((loop, files) -> {
            loop.hear(sealed(question(5), sample.mission()));
            loop.hear(sealed(question(5), sample.mission()));
            loop.hear(sealed(question(4), sample.mission()));
            loop.hear(sealed(question(6), sample.mission()));
            var report = report(loop, files);
            assertEquals(2, report.counters().get(Counter.SEGMENTS_DUPLICATE));
            assertEquals(2, report.counters().get(Counter.SEGMENTS_ACCEPTED));
        });
    }

    @Test
    void aPollIsRepeatedInTheReport() throws Exception {
        received((loop, files) -> {
            loop.hear(sample.announcementSegment());
            loop.hear(sealed(new Symbols(1, FecObject.PACK, 0, 3, Bytes.of(new byte[256]), 77), sample.station()));
            assertEquals(77, report(loop, files).poll());
        });
    }
}
