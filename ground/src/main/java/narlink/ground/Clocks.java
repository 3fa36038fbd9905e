package narlink.ground;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.Supplier;

/// The time of day, and how long things take: somebody may set the first at any moment, and no timer of a pass may
/// stand still or run out by that.
///
/// @param wall what people, contact plans and satellites call the time
/// @param steady makes clocks that begin with the wall's time and then go on evenly
public record Clocks(Clock wall, Supplier<Clock> steady) {
    /// @param wall that may be set
    public static Clocks of(Clock wall) {
        return new Clocks(wall, () -> new Steady(wall.instant(), System.nanoTime()));
    }

    private static final class Steady extends Clock {
        private final Instant began;
        private final long nanos;

        Steady(Instant began, long nanos) {
            this.began = began;
            this.nanos = nanos;
        }

        @Override
        public Instant instant() {
            return began.plus(Duration.ofNanos(System.nanoTime() - nanos));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("nobody asks what day it is");
        }
    }
}
