package narlink.ground.http;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;

/// How fast a count has grown lately.
final class RateMeter {
    private static final Duration WINDOW = Duration.ofSeconds(5);
    /// Samples that lie closer together are one.
    private static final Duration STEP = Duration.ofMillis(200);

    private record Sample(Instant time, long count) {}

    private final ArrayDeque<Sample> samples = new ArrayDeque<>();

    void count(Instant now, long count) {
        // The clock was set back: what came before can't be compared.
        if (!samples.isEmpty() && now.isBefore(samples.getLast().time())) samples.clear();
        if (!samples.isEmpty() && now.isBefore(samples.getLast().time().plus(STEP))) return;
        forget(now);
        samples.add(new Sample(now, count));
    }

    /// @param count the count at `now`
    /// @return by how much it grows in a second
    double perSecond(Instant now, long count) {
        forget(now);
        if (samples.isEmpty()) return 0;
        var first = samples.getFirst();
        double seconds =
                Math.max(STEP.toMillis(), Duration.between(first.time(), now).toMillis()) / 1000.0;
        return (count - first.count()) / seconds;
    }

    /// Keeps one sample from before the window, so that silence shows as such.
    private void forget(Instant now) {
        var begin = now.minus(WINDOW);
        while (samples.size() > 1 && second().time().isBefore(begin)) samples.removeFirst();
    }

    private Sample second() {
        var each = samples.iterator();
        each.next();
        return each.next();
    }
}
