package narlink.ground;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import narlink.nix.SecretKey;
import narlink.pack.Layout;
import narlink.wire.Frames;
import narlink.wire.PipeUrl;
import narlink.wire.StoreAnswer;
import narlink.wire.Symbols;
import org.jspecify.annotations.Nullable;

/// Flies one pass over an open link: carries out what [Transmission] decides, at the link's rate, until everything has
/// ended, the time is up, or the pipe has closed.
public final class Pass {
    private static final System.Logger LOG = System.getLogger(Pass.class.getName());
    private static final Duration LISTEN = Duration.ofMillis(500);
    private static final Duration ASK = Duration.ofSeconds(1);
    /// How long one report is waited for where nothing is to be sent: the longest one takes seven seconds at 1200
    /// bit/s.
    private static final Duration FIRST_REPORT = Duration.ofSeconds(10);
    /// Who was heard so short a time ago is in sight.
    private static final Duration LATELY = Duration.ofMinutes(1);

    /// Segments that are looked at before something is sent again: who floods the return link does not stop the pass.
    private static final int MOST_HEARD = 64;

    /// How long a pass goes on without its database.
    private static final Duration RESERVE = Duration.ofMinutes(1);

    /// What a command brings about is reported after its answer.
    private static final Duration AFTERMATH = Duration.ofSeconds(1);

    private static final Duration CURFEW = Duration.ofSeconds(2);
    /// How often a link that carries one direction at a time is given to the other end while symbols flow: an answer
    /// takes about a second of it.
    private static final Duration GIVE_EVERY = Duration.ofSeconds(10);

    private static final Duration MOST_INDULGENCE = Duration.ofSeconds(15);

    /// What comes late, where several segments are to come.
    private static final Duration LATE = Duration.ofMillis(100);

    private final Ledger ledger;
    private final Satellite satellite;
    private final SecretKey stationKey;
    private final Path packs;
    private final Settings settings;
    private final Clocks clocks;
    private final Listener listener;
    private final Asking asking;

    /// @param rate bits per second on the pipe; none: as fast as it takes them
    /// @param duration how long the contact lasts; zero: until all is done
    /// @param blind what goes up where no reports are to be expected; empty: there is a return link
    /// @param forward what is known of the way up
    /// @param turnaround how long either end takes to turn round, where the link carries one direction at a time
    public record Settings(
            OptionalLong rate,
            Duration duration,
            int segmentSize,
            Optional<Repair> blind,
            Forward forward,
            Optional<Duration> turnaround) {
        public static final int SEGMENT_SIZE = 8192;
        /// Share of repair symbols where there is no return link and none is given.
        public static final Repair BLIND = new Repair.Share(0.2);

        /// Of a link that carries both directions at once.
        public Settings(
                OptionalLong rate, Duration duration, int segmentSize, Optional<Repair> blind, Forward forward) {
            this(rate, duration, segmentSize, blind, forward, Optional.empty());
        }

        /// The same, where the link carries one direction at a time.
        public Settings turning(Optional<Duration> time) {
            return new Settings(rate, duration, segmentSize, blind, forward, time);
        }

        /// The same for a contact of another length.
        public Settings lasting(Duration other) {
            var lasts = other.isNegative() ? Duration.ofMillis(1) : other;
            return new Settings(rate, lasts, segmentSize, blind, forward, turnaround);
        }

        /// The same for a pipe that may have one direction only.
        public Settings over(PipeUrl pipe) {
            if (!(pipe instanceof PipeUrl.Simplex simplex)) return this;
            return simplex.up()
                    ? new Settings(rate, duration, segmentSize, blind.or(() -> Optional.of(BLIND)), forward, turnaround)
                    : new Settings(rate, duration, segmentSize, blind, Forward.NONE, turnaround);
        }

        boolean returnLink() {
            return blind.isEmpty();
        }

        Repair repair() {
            return blind.orElse(BLIND);
        }
    }

    /// The way up.
    public enum Forward {
        /// Somebody is known to listen, by a plan or a person.
        OPEN,
        /// Whether somebody listens is to be asked first.
        UNSURE,
        /// There is none: a pass only listens.
        NONE
    }

    /// Asked now and then whether the pass is to end early, and why.
    @FunctionalInterface
    public interface Watch {
        Optional<String> leave();
    }

    /// Hears how the pass goes.
    public interface Listener {
        void progress(Tally tally);
    }

