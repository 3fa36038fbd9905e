package narlink.ground;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import narlink.wire.Announcement;
import narlink.wire.FecObject;
import narlink.wire.Frames;
import narlink.wire.Report;
import narlink.wire.Symbols;
import org.jspecify.annotations.Nullable;

/// Decides what goes up next in one pass. Knows no clock, pipe or file: time comes in with each call.
///
/// With a return link, each block gets its source symbols, and then whatever the reports say is missing, counted on top
/// of what is still on its way. Polls tell how far a report has heard. Without one, each block gets source symbols and
/// a fixed share of repair.
final class Transmission {
    private static final int SNAPSHOTS = 64;
    /// How many times an answer may fail to come before symbols flow all the same.
    private static final int UNHEARD = 3;
    /// Announcements at the start of a pass that hears nothing: without one the whole pass is lost.
    private static final int BLIND_COPIES = 3;

    private final Policy policy;
    private final List<Outgoing> queue;
    private final Map<Integer, Snapshot> polls = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Snapshot> eldest) {
            return size() > SNAPSHOTS;
        }
    };
    private final Snapshot start;
    private final Map<Integer, Announced> announced = new HashMap<>();
    private final Instant began;
    private int nextPoll;
    private long symbolsSent;
    private double loss;
    private Instant polled = Instant.MIN;
    private Instant heard;
    private Instant probed = Instant.MIN;
    private @Nullable Heard before;

    /// How a pass is flown.
    ///
    /// @param returnLink whether reports are expected
    /// @param blind share of repair symbols where none are
    /// @param segmentSize bytes of a segment with its CRC, at most
    /// @param pollEvery how often a report is asked for while symbols flow
    /// @param answerWithin how long an answer may take
    /// @param giveUpAfter how long nothing may be heard before only announcements are sent
    record Policy(
            boolean returnLink,
            double blind,
            int segmentSize,
            Duration pollEvery,
            Duration answerWithin,
            Duration giveUpAfter) {}

    /// What is to be done next.
    sealed interface Action {
        record Announce(Announcement announcement) implements Action {}

        /// @param poll not 0 to ask for a report
        record Send(Outgoing deployment, Outgoing.Run run, int poll) implements Action {}

        /// Nothing before then, or before a report.
        record Wait(Instant until) implements Action {}

        /// Nothing is left to be sent in this pass.
        record Done() implements Action {}
    }

    private record Snapshot(Map<Integer, Map<FecObject, int[]>> sent, long symbols) {}

    private record Announced(Instant at, int times) {}

    private record Heard(int boots, long symbols, long sent) {}

    /// @param queue what is to go up, in this order
    /// @param loss the share of symbols that got lost last time
    Transmission(List<Outgoing> queue, Policy policy, int firstPoll, double loss, Instant now) {
        this.queue = new ArrayList<>(queue);
        this.policy = policy;
        this.nextPoll = Math.max(1, firstPoll);
        this.loss = policy.returnLink() ? loss : policy.blind();
        this.heard = now;
        this.began = now;
        this.start = snapshot();
        for (var deployment : queue) {
            if (!policy.returnLink()) deployment.aimAt(policy.blind());
        }
    }

    /// For a pass that hears nothing: begins with what the last report said, if there is one, and where no block wants
    /// anything any more, goes on with fresh repair symbols.
    ///
    /// @param settled what had been sent when that report was made, by deployment
    void blindly(Optional<Report> last, Map<Integer, Map<FecObject, int[]>> settled) {
        if (last.isPresent()) {
            for (var told : last.get().deployments()) {
                queue.stream()
                        .filter(deployment -> deployment.announcement().deployment() == told.deployment())
                        .forEach(deployment ->
                                deployment.on(told, settled.getOrDefault(told.deployment(), Map.of()), loss, true));
            }
        }
        for (var deployment : queue) {
            if (deployment.begun() && deployment.remaining() == 0) deployment.aimFurther(policy.blind());
        }
    }

    double loss() {
        return loss;
    }

    boolean allEnded() {
        return queue.stream().allMatch(Outgoing::ended);
    }

    Action next(Instant now) {
        if (policy.returnLink() && allEnded()) return new Action.Done();
        for (var deployment : queue) {
            if (wantsAnnouncing(deployment, now)) {
                int number = deployment.announcement().deployment();
                int times = Optional.ofNullable(announced.get(number))
                        .map(Announced::times)
                        .orElse(0);
                announced.put(number, new Announced(now, times + 1));
                return new Action.Announce(deployment.announcement());
            }
        }
        if (givenUp(now)) return new Action.Wait(nextAnnouncement(now));
        for (var deployment : queue) {
            if (deployment.ended() || !mayFlow(deployment, now)) continue;
            if (!deployment.heard()) deployment.aimAt(policy.returnLink() ? 0 : policy.blind());
            var run = deployment.next(this::fitting);
            if (run.isPresent()) return send(deployment, run.get(), now);
        }
        return policy.returnLink() ? ask(now) : new Action.Done();
    }

    /// Whether so little was heard for so long that nothing more is poured into the link.
    private boolean givenUp(Instant now) {
        return policy.returnLink() && heard.plus(policy.giveUpAfter()).isBefore(now);
    }

    /// Until it is known to have arrived, it is said again and again, ever more slowly; then only where nothing else
    /// can ask for a report.
    private boolean wantsAnnouncing(Outgoing deployment, Instant now) {
        if (deployment.ended()) return false;
        int number = deployment.announcement().deployment();
        var last = announced.get(number);
        if (last == null) return true;
        if (!policy.returnLink()) {
            return last.times() < BLIND_COPIES
                    || last.at().plus(policy.pollEvery()).isBefore(now);
        }
        if (deployment.heard()) {
            boolean silent = heard.plus(policy.answerWithin()).isBefore(now);
            boolean nothingElse = givenUp(now)
                    || (deployment.remaining() == 0 && deployment.probe().isEmpty());
            return silent
                    && nothingElse
                    && last.at().plus(policy.answerWithin()).isBefore(now);
        }
        return !now.isBefore(last.at().plus(pause(last.times())));
    }

    /// A quarter of the time that an answer may take, then twice as long each time, up to all of it.
    private Duration pause(int times) {
        var pause = policy.answerWithin().dividedBy(4).multipliedBy(1L << Math.min(times - 1, 2));
        return pause.compareTo(policy.answerWithin()) < 0 ? pause : policy.answerWithin();
    }

    /// Symbols that come before their announcement are lost, so that its answer is awaited; but not for ever: the
    /// return
    /// link may be the one that fails.
    private boolean mayFlow(Outgoing deployment, Instant now) {
        if (!policy.returnLink() || deployment.heard()) return true;
        return !now.isBefore(began.plus(policy.answerWithin().multipliedBy(UNHEARD)));
    }

    private Instant nextAnnouncement(Instant now) {
        return queue.stream()
                .filter(deployment -> !deployment.ended() && !deployment.heard())
                .map(deployment -> announced.get(deployment.announcement().deployment()))
                .filter(Objects::nonNull)
                .map(last -> last.at().plus(pause(last.times())))
                .min(Comparator.naturalOrder())
                .orElse(now.plus(policy.answerWithin()));
    }

    private int fitting(Announcement announcement, FecObject object, int block) {
        int size = announcement.oti(object).orElseThrow().symbolSize();
        int count = Symbols.fitting(
                policy.segmentSize() - Frames.DATAGRAM_OVERHEAD, size, announcement.deployment(), block);
        if (count < 1) {
            throw new IllegalArgumentException(
                    "segments of " + policy.segmentSize() + " bytes are too small for symbols of " + size
                            + " bytes; use a larger --segment-size, or send again with a smaller --symbol-size");
        }
        // Nobody asks again for a small block whose only segment got lost.
        return policy.returnLink()
                ? count
                : Math.min(
                        count,
                        Math.max(1, announcement.oti(object).orElseThrow().k(block) / 2));
    }

    private Action send(Outgoing deployment, Outgoing.Run run, Instant now) {
        boolean due = polled == Instant.MIN
                ? symbolsSent > 0
                : polled.plus(policy.pollEvery()).isBefore(now);
        boolean last = isLast(run);
        return new Action.Send(deployment, run, policy.returnLink() && (due || last) ? poll(now) : 0);
    }

    private boolean isLast(Outgoing.Run run) {
        return queue.stream()
                        .filter(other -> !other.ended())
                        .mapToLong(Outgoing::remaining)
                        .sum()
                <= run.count();
    }

    private int poll(Instant now) {
        polled = now;
        int poll = nextPoll;
        nextPoll = nextPoll == Integer.MAX_VALUE ? 1 : nextPoll + 1;
        return poll;
    }

    /// Every goal is met. If no report comes in time, a single symbol asks for one.
    private Action ask(Instant now) {
        var due = latest(polled, latest(probed, heard)).plus(policy.answerWithin());
        var next = nextAnnouncement(now);
        if (now.isBefore(due)) return new Action.Wait(next.isBefore(due) ? next : due);
        probed = now;
        for (var deployment : queue) {
            if (deployment.ended() || !deployment.heard()) continue;
            var probe = deployment.probe();
            if (probe.isPresent()) return new Action.Send(deployment, probe.get(), poll(now));
        }
        return new Action.Wait(next);
    }

    /// Notes what went out.
    void sent(Action.Send send, int firstEsi) {
        send.deployment().sent(send.run(), firstEsi);
        symbolsSent += send.run().count();
        if (send.poll() != 0) polls.put(send.poll(), snapshot());
    }

    /// Takes a report.
    void on(Report report, Instant now) {
        heard = now;
        var settled = Optional.ofNullable(polls.get(report.poll())).orElse(start);
        long unheard = unheard();
        measure(report, settled);
        for (var deployment : queue) {
            int number = deployment.announcement().deployment();
            report.deployments().stream()
                    .filter(told -> told.deployment() == number)
                    .findFirst()
                    // A report that a blind pass happens to hear may be the only one: no later one corrects the aim.
                    .ifPresent(told -> deployment.on(
                            told, settled.sent().getOrDefault(number, Map.of()), loss, !policy.returnLink()));
            if (deployment.heard() && !deployment.begun()) deployment.aimAt(0);
        }
        // Symbols that came before their announcement were not counted on board: measure anew.
        if (unheard() < unheard) before = null;
    }

    private long unheard() {
        return queue.stream().filter(deployment -> !deployment.heard()).count();
    }

    /// Symbols that were sent between two polls against those that arrived.
    private void measure(Report report, Snapshot settled) {
        if (settled == start) return;
        var now = new Heard(report.boots(), report.symbols(), settled.symbols());
        if (before == null || before.boots() != now.boots()) {
            before = now;
            return;
        }
        long sent = now.sent() - before.sent();
        if (sent < 64) return;
        double lost = Math.clamp(1 - (double) (now.symbols() - before.symbols()) / sent, 0, 0.95);
        double weight = Math.min(1, sent / 1024.0);
        loss = loss * (1 - weight) + lost * weight;
        before = now;
    }

    private Snapshot snapshot() {
        var sent = new HashMap<Integer, Map<FecObject, int[]>>();
        for (var deployment : queue) sent.put(deployment.announcement().deployment(), deployment.snapshot());
        return new Snapshot(sent, symbolsSent);
    }

    private static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
