package narlink.ground;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One link of a server, on a thread of its own: opens it in each contact, flies pass after pass while there is
/// anything to carry, and listens in between.
final class LinkKeeper {
    private static final System.Logger LOG = System.getLogger(LinkKeeper.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /// How long a pass may take to end.
    private static final Duration PATIENCE_WITH_PIPES = Duration.ofSeconds(3);
    /// After so long without news the queue is tried again.
    private static final Duration QUIET = Duration.ofSeconds(30);

    private final Server.Post post;
    private final StationLink link;
    private final Satellite satellite;
    private final Function<Instant, ContactPlan.Chance> plan;
    private final Thread thread;
    private final Map<Integer, Deployment.State> states = new HashMap<>();
    private Duration pause = TICK;
    private @Nullable Workload last;
    private volatile boolean stopped;
    private volatile @Nullable Link open;
    /// Since when the open pipe is to be closed, by the server's thread; 0 while it may be open.
    private long unwanted;

    LinkKeeper(Server.Post post, StationLink link, Satellite satellite, Function<Instant, ContactPlan.Chance> plan) {
        this.post = post;
        this.link = link;
        this.satellite = satellite;
        this.plan = plan;
        thread = Thread.ofPlatform().daemon().name("link " + link.route()).unstarted(this::keep);
    }

    void start() {
        thread.start();
    }

    /// From any thread: the pass ends within a second or so.
    void stop() {
        stopped = true;
    }

    /// Waits for the end of a link that was stopped, then interrupts it.
    void await(long millis) throws InterruptedException {
        thread.join(Math.max(1, millis));
        thread.interrupt();
        thread.join(TICK.toMillis());
    }

    /// From the server's thread, each second: who waits in vain for a pipe to take a segment does not hear that his
    /// pass is to end.
    void watch() {
        var pipe = open;
        if (pipe == null || !stopped && chance() instanceof ContactPlan.Chance.Open) {
            unwanted = 0;
        } else if (unwanted == 0) {
            unwanted = System.nanoTime();
        } else if (System.nanoTime() - unwanted > PATIENCE_WITH_PIPES.toNanos()) {
            try {
                pipe.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "closing a stuck pipe", e);
            }
        }
    }

    boolean isOver() {
        return !thread.isAlive();
    }

