package narlink.ground;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A time in which a station sees a satellite, once or again and again.
///
/// @param rate bits per second in this contact; none: the link's own
/// @param every from one beginning to the next; none: it comes once
public record Contact(
        StationLink.Route route, Instant begin, Instant end, OptionalLong rate, Optional<Duration> every) {
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    /// What lies beyond is a slip of the pen.
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    public Contact {
        if (begin.isBefore(EARLIEST) || end.isAfter(LATEST)) {
            throw new IllegalArgumentException("it is not between the years 1 and 9999");
        }
        if (!begin.isBefore(end)) throw new IllegalArgumentException("it ends at " + end + ", before it began");
        if (rate.isPresent() && rate.getAsLong() < 1) throw new IllegalArgumentException("a rate of nothing");
        if (every.isPresent() && every.get().compareTo(Duration.between(begin, end)) < 0) {
            throw new IllegalArgumentException("it comes again every " + every.get() + ", before it has ended");
        }
    }

    /// The occurrence that runs at `now`, else the next one; none if all is over.
    Optional<Contact> at(Instant now) {
        if (now.isBefore(end)) return Optional.of(this);
        return every.map(period -> {
            long over = Duration.between(end, now).toMillis() / period.toMillis() + 1;
            var later = period.multipliedBy(over);
            return new Contact(route, begin.plus(later), end.plus(later), rate, every);
        });
    }

    /// What is left of it when the occurrence that runs at `now` ends there; all of it where none runs.
    public List<Contact> endedAt(Instant now) {
        var running = at(now).filter(contact -> contact.runs(now));
        if (running.isEmpty()) return List.of(this);
        var begun = running.get().begin();
        var left = new ArrayList<Contact>();
        // A trace of it stays: a route without any contact is always open.
        var before = begun.isBefore(now) ? begun : now.minusMillis(1);
        left.add(new Contact(route, before, now, rate, Optional.empty()));
        every.ifPresent(period -> left.add(
                new Contact(route, begun.plus(period), running.get().end().plus(period), rate, every)));
        return left;
    }

    boolean runs(Instant now) {
        return !now.isBefore(begin) && now.isBefore(end);
    }
}
