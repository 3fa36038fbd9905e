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
    private @Nullable Duration answer;
    private @Nullable Arrivals before;

    /// What had been sent when a poll was.
    ///
    /// @param sent ESIs used, by deployment, object and block
    /// @param symbols in this pass
    record Sounding(Instant at, Map<Integer, Map<FecObject, int[]>> sent, long symbols) {}

    /// What a report counted, and what had been sent by then.
    private record Arrivals(int boots, long symbols, long sent) {}

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

    /// How long an answer may take.
    Duration answerWithin() {
        return answer == null ? unmeasured : answer.multipliedBy(5).dividedBy(4).plus(GRACE);
    }

    /// How long nothing may be heard, while polls go out, before nobody is thought to hear: about one answer, more
    /// where answers get lost.
    Duration silence() {
        double missed = Math.min(0.9, loss + loss * loss * loss);
        int misses = missed < 0.01 ? 1 : (int) Math.ceil(StrictMath.log(FALSE_ALARM) / StrictMath.log(missed));
        return every.multipliedBy(Math.min(misses + patience, MOST_MISSES)).plus(answerWithin());
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
    void on(Report report, Instant now) {
        var sounding = polls.get(report.poll());
        if (sounding == null || report.poll() == answered) return;
        answered = report.poll();
        var took = Duration.between(sounding.at(), now);
        // Long ones count at once, short ones little by little.
        answer = answer == null || took.compareTo(answer) > 0
                ? took
                : answer.multipliedBy(7).plus(took).dividedBy(8);
        measure(new Arrivals(report.boots(), report.symbols(), sounding.symbols()));
    }

    /// Symbols that were sent between two polls against those that arrived.
    private void measure(Arrivals now) {
        if (before == null || before.boots() != now.boots()) {
            before = now;
            return;
        }
        long sent = now.sent() - before.sent();
        if (sent < TELLING) return;
        double lost = Math.clamp(1 - (double) (now.symbols() - before.symbols()) / sent, 0, 0.95);
        double weight = Math.min(1, sent / FORGOTTEN);
        loss = loss * (1 - weight) + lost * weight;
        before = now;
    }

    /// What is lost from the last answer to the next one tells nothing of the link as it is when it works.
    void interrupted() {
        before = null;
    }
}