    /// What the pass has done so far. Bytes are those of frames on the pipe.
    ///
    /// @param sourceBytes of them with source symbols
    /// @param repairBytes of them with repair symbols
    /// @param receivedBytes of the return link, with what frames a stream
    /// @param duplicateSegments that the satellite had already, as it counts them
    /// @param rejectedSegments that it did not take, as it counts them
    /// @param loss the share of symbols that gets lost
    /// @param burst segments that get lost in a run, on average; 0 where none were seen to get lost
    /// @param segmentSize bytes of a segment at most, as chosen last
    public record Tally(
            long sentBytes,
            long sourceBytes,
            long repairBytes,
            long sentSegments,
            long receivedBytes,
            long receivedReports,
            long refusedSegments,
            long duplicateSegments,
            long rejectedSegments,
            double loss,
            double burst,
            int segmentSize,
            Instant began) {
        /// Together with what the same contact saw before.
        Tally after(Tally before) {
            return new Tally(
                    before.sentBytes + sentBytes,
                    before.sourceBytes + sourceBytes,
                    before.repairBytes + repairBytes,
                    before.sentSegments + sentSegments,
                    before.receivedBytes + receivedBytes,
                    before.receivedReports + receivedReports,
                    before.refusedSegments + refusedSegments,
                    before.duplicateSegments + duplicateSegments,
                    before.rejectedSegments + rejectedSegments,
                    loss,
                    burst,
                    segmentSize,
                    before.began);
        }
    }

    /// How it ended.
    ///
    /// @param delivered whether every deployment that it was to carry has ended
    public record Result(Tally tally, boolean delivered, String why) {
        public Result after(Result before) {
            return new Result(tally.after(before.tally), delivered, why);
        }
    }

    public Pass(
            Ledger ledger,
            Satellite satellite,
            SecretKey stationKey,
            Path packs,
            Settings settings,
            Clocks clocks,
            Listener listener,
            Asking asking) {
        this.ledger = ledger;
        this.satellite = satellite;
        this.stationKey = stationKey;
        this.packs = packs;
        this.settings = settings;
        this.clocks = clocks;
        this.listener = listener;
        this.asking = asking;
    }

    public Result fly(Link link) throws IOException, InterruptedException {
        return fly(link, Optional::empty);
    }

    public Result fly(Link link, Watch watch) throws IOException, InterruptedException {
        var curfew = curfew(link);
        try (var leases = new Leases(ledger, satellite.name(), reserve());
                var symbols = new SymbolSource(packs)) {
            return new Flight(link, watch, leases, symbols).run();
        } finally {
            curfew.interrupt();
        }
    }

    /// Symbols of a minute. Without reports a lease counts as sent, so that none is made ahead.
    private long reserve() {
        if (!settings.returnLink() || settings.rate().isEmpty()) return 0;
        return settings.rate().getAsLong() * RESERVE.toSeconds() / 8 / Layout.SYMBOL_SIZE;
    }

