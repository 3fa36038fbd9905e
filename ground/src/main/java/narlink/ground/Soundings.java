package narlink.ground;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import narlink.wire.FecObject;
import narlink.wire.Report;
import org.jspecify.annotations.Nullable;

/// What answers to polls tell of the link: how long one takes, how much of what is sent gets lost, and from when on
/// silence means that nobody hears. Knows no clock: time comes in with each call.
final class Soundings {
    private static final int KEPT = 64;
    private static final Duration GRACE = Duration.ofMillis(100);
    /// By how much an answer may come later than the one before.
    private static final Duration LATE = Duration.ofMillis(100);
    /// Symbols that have to be sent between two answers before they tell of loss.
    private static final int TELLING = 64;
    /// Symbols after which what was known of loss before counts no more.
    private static final double FORGOTTEN = 1024;
    /// How probable it may be that nobody is heard though the link is well.
    private static final double FALSE_ALARM = 0.02;

    private static final int MOST_MISSES = 8;

    private final Duration every;
    private final Duration unmeasured;
    private final Map<Integer, Sounding> polls = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Sounding> eldest) {
            return size() > KEPT;
        }
    };
    private int next;
    private int answered;
    private int patience;
    private double loss;
    private double run;
    private @Nullable Duration answer;
    private @Nullable Arrivals before;
    private Instant since = Instant.MIN;
    private Instant measuredSince = Instant.MIN;

    /// What had been sent when a poll was.
    ///
    /// @param sent ESIs used, by deployment, object and block
    /// @param symbols in this pass
    /// @param segments that these went up in
    record Sounding(Instant at, Map<Integer, Map<FecObject, int[]>> sent, long symbols, long segments) {}

    /// What a report counted, and what had been sent by then.
    private record Arrivals(int boots, long symbols, long gaps, Sounding sent) {}

    /// What got lost between two answered polls.
    ///
    /// @param from when the first of them was sent
    /// @param to when the second was
    record Measured(Instant from, Instant to, long segments, double loss) {}

    /// @param every how often polls are sent while symbols flow
    /// @param unmeasured how long an answer may take as long as none was heard
    /// @param loss what is believed as long as nothing was measured
    Soundings(int firstPoll, Duration every, Duration unmeasured, double loss) {
        this.next = Math.max(1, firstPoll);
        this.every = every;
        this.unmeasured = unmeasured;
        this.loss = loss;
    }

    /// The share of symbols that gets lost.
    double loss() {
        return loss;
    }

    /// Symbols that get lost together, on average; 0 where nothing was seen to get lost.
    double run() {
        return run;
    }

    /// How long an answer may take.
    Duration answerWithin() {
        return answer == null ? unmeasured : answer.multipliedBy(5).dividedBy(4).plus(GRACE);
    }

    /// How often polls are sent while symbols flow: less often where most of what comes back would be reports.
    Duration every() {
        return every.plus(Duration.ofNanos((long) (every.toNanos() * loss / 2)));
    }

    /// How many single segments have to ask until one of them is likely to be answered.
    int asking() {
        return tries(1 - (1 - loss) * (1 - loss));
    }

    private static int tries(double missing) {
        double missed = Math.min(0.9, missing);
        return missed < 0.01 ? 1 : (int) Math.ceil(StrictMath.log(FALSE_ALARM) / StrictMath.log(missed));
    }

    /// How long nothing may be heard, while polls go out, before nobody is thought to hear: until the next answer is
    /// due, and some more where answers get lost.
    Duration silence() {
        int misses = tries(loss + loss * loss * loss);
        var late = answer == null ? unmeasured : answer.dividedBy(8).plus(LATE);
        return every().multipliedBy(Math.min(misses + patience, MOST_MISSES)).plus(late);
    }

    /// Silence was taken for a dead link, and the next answer came at once: from now on it may last longer.
    void falseAlarm() {
        patience++;
    }

    /// The number of the next poll.
    int number() {
        int poll = next;
        next = next == Integer.MAX_VALUE ? 1 : next + 1;
        return poll;
    }

    /// Notes what had been sent with a poll.
    void polled(int poll, Sounding sounding) {
        polls.put(poll, sounding);
    }

    /// What is settled by a report: nobody knows better than the last poll that it answers.
    Optional<Sounding> settledBy(Report report) {
        return Optional.ofNullable(polls.get(report.poll()));
    }

    /// Learns from a report.
    Optional<Measured> on(Report report, Instant now) {
        var sounding = polls.get(report.poll());
        if (sounding == null || report.poll() == answered) return Optional.empty();
        answered = report.poll();
        // What was heard before the link fell silent, and is told only now, says nothing of how long answers take.
        if (sounding.at().isBefore(since)) return Optional.empty();
        var took = Duration.between(sounding.at(), now);
        // Long ones count at once, short ones little by little.
        answer = answer == null || took.compareTo(answer) > 0
                ? took
                : answer.multipliedBy(7).plus(took).dividedBy(8);
        if (sounding.at().isBefore(measuredSince)) return Optional.empty();
        return measure(new Arrivals(report.boots(), report.symbols(), report.gaps(), sounding));
    }

    /// Symbols that were sent between two polls against those that arrived.
    private Optional<Measured> measure(Arrivals now) {
        var last = before;
        if (last == null || last.boots() != now.boots()) {
            before = now;
            return Optional.empty();
        }
        long sent = now.sent().symbols() - last.sent().symbols();
        if (sent < TELLING) return Optional.empty();
        long arrived = now.symbols() - last.symbols();
        double lost = Math.clamp(1 - (double) arrived / sent, 0, 0.95);
        double weight = Math.min(1, sent / FORGOTTEN);
        loss = loss * (1 - weight) + lost * weight;
        long gaps = now.gaps() - last.gaps();
        if (gaps > 0 && arrived < sent) {
            double length = (double) (sent - arrived) / gaps;
            run = run == 0 ? length : run * (1 - weight) + length * weight;
        }
        before = now;
        return Optional.of(new Measured(
                last.sent().at(),
                now.sent().at(),
                now.sent().segments() - last.sent().segments(),
                lost));
    }

    /// Nobody hears: polls so far tell no more.
    void silent(Instant now) {
        interrupted(now);
        since = now;
    }

    /// What was lost so far tells nothing of the link as it is when it works: loss is measured between polls from now
    /// on.
    void interrupted(Instant now) {
        before = null;
        measuredSince = now;
    }
}
