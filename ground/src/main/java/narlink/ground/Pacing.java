package narlink.ground;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/// When the next segment may go out, so that a pipe gets its rate and no more. A delay on this machine is made up for,
/// but not all at once: what comes much faster than the rate is lost in the buffers of modems.
final class Pacing {
    /// What a delay may last at most that is made up for.
    private static final Duration CATCH_UP = Duration.ofMillis(500);
    /// How much faster than the rate is sent meanwhile.
    private static final double HASTE = 1.5;
    /// What may be sent at once: sleeping is not more exact.
    private static final Duration AT_ONCE = Duration.ofMillis(20);

    private final OptionalLong rate;
    private Instant paced;
    private Instant hasted;

    /// @param rate bits per second; none: as fast as the pipe takes them
    Pacing(OptionalLong rate, Instant began) {
        this.rate = rate;
        this.paced = began;
        this.hasted = began;
    }

    /// Notes what went out.
    ///
    /// @return when the next may follow
    Instant sent(int bytes, Instant now) {
        if (rate.isEmpty()) return now;
        double takes = bytes * 8e9 / rate.getAsLong();
        paced = later(paced, now.minus(CATCH_UP)).plusNanos((long) takes);
        hasted = later(hasted, now.minus(AT_ONCE)).plusNanos((long) (takes / HASTE));
        return later(paced, hasted);
    }

    /// There was nothing to send: that is no delay to make up for.
    void rested(Instant now) {
        paced = later(paced, now);
    }

    /// Nothing was to be sent so far, whatever went out before.
    void restart(Instant now) {
        paced = now;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
