package narlink.ground.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Simulated time and everything that is still to happen in it. One thing happens at a time, in an order that follows
/// from the seed alone: by its time, then by when it was asked for.
final class World {
    /// When simulations begin.
    static final Instant BEGIN = Instant.parse("2031-03-01T00:00:00Z");

    private final PriorityQueue<Due> queue = new PriorityQueue<>();
    private long nanos;
    private long asked;
    private @Nullable Fiber running;

    private record Due(long nanos, long number, Runnable what) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    /// Nanoseconds since the simulation began.
    long nanos() {
        return nanos;
    }

    Instant now() {
        return BEGIN.plusNanos(nanos);
    }

    void after(Duration time, Runnable what) {
        at(nanos + time.toNanos(), what);
    }

    /// Has something happen at a time, or at once where that has passed.
    void at(long time, Runnable what) {
        queue.add(new Due(Math.max(time, nanos), asked++, what));
    }

    /// When the next thing happens.
    Optional<Duration> next() {
        return Optional.ofNullable(queue.peek()).map(due -> Duration.ofNanos(due.nanos() - nanos));
    }

    /// Lets the next thing happen; false if there is none by `until`.
    boolean step(long until) {
        var due = queue.peek();
        if (due == null || due.nanos() > until) {
            nanos = Math.max(nanos, until);
            return false;
        }
        queue.remove();
        nanos = due.nanos();
        due.what().run();
        return true;
    }

    /// Runs something that may wait; `over` hears how it ended, null where it came to its end.
    Fiber start(String name, Runnable body, java.util.function.Consumer<@Nullable Throwable> over) {
        var fiber = new Fiber(name, body, over, this);
        at(nanos, fiber::resume);
        return fiber;
    }

    /// The one that runs now.
    ///
    /// @throws IllegalStateException where what runs may not wait
    Fiber current() {
        if (running == null) throw new IllegalStateException("only a fiber may wait");
        return running;
    }

    void enter(@Nullable Fiber fiber) {
        running = fiber;
    }

    /// Lets simulated time pass for the fiber that calls.
    void sleep(Duration time) {
        var fiber = current();
        long ticket = fiber.ticket();
        after(time, () -> fiber.wake(ticket));
        fiber.pause();
    }
}
