package narlink.ground;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// When the announcements of a pass were said, and when they are to be said again: twice as late each time.
final class Announcing {
    private static final int MOST_DOUBLED = 6;

    private final Map<Integer, Said> said = new HashMap<>();

    private record Said(Instant at, int times) {}

    void said(int deployment, Instant now) {
        said.merge(deployment, new Said(now, 1), (last, one) -> new Said(now, last.times() + 1));
    }

    /// It has arrived: what is asked by it from now on counts anew.
    void arrived(int deployment) {
        said.computeIfPresent(deployment, (number, last) -> new Said(last.at(), 0));
    }

    /// How often since the pass began, or since it arrived.
    int times(int deployment) {
        var last = said.get(deployment);
        return last == null ? 0 : last.times();
    }

    /// @param first after the first time
    /// @param most at most
    /// @return when it is to be said again; at once where it never was
    Instant due(int deployment, Duration first, Duration most) {
        var last = said.get(deployment);
        if (last == null) return Instant.MIN;
        var pause = first.multipliedBy(1L << Math.clamp(last.times() - 1L, 0, MOST_DOUBLED));
        return last.at().plus(pause.compareTo(most) < 0 ? pause : most);
    }
}