    /// Closes the link a little after the contact's end: a pipe that takes no more would keep its sender for ever.
    private Thread curfew(Link link) {
        return Thread.ofVirtual().name("curfew").start(() -> {
            if (settings.duration().isZero()) return;
            try {
                Thread.sleep(settings.duration().plus(CURFEW));
                link.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // The pass ended in time.
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "closing a stuck pipe", e);
            }
        });
    }

    /// One pass as it flies.
    private final class Flight {
        private final Link link;
        private final Watch watch;
        private final Leases leases;
        private final SymbolSource symbols;
        private final ReportIntake intake = new ReportIntake(ledger, satellite);
        private final Clock clock = clocks.steady().get();
        private final Instant began = clock.instant();
        private final Map<Integer, Deployment> open = Load.open(ledger, satellite, stationKey.publicKey(), began);
        private final Optional<String> unfit = Load.dropUnfit(open, settings.segmentSize());
        private final Transmission transmission;
        private final CommandSending commands;
        private final SymbolSegments segments = new SymbolSegments(stationKey, satellite);
        private final Pacing pacing = new Pacing(settings.rate(), began);
        private Instant asked = began;
        private Instant answered = Instant.MIN;
        private int given;
        private Duration indulgence = Duration.ZERO;
        private long sentBytes;
        private long sourceBytes;
        private long repairBytes;
        private long sentSegments;
        private long receivedBytes;
        private long reports;
        private long refused;
        private final SegmentCounts counts;

        Flight(Link link, Watch watch, Leases leases, SymbolSource symbols) {
            this.link = link;
            this.watch = watch;
            this.leases = leases;
            this.symbols = symbols;
            var before = intake.last();
            before.ifPresent(segments::on);
            this.counts = new SegmentCounts(before);
            var policy = new Transmission.Policy(
                    settings.returnLink(),
                    settings.forward() == Forward.OPEN || heardLately(began),
                    settings.repair(),
                    settings.segmentSize(),
                    segments::authenticator,
                    atLeast(settings.turnaround().isPresent() ? GIVE_EVERY : Duration.ofSeconds(1), 4),
                    atLeast(Duration.ofSeconds(2), 4));
            // Polls of different passes differ, whatever the satellite remembers of the one before.
            int firstPoll = (int) (began.toEpochMilli() / 16 & 0x1f_ffff);
            this.transmission = new Transmission(Load.outgoing(ledger, open), policy, firstPoll, 0, began);
            this.commands = new CommandSending(
                    Load.commands(ledger, satellite, began), settings.returnLink(), policy.answerWithin());
            asking.answers(policy.answerWithin(), settings.segmentSize());
            if (!settings.returnLink()) Load.blindly(transmission, ledger, satellite, open);
        }

        private boolean heardLately(Instant now) {
            return ledger.lastReport(satellite.name())
                    .filter(last -> last.heard().plus(LATELY).isAfter(now))
                    .isPresent();
        }

        /// Timers grow on links where a single segment takes seconds.
        private Duration atLeast(Duration floor, int segments) {
            if (settings.rate().isEmpty()) return floor;
            var time = Duration.ofMillis(
                    segments * 8000L * settings.segmentSize() / settings.rate().getAsLong());
            return time.compareTo(floor) > 0 ? time : floor;
        }

        Result run() throws IOException, InterruptedException {
            while (true) {
                var now = clock.instant();
                if (over(now)) return result(false, "the pass is over");
                var leave = asked(now);
                if (leave.isPresent()) return result(false, leave.get());
                var closed = hear(Duration.ZERO);
                if (closed != null) return result(transmission.allEnded(), closed);
                if (settings.forward() == Forward.NONE) {
                    var why = rest(LISTEN);
                    if (why != null) return result(transmission.allEnded(), why);
                    continue;
                }
                var order = commands.next(now);
                if (order.isPresent()) {
                    put(order.get());
                    give();
                    continue;
                }
                var question = settings.returnLink() ? question(now) : Optional.<byte[]>empty();
                if (question.isPresent()) {
                    put(question.get());
                    give();
                    continue;
                }
                var action = transmission.next(now);
                switch (action) {
                    case Transmission.Action.Announce announce -> {
                        put(Load.deployment(open, announce.announcement().deployment())
                                .segment());
                        give();
                    }
                    case Transmission.Action.Send send -> send(send);
                    case Transmission.Action.Wait wait -> {
                        var why = rest(shorter(Duration.between(now, wait.until()), LISTEN));
                        if (why != null) return result(transmission.allEnded(), why);
                    }
                    case Transmission.Action.Done done -> {
                        if (settings.returnLink() && awaits(now)) {
                            var why = rest(LISTEN);
                            if (why != null) return result(open.isEmpty() && commands.over(now), why);
                            continue;
                        }
                        if (unfit.isPresent()) return result(false, unfit.get());
                        if (open.isEmpty()) return result(true, "nothing is queued");
                        return settings.returnLink()
                                ? result(true, "nothing is left that a pass brings further")
                                : result(false, "everything for this pass was sent");
                    }
                }
            }
        }

        private Optional<byte[]> question(Instant now) {
            try {
                return asking.next(now);
            } catch (LedgerException e) {
                LOG.log(System.Logger.Level.DEBUG, "nothing can be asked", e);
                return Optional.empty();
            }
        }

        /// With nothing to send: whether there still is something to hear, be it one report.
        private boolean awaits(Instant now) {
            boolean silent = reports == 0 && now.isBefore(began.plus(FIRST_REPORT));
            boolean follows = now.isBefore(answered.plus(AFTERMATH));
            return silent || follows || !commands.over(now) || reports > 0 && !asking.over();
        }

        private void send(Transmission.Action.Send send) throws IOException, InterruptedException {
            var run = send.run();
            var deployment =
                    Load.deployment(open, send.deployment().announcement().deployment());
            int esi;
            try {
                esi = leases.take(deployment.announcement(), run.object(), run.block(), run.count());
            } catch (LedgerException e) {
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "nothing can be sent: {0}",
                        e.getMessage()); // The ledger tells once.
                hear(LISTEN);
                return;
            }
            // A copy of a poll in the midst of symbols would be answered into them.
            boolean copy = settings.turnaround().isPresent() && send.poll() == given;
            int poll = copy ? 0 : send.poll();
            var message = new Symbols(
                    deployment.number(),
                    run.object(),
                    run.block(),
                    esi,
                    symbols.symbols(deployment, run.object(), run.block(), esi, run.count()),
                    poll);
            int size = transmission.segmentSize();
            transmission.sent(send, esi);
            long before = sentBytes;
            put(segments.segment(message, deployment.announcement(), size));
            int k = deployment.announcement().oti(run.object()).orElseThrow().k(run.block());
            if (esi < k) sourceBytes += sentBytes - before;
            else repairBytes += sentBytes - before;
            if (poll == 0) return;
            given = poll;
            give();
        }

        /// Leaves a link that carries one direction at a time to the other end, until that has answered and turned
        /// round again, or has had the time to.
        private void give() throws InterruptedException {
            if (settings.turnaround().isEmpty() || !settings.returnLink()) return;
            var turn = settings.turnaround().get();
            var until = clock.instant()
                    .plus(turn.multipliedBy(2))
                    .plus(transmission.answerWithin())
                    .plus(indulgence);
            long before = receivedBytes;
            for (long heard = before; clock.instant().isBefore(until) && !over(clock.instant()); ) {
                if (hear(Duration.between(clock.instant(), until)) != null) return;
                if (receivedBytes == heard) continue;
                heard = receivedBytes;
                until = clock.instant()
                        .plus(turn)
                        .plus(asking.over() ? Duration.ZERO : atLeast(LATE, 1).plus(LATE));
            }
            // A report may take longer down than anything that is known up here: then it is cut off each time.
            if (receivedBytes == before)
                indulgence = shorter(indulgence.multipliedBy(2).plus(LISTEN), MOST_INDULGENCE);
            pacing.restart(clock.instant());
        }

        private void put(byte[] segment) throws IOException, InterruptedException {
            int bytes;
            try {
                bytes = link.send(segment);
            } catch (IOException e) {
                if (over(clock.instant())) return; // Stuck until the link was closed under it.
                throw e;
            }
            sentBytes += bytes;
            sentSegments++;
            listener.progress(tally());
            var due = pacing.sent(bytes, clock.instant());
            for (var now = clock.instant(); now.isBefore(due); now = clock.instant()) {
                if (hear(Duration.between(now, due)) != null) return;
            }
        }

        /// Waits for what comes, with nothing to send: that is no delay to make up for.
        private @Nullable String rest(Duration most) throws InterruptedException {
            var closed = hear(most);
            pacing.rested(clock.instant());
            return closed;
        }

        /// Takes what has come down, waiting up to `most` for the first of it.
        ///
        /// @return why the pipe has closed, null while it is open
        private @Nullable String hear(Duration most) throws InterruptedException {
            var patience = most;
            for (int heard = 0; heard < MOST_HEARD; heard++) {
                switch (link.next(patience)) {
                    case Link.Heard.Nothing nothing -> {
                        return null;
                    }
                    case Link.Heard.Closed closed -> {
                        return closed.why();
                    }
                    case Link.Heard.Segment segment -> take(segment.bytes());
                }
                patience = Duration.ZERO;
            }
            return null;
        }

        private void take(byte[] segment) {
            var now = clock.instant();
            receivedBytes += Frames.frameLength(segment.length);
            switch (intake.take(segment, clocks.wall().instant())) {
                case ReportIntake.Taken.Refused no -> refused++;
                case ReportIntake.Taken.Told told -> told(told.answer(), now);
                case ReportIntake.Taken.Believed believed -> {
                    reports++;
                    if (believed.news()) {
                        counts.on(believed.report());
                        segments.on(believed.report());
                        transmission.on(believed.report(), now);
                        boolean busy = !commands.over(now);
                        commands.on(believed.report(), now);
                        if (busy && commands.over(now)) answered = now;
                        asking.on(believed.report(), now);
                    }
                }
            }
            listener.progress(tally());
        }

        /// An answer that can't be kept is asked for again.
        private void told(StoreAnswer answer, Instant now) {
            try {
                asking.on(answer, now);
            } catch (LedgerException e) {
                LOG.log(System.Logger.Level.DEBUG, "an answer can't be kept", e);
            }
        }

        private Optional<String> asked(Instant now) {
            if (now.isBefore(asked.plus(ASK))) return Optional.empty();
            asked = now;
            try {
                return watch.leave();
            } catch (LedgerException e) {
                // The pass goes on with what it knows, as long as its leases last.
                LOG.log(System.Logger.Level.DEBUG, "the pass goes on by itself: {0}", e.getMessage());
                return Optional.empty();
            }
        }

        private boolean over(Instant now) {
            return !settings.duration().isZero() && !now.isBefore(began.plus(settings.duration()));
        }

        private Tally tally() {
            return new Tally(
                    sentBytes,
                    sourceBytes,
                    repairBytes,
                    sentSegments,
                    receivedBytes,
                    reports,
                    refused,
                    counts.duplicates(),
                    counts.rejected(),
                    transmission.loss(),
                    transmission.burst(),
                    transmission.segmentSize(),
                    began);
        }

        private Result result(boolean delivered, String why) {
            return new Result(tally(), delivered, why);
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.isNegative() ? Duration.ZERO : a.compareTo(b) < 0 ? a : b;
    }
}