    private void keep() {
        try {
            while (!stopped) {
                if (chance() instanceof ContactPlan.Chance.Open open) {
                    visit(open);
                } else {
                    pause = TICK;
                    Thread.sleep(TICK);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The server stops.
        }
    }

    private ContactPlan.Chance chance() {
        return plan.apply(post.clocks().wall().instant());
    }

    private void visit(ContactPlan.Chance.Open chance) throws InterruptedException {
        try (var pipe = post.dialer().open(link.pipe(), patience(chance))) {
            open = pipe;
            post.listener().opened(link.route());
            long began = System.nanoTime();
            contact(pipe, post.clocks().wall().instant());
            // A pipe that closes as soon as it opens is not to be dialled without end.
            if (System.nanoTime() - began > PATIENCE.toNanos()) pause = TICK;
            open = null;
            if (!stopped && chance() instanceof ContactPlan.Chance.Open) rest();
        } catch (IOException | RuntimeException e) {
            open = null;
            if (stopped) return;
            boolean expected = e instanceof IOException || e instanceof LedgerException;
            LOG.log(expected ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING, "link", e);
            post.listener().unreachable(link.route(), String.valueOf(e.getMessage()), pause);
            rest();
        }
    }

    /// Waits a little, longer each time.
    private void rest() throws InterruptedException {
        long end = System.nanoTime() + pause.toNanos();
        while (!stopped && System.nanoTime() < end && chance() instanceof ContactPlan.Chance.Open) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
    }

    private Duration patience(ContactPlan.Chance.Open open) {
        return open.until()
                .map(until -> shorter(Duration.between(post.clocks().wall().instant(), until), PATIENCE))
                .filter(left -> left.compareTo(TICK) > 0)
                .orElse(open.until().isEmpty() ? PATIENCE : TICK);
    }

    /// Everything that one opening of the pipe brings.
    private void contact(Link pipe, Instant began) throws IOException, InterruptedException {
        var intake = new ReportIntake(post.ledger(), satellite);
        var asking = post.asker().asking(satellite);
        Pass.Result sum = null;
        try {
            while (!stopped && chance() instanceof ContactPlan.Chance.Open open) {
                var known = work();
                var before = Optional.ofNullable(sum).map(Pass.Result::tally);
                var flown = new Pass(
                                post.ledger(),
                                satellite,
                                post.stationKey(),
                                post.packs(),
                                settings(open),
                                post.clocks(),
                                tally -> post.listener()
                                        .progress(
                                                link.route(),
                                                before.map(tally::after).orElse(tally)),
                                asking)
                        .fly(pipe, () -> leave(known));
                sum = sum == null ? flown : flown.after(sum);
                post.listener().carried(satellite);
                var closed = listen(pipe, intake, asking, known);
                if (closed.isPresent()) {
                    sum = new Pass.Result(sum.tally(), sum.delivered(), closed.get());
                    break;
                }
            }
        } finally {
            if (sum != null) over(began, sum);
        }
    }

    private void over(Instant began, Pass.Result sum) {
        if (sum.tally().receivedReports() > 0) pause = TICK; // It works, however short: the rest of a pass is precious.
        work();
        var left = post.ledger().deployments(satellite.name()).stream()
                .filter(deployment -> !deployment.ended())
                .toList();
        var now = post.clocks().wall().instant();
        if (sum.tally().sentSegments() > 0 || sum.tally().receivedReports() > 0) {
            post.ledger()
                    .happened(
                            satellite.name(),
                            now,
                            "pass by %s: sent %d bytes, heard %d reports; %s"
                                    .formatted(
                                            link.route().station(),
                                            sum.tally().sentBytes(),
                                            sum.tally().receivedReports(),
                                            sum.why()));
        }
        post.listener().over(new PassReport(link.route(), began, now, sum, left));
    }

    private Pass.Settings settings(ContactPlan.Chance.Open open) {
        var own = link.settings();
        var settings = new Pass.Settings(
                        open.rate().isPresent() ? open.rate() : own.rate(),
                        Duration.ZERO,
                        own.segmentSize(),
                        own.blind(),
                        open.until().isPresent() ? Pass.Forward.OPEN : Pass.Forward.UNSURE,
                        own.turnaround())
                .over(link.pipe());
        return open.until()
                .map(until ->
                        settings.lasting(Duration.between(post.clocks().wall().instant(), until)))
                .orElse(settings);
    }

    private Optional<String> leave(Workload known) {
        if (stopped) return Optional.of("the server stops");
        if (!(chance() instanceof ContactPlan.Chance.Open)) return Optional.of("the contact is over");
        return known.covers(work()) ? Optional.empty() : Optional.of("the queue has changed");
    }

    /// Until there is reason to send again, or none to stay.
    ///
    /// @return why the contact has ended; empty to fly on
    private Optional<String> listen(Link pipe, ReportIntake intake, Asking asking, Workload known)
            throws InterruptedException {
        long quiet = System.nanoTime() + QUIET.toNanos();
        while (true) {
            var heard = pipe.next(TICK);
            if (heard instanceof Link.Heard.Closed closed) return Optional.of(closed.why());
            boolean news = heard instanceof Link.Heard.Segment segment && isNews(segment.bytes(), intake, asking);
            if (stopped) return Optional.of("the server stops");
            if (!(chance() instanceof ContactPlan.Chance.Open)) return Optional.of("the contact is over");
            var work = work();
            if (!known.covers(work)) return Optional.empty();
            boolean due = news || System.nanoTime() - quiet >= 0;
            // Where nothing comes back, everything for this contact was sent.
            boolean wants = !work.isEmpty() || !asking.over();
            if (link.settings().returnLink() && due && wants) return Optional.empty();
        }
    }

    private boolean isNews(byte[] segment, ReportIntake intake, Asking asking) {
        var now = post.clocks().wall().instant();
        return switch (intake.take(segment, now)) {
            case ReportIntake.Taken.Refused no -> false;
            case ReportIntake.Taken.Told told -> {
                asking.on(told.answer(), now);
                yield true;
            }
            case ReportIntake.Taken.Believed believed -> {
                if (believed.news()) asking.on(believed.report(), now);
                yield believed.news();
            }
        };
    }

    /// What there is to carry, telling of states that have changed; as long as the ledger does not answer, what there
    /// was.
    private Workload work() {
        try {
            last = look();
        } catch (LedgerException e) {
            if (last == null) throw e;
            LOG.log(System.Logger.Level.DEBUG, "the queue can't be looked at", e);
        }
        return last;
    }

    private Workload look() {
        for (var deployment : post.ledger().deployments(satellite.name())) {
            var state = deployment.progress().state();
            var before = states.put(deployment.number(), state);
            boolean isNew = before == null && state == Deployment.State.QUEUED;
            if (before != null && before != state || isNew) post.listener().changed(deployment);
        }
        return Workload.of(post.ledger(), satellite);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
