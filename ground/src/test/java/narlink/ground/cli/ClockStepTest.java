package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import narlink.ground.Asking;
import narlink.ground.Clocks;
import narlink.ground.Link;
import narlink.ground.Pass;
import narlink.ground.Satellite;
import narlink.wire.FrameReader;
import narlink.wire.Frames;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody sets the clock in the middle of a pass.
final class ClockStepTest {
    private static final long RATE = 256_000;

    @TempDir
    Path directory = Path.of("");

    /// The machine's time, by so much off.
    private static final class Settable extends Clock {
        private volatile Duration off = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(off);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /// A pipe to a far end in this very thread, which sets the clock at its twentieth segment.
    private static final class SteppedLink implements Link {
        private final FarEnd end;
        private final Runnable step;
        private final FrameReader reader = new FrameReader();
        private final BlockingQueue<byte[]> down = new LinkedBlockingQueue<>();
        private int sent;

        SteppedLink(FarEnd end, Runnable step) {
            this.end = end;
            this.step = step;
            hear(end.connected());
        }

        private void hear(byte[] frame) {
            reader.feed(frame, 0, frame.length, down::add);
        }

        @Override
        public int send(byte[] segment) {
            if (++sent == 20) step.run();
            byte[] frame = Frames.frame(segment);
            end.hear(frame, frame.length).forEach(this::hear);
            return frame.length;
        }

        @Override
        public Heard next(Duration most) throws InterruptedException {
            byte[] segment = down.poll(most.toNanos(), TimeUnit.NANOSECONDS);
            return segment == null ? new Heard.Nothing() : new Heard.Segment(segment);
        }

        @Override
        public void close() throws IOException {}
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    @Timeout(120)
    void aPassGoesOnAsIfNothingHadHappened(int hours) throws Exception {
        try (var crowd = new Crowd(directory, new Crowd.Shape(1, 400_000, RATE, 0.1))) {
            var clock = new Settable();
            var end = crowd.ends.getFirst();
            try (var ledger = crowd.ledger()) {
                Satellite satellite = ledger.satellite(end.name()).orElseThrow();
                var pass = new Pass(
                        ledger,
                        satellite,
                        crowd.files.stationKey(),
                        crowd.files.packs(),
                        new Pass.Settings(
                                OptionalLong.of(RATE),
                                Duration.ofMinutes(5),
                                Pass.Settings.SEGMENT_SIZE,
                                Optional.empty(),
                                Pass.Forward.OPEN),
                        Clocks.of(clock),
                        tally -> {},
                        new Asking(ledger, satellite, crowd.files.missionKey(), url -> {
                            throw new IOException("no store");
                        }));
                var link = new SteppedLink(end, () -> clock.off = Duration.ofHours(hours));
                assertTrue(pass.fly(link).delivered());
                assertTrue(end.count().complete());
                var age = Duration.between(
                        ledger.lastReport(end.name()).orElseThrow().heard(), clock.instant());
                assertTrue(age.abs().compareTo(Duration.ofMinutes(2)) < 0, "the last report is " + age + " old");
            }
            assertEquals(List.of(), crowd.contradictions(Crowd.Ending.SETTLED));
        }
    }
}
