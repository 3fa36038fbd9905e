package narlink.ground;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import narlink.fec.Oti;
import narlink.wire.Announcement;
import narlink.wire.FecObject;
import narlink.wire.Report;

/// Decides what goes up next in one pass. Knows no clock, pipe or file: time comes in with each call.
///
/// With a return link, each block gets its source symbols, and then whatever the reports say is missing, counted on top
/// of what is still on its way. Polls tell how far a report has heard; where they go unanswered, nothing is poured into
/// the link any more but single symbols that ask. Without one, each block gets source symbols and a fixed share of
/// repair.
final class Transmission {
    /// Segments that carry the same poll, so that one lost segment is no lost report.
    private static final int POLL_COPIES = 3;
    /// Every so many segments such a copy goes out: losses come in bursts.
    private static final int COPY_EVERY = 4;
    /// How often the last poll of all is followed by another before its answer could be there, at least.
    private static final int HURRIED = 2;

    /// The share of the time that an answer takes which sending more than is likely to be needed may cost.
    private static final double MARGIN = 0.05;

    /// The share of all symbols that may be spent on saving time: small packs are better waited for.
    private static final double WASTE = 0.006;

    /// When what is busy on board is asked how it is for the first time, at the earliest.
    private static final Duration SOON = Duration.ofMillis(500);
    /// Answers' times, after which what is busy on board is asked how it is, at most.
    private static final int SELDOM = 8;

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
    /// As often as this at most, where the last poll of all is followed by another.
    private static final Duration HURRY = Duration.ofMillis(250);

    private final Policy policy;
    private final List<Outgoing> queue;
    private final Soundings soundings;
    private final Soundings.Sounding start;
    private final Announcing announcing = new Announcing();
    private final SegmentSizes sizes;
    /// Where no report tells what is missing.
    private final Repair.Shape shape;
    private final Instant began;
    private final int copies;
    private long symbolsSent;
    private long segmentsSent;
    private Instant polled = Instant.MIN;
    private int poll;
    private long polledAt;
    private int hurried;
    private long probes;
    private Instant heard;
    private boolean anyHeard;
    private Optional<Silence> silence = Optional.empty();

    /// How a pass is flown.
    ///
    /// @param returnLink whether reports are expected
    /// @param eager whether somebody is known to listen, so that symbols need not wait for the first report
    /// @param repair what goes up where none are
    /// @param segmentSize bytes of a segment with its CRC, at most
    /// @param authenticator bytes of what makes a segment of so many believed
    /// @param pollEvery how often a report is asked for while symbols flow
    /// @param answerWithin how long an answer may take, as long as none was heard
    record Policy(
            boolean returnLink,
            boolean eager,
            Repair repair,
            int segmentSize,
            IntUnaryOperator authenticator,
            Duration pollEvery,
            Duration answerWithin) {}

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

