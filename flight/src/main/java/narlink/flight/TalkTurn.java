package narlink.flight;

import java.time.Duration;

/// When this end of a link that carries one direction at a time may talk. When it is asked: once it has turned round, a
/// report, and then what was asked for. And a report where nothing was heard for a while, since whoever has nothing to
/// ask only listens. Reads no clock: times are nanoseconds of any one clock.
public final class TalkTurn {
    /// Not before it is asked.
    public static final long NEVER = Long.MAX_VALUE;

    /// How long Earth listens for at least, for the first thing that comes and after each.
    private static final long LASTS = Duration.ofMillis(1500).toNanos();

    /// After so long a silence nobody is likely to be talked into.
    private static final long QUIET = Duration.ofSeconds(3).toNanos();

    private final long turnaround;
    private boolean given;
    private boolean reported;
    private long from;
    private long until;
    private long last;

    /// @param now when the link was opened
    public TalkTurn(Duration turnaround, long now) {
        this.turnaround = turnaround.toNanos();
        this.last = now;
    }

    /// Somebody on Earth has asked, and listens.
    public void asked(long now) {
        given = true;
        reported = false;
        from = now + turnaround;
        until = from + LASTS;
    }

    /// Something has come up, whatever it was.
    public void heard(long now) {
        last = now;
    }

    /// Nanoseconds until a report, or an answer, may be sent.
    public long due(boolean report, long now) {
        boolean turn = given && now < until && !(report && reported);
        if (turn) return Math.max(0, from - now);
        return report ? Math.max(0, last + QUIET - now) : NEVER;
    }

    /// Notes that something is sent until `end`.
    public void said(boolean report, long end) {
        if (report) reported = true;
        until = end + LASTS;
        last = end;
    }
}
