package narlink.ground;

import java.time.Duration;
import java.time.Instant;

/// Nobody answers: ever more slowly it is asked whether anybody hears.
///
/// @param due when it is to be asked again
/// @param pause until the time after that
/// @param most the longest pause
record Silence(Instant since, Instant due, Duration pause, Duration most) {
    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    /// @param answer what one may take, which is long on slow links
    static Silence from(Instant now, Duration answer) {
        return new Silence(now, now, longer(FIRST, answer.dividedBy(8)), longer(LONGEST, answer.dividedBy(2)));
    }

    /// After it was asked.
    Silence asked(Instant now) {
        var next = pause.multipliedBy(3).dividedBy(2);
        return new Silence(since, now.plus(pause), next.compareTo(most) < 0 ? next : most, most);
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }
}