    /// @param queue what is to go up, in this order
    /// @param loss the share of symbols that got lost last time
    Transmission(List<Outgoing> queue, Policy policy, int firstPoll, double loss, Instant now) {
        this.queue = new ArrayList<>(queue);
        this.policy = policy;
        this.soundings = new Soundings(
                firstPoll,
                policy.pollEvery(),
                policy.answerWithin(),
                policy.returnLink() ? loss : policy.repair().loss());
        this.shape = policy.returnLink() ? new Repair.Shape(policy.segmentSize(), 1) : shape();
        this.sizes = new SegmentSizes(
                shape.segmentSize(), policy.returnLink() ? least() : shape.segmentSize(), policy.authenticator(), now);
        this.heard = now;
        this.began = now;
        this.copies = policy.repair().announcements();
        this.start = sounding(now);
        for (var deployment : queue) {
            if (!policy.returnLink()) deployment.aimAt(goal(deployment));
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
                        .forEach(deployment -> deployment.on(
                                told, settled.getOrDefault(told.deployment(), Map.of()), surely(Integer.MAX_VALUE)));
            }
        }
        for (var deployment : queue) {
            if (deployment.begun() && deployment.remaining() == 0) deployment.aimFurther(goal(deployment));
        }
    }

    /// By the first deployment's largest block.
    private Repair.Shape shape() {
        var most = policy.segmentSize();
        if (queue.isEmpty()) return new Repair.Shape(most, 1);
        var announcement = queue.getFirst().announcement();
        var object = announcement.pack().isPresent() ? FecObject.PACK : FecObject.MANIFEST;
        var oti = announcement.oti(object).orElseThrow();
        return policy.repair()
                .shape(
                        most,
                        least(),
                        size -> SegmentRoom.symbols(
                                announcement,
                                object,
                                0,
                                size,
                                policy.authenticator().applyAsInt(size)),
                        oti);
    }

    /// Bytes of the shortest segment that holds a symbol of each deployment.
    private int least() {
        return SegmentRoom.least(queue.stream().map(Outgoing::announcement).toList(), policy.segmentSize());
    }

    double loss() {
        return soundings.loss();
    }

    /// Segments that get lost in a run, on average; 0 where nothing was seen to get lost.
    double burst() {
        double symbols = symbolsSent == 0 ? 1 : (double) symbolsSent / segmentsSent;
        return soundings.run() / symbols;
    }

    /// Bytes of a segment, as the losses advise.
    int segmentSize() {
        return sizes.bytes();
    }

    /// How long an answer may take.
    Duration answerWithin() {
        return soundings.answerWithin();
    }

    boolean allEnded() {
        return queue.stream().allMatch(Outgoing::ended);
    }

    Action next(Instant now) {
        if (policy.returnLink()) {
            if (allEnded()) return new Action.Done();
            if (isSilent(now)) return knock(now);
        }
        for (var deployment : queue) {
            if (wantsAnnouncing(deployment, now)) return announce(deployment, now);
        }
        for (var deployment : queue) {
            if (deployment.ended() || !mayFlow(deployment)) continue;
            if (policy.returnLink() && !deployment.heard()) deployment.aimAt(Outgoing.Goal.SOURCE);
            var run = deployment.next(this::fitting, shape.depth());
            if (run.isPresent()) return send(deployment, run.get(), now);
        }
        return policy.returnLink() ? ask(now) : new Action.Done();
    }

    /// What a pass that hears nothing sends of a deployment. Blocks of one size want as much as each other.
    private Outgoing.Goal goal(Outgoing deployment) {
        var announcement = deployment.announcement();
        int blocks = announcement.manifest().blocks()
                + announcement.pack().map(Oti::blocks).orElse(0);
        var known = new HashMap<List<Integer>, Integer>();
        return (object, block, k) -> {
            int together = fitting(announcement, object, block);
            int turns = Turns.of(announcement.oti(object).orElseThrow().blocks(), shape.depth())
                    .least();
            return known.computeIfAbsent(
                    List.of(k, together, turns),
                    size -> policy.repair().symbols(k, together, turns, blocks, shape.segmentSize()));
        };
    }

    private Action announce(Outgoing deployment, Instant now) {
        announcing.said(number(deployment), now);
        return new Action.Announce(deployment.announcement());
    }

    /// Whether so little was heard for so long that nothing more is poured into the link.
    private boolean isSilent(Instant now) {
        if (silence.isPresent()) return true;
        if (!flows() || !wantsMore() || !heard.plus(soundings.silence()).isBefore(now)) return false;
        silence = Optional.of(Silence.from(now, policy.answerWithin()));
        soundings.silent(now);
        return true;
    }

    /// Whether symbols were sent that somebody should have answered.
    private boolean flows() {
        return symbolsSent > 0;
    }

    /// Whether anything is left to pour into the link. What is busy with what it has need not be asked each second.
    private boolean wantsMore() {
        return queue.stream()
                .anyMatch(deployment -> !deployment.ended()
                        && (!deployment.heard() || deployment.probe().isPresent()));
    }

    /// Asks ever more slowly whether anybody hears.
    private Action knock(Instant now) {
        var last = silence.orElseThrow();
        if (now.isBefore(last.due())) return new Action.Wait(last.due());
        silence = Optional.of(last.asked(now));
        var probe = probe(now);
        if (probe.isPresent()) return probe.get();
        var unheard = queue.stream()
                .filter(deployment -> !deployment.ended())
                .findFirst()
                .orElseThrow();
        return announce(unheard, now);
    }

    /// Until it is known to have arrived, it is said again and again, ever more slowly; then only where nothing else
    /// can ask for a report.
    private boolean wantsAnnouncing(Outgoing deployment, Instant now) {
        if (deployment.ended()) return false;
        int number = number(deployment);
        if (announcing.times(number) == 0 && !deployment.heard()) return true;
        if (!policy.returnLink()) {
            var due = announcing.due(number, policy.pollEvery(), policy.pollEvery());
            return announcing.times(number) < copies || due.isBefore(now);
        }
        if (!deployment.heard()) return !now.isBefore(due(deployment));
        // What happens on board once everything is there is reported unasked: this is for when such a report got lost.
        var within = longer(SOON, soundings.answerWithin());
        boolean silent = heard.plus(within).isBefore(now);
        boolean nothingElse = deployment.remaining() == 0 && deployment.probe().isEmpty();
        return silent
                && nothingElse
                && announcing
                        .due(number, within, policy.answerWithin().multipliedBy(SELDOM))
                        .isBefore(now);
    }

    /// When an announcement that nobody is known to have heard is to be said again. What flows before it has arrived is
    /// lost, so that the first ones come quickly where symbols don't wait.
    private Instant due(Outgoing deployment) {
        var most = soundings.answerWithin();
        var first = hastens() ? longer(SHORTEST_PAUSE, most.dividedBy(32)) : most.dividedBy(4);
        return announcing.due(number(deployment), first, most);
    }

    /// Whether what would be lost before the announcement is there is worth more announcements.
    private boolean hastens() {
        return (policy.eager() || anyHeard) && remaining() * WASTE > 1;
    }

    /// Where nobody may be listening, symbols wait for a first report.
    private boolean mayFlow(Outgoing deployment) {
        return !policy.returnLink() || policy.eager() || anyHeard || deployment.heard();
    }

    private Instant nextAnnouncement(Instant now) {
        return queue.stream()
                .filter(deployment -> !deployment.ended() && !deployment.heard())
                .filter(deployment -> announcing.times(number(deployment)) > 0)
                .map(this::due)
                .min(Comparator.naturalOrder())
                .orElse(now.plus(soundings.answerWithin()));
    }

    private int fitting(Announcement announcement, FecObject object, int block) {
        int size = announcement.oti(object).orElseThrow().symbolSize();
        int count = SegmentRoom.symbols(
                announcement,
                object,
                block,
                segmentSize(),
                policy.authenticator().applyAsInt(segmentSize()));
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
        if (!policy.returnLink()) return new Action.Send(deployment, run, 0);
        boolean due = polled == Instant.MIN
                ? symbolsSent > 0
                : polled.plus(soundings.every()).isBefore(now);
        if (due || isLast(run)) return new Action.Send(deployment, run, poll(now));
        long since = segmentsSent - polledAt;
        boolean copy = poll != 0 && since % COPY_EVERY == 0 && since < COPY_EVERY * POLL_COPIES;
        return new Action.Send(deployment, run, copy ? poll : 0);
    }

    private boolean isLast(Outgoing.Run run) {
        return remaining() <= run.count();
    }

    private long remaining() {
        return queue.stream()
                .filter(deployment -> !deployment.ended())
                .mapToLong(Outgoing::remaining)
                .sum();
    }

    private long openBlocks() {
        return queue.stream()
                .filter(deployment -> !deployment.ended())
                .mapToLong(Outgoing::openBlocks)
                .sum();
    }

    private int poll(Instant now) {
        polled = now;
        polledAt = segmentsSent;
        sizes.choose(now);
        poll = soundings.number();
        return poll;
    }

    /// Every goal is met. If no report comes in time, a single symbol asks for one; the last poll may have got lost, so
    /// that the first ones don't wait as long as an answer takes.
    private Action ask(Instant now) {
        boolean cheap = hurried < Math.max(HURRIED, soundings.asking()) && probes < symbolsSent * WASTE;
        var whole = soundings.answerWithin();
        var patience = cheap ? shorter(whole, longer(HURRY, whole.dividedBy(4))) : whole;
        var due = later(polled, heard).plus(patience);
        var next = nextAnnouncement(now);
        if (now.isBefore(due)) return new Action.Wait(next.isBefore(due) ? next : due);
        hurried++;
        probes++;
        return probe(now).orElseGet(() -> new Action.Wait(next));
    }

    private Optional<Action> probe(Instant now) {
        return queue.stream()
                .filter(deployment -> !deployment.ended() && deployment.heard())
                .flatMap(deployment ->
                        deployment.probe().map(run -> (Action) new Action.Send(deployment, run, poll(now))).stream())
                .findFirst();
    }

    /// Notes what went out.
    void sent(Action.Send send, int firstEsi) {
        send.deployment().sent(send.run(), firstEsi);
        symbolsSent += send.run().count();
        segmentsSent++;
        if (send.poll() != 0 && polledAt == segmentsSent - 1) soundings.polled(send.poll(), sounding(polled));
    }

    /// Takes a report.
    void on(Report report, Instant now) {
        silence.ifPresent(since -> {
            if (since.since().plus(soundings.answerWithin()).isAfter(now)) soundings.falseAlarm();
        });
        silence = Optional.empty();
        heard = now;
        anyHeard = true;
        hurried = 0;
        var settled = soundings.settledBy(report).orElse(start);
        var waiting = unheard();
        soundings.on(report, now).ifPresent(sizes::measured);
        aimBy(report, settled, surely(0).low());
        // Who would wait for the next answer, once all that is asked for now is sent, does well to send enough at once:
        // but not more than takes a part of that time.
        double rate = symbolsSent / Math.max(0.001, Duration.between(began, now).toMillis() / 1000.0);
        double wait = soundings.answerWithin().toMillis() / 1000.0;
        if (policy.returnLink()
                && remaining() < rate * (wait + soundings.every().toMillis() / 4000.0)) {
            aimBy(report, settled, surely((int)
                    (Math.min(rate * wait * MARGIN, symbolsSent * WASTE) / Math.max(1, openBlocks()))));
        }
        // Symbols that came before their announcement were not counted on board: measure anew.
        waiting.removeAll(unheard());
        if (!waiting.isEmpty()) soundings.interrupted(now);
        if (policy.returnLink()) waiting.forEach(announcing::arrived);
    }

    private void aimBy(Report report, Soundings.Sounding settled, Outgoing.Aim aim) {
        for (var deployment : queue) {
            int number = deployment.announcement().deployment();
            report.deployments().stream()
                    .filter(told -> told.deployment() == number)
                    .findFirst()
                    .ifPresent(told -> {
                        // Who counts on no report sends his share whole, should one be heard: a second may not be.
                        if (!policy.returnLink()) deployment.tell(told);
                        else deployment.on(told, settled.sent().getOrDefault(number, Map.of()), aim);
                    });
            if (deployment.heard() && !deployment.begun()) deployment.aimAt(Outgoing.Goal.SOURCE);
        }
    }

    private Outgoing.Aim surely(int margin) {
        return new Outgoing.Aim(soundings.loss(), margin, segmentSize(), soundings.run());
    }

    private Set<Integer> unheard() {
        return queue.stream()
                .filter(deployment -> !deployment.heard())
                .map(deployment -> deployment.announcement().deployment())
                .collect(Collectors.toSet());
    }

    private Soundings.Sounding sounding(Instant now) {
        var sent = new HashMap<Integer, Map<FecObject, int[]>>();
        for (var deployment : queue) sent.put(deployment.announcement().deployment(), deployment.snapshot());
        return new Soundings.Sounding(now, sent, symbolsSent, segmentsSent);
    }

    private static int number(Outgoing deployment) {
        return deployment.announcement().deployment();
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }
}
