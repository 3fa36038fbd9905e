package narlink.flight;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import narlink.nix.Store;
import narlink.wire.Report.CommandResult;
import narlink.wire.Report.Counter;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion;

/// The one thread that owns what the satellite knows: it takes what the link and the workers bring to [Deployments] and
/// [Commands], and tells Earth what became of it. Time and pipe are here.
public final class ReceptionLoop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ReceptionLoop.class.getName());

    /// What a kill may cost is at most 64 KiB of symbols, for segments of at most 8 KiB: what the pipe has read and not
    /// yet given away (16 KiB), what waits here, and what is not synced yet, with the segment at hand.
    ///
    /// Bytes of segments that may wait to be looked at, or one segment; the pipe is not read meanwhile.
    private static final int WAITING_BYTES = 16 * 1024;
    /// Bytes of symbols between two syncs of their logs.
    private static final int SYNC_BYTES = 12 * 1024;
    /// Things of all kinds that may wait.
    private static final int INBOX = 256;

    private static final Duration REPORT_EVERY = Duration.ofSeconds(10);
    /// What nobody asked for is told at most so often: much may change at once.
    private static final Duration NEWS_EVERY = Duration.ofMillis(250);
    private static final Duration SAVE_EVERY = Duration.ofSeconds(1);
    /// How often the store is looked at for what others did to it.
    private static final Duration LOOK_EVERY = Duration.ofMinutes(10);
    private static final Duration TICK = Duration.ofMillis(200);
    /// The same while somebody waits until nothing is at work.
    private static final Duration SETTLING = Duration.ofMillis(5);

    private final FlightState files;
    private final Clock clock;
    private final Machine machine;
    private final Reporter reporter;
    private final Hands hands;
    private final Blocks blocks;
    private final Activator activator;
    private final Activations activations;
    private final Deployments deployments;
    private final Commands commands;
    private final Uplink uplink;
    private final Semaphore waiting = new Semaphore(WAITING_BYTES);
    private final BlockingQueue<Event> inbox = new LinkedBlockingQueue<>(INBOX);
    private final AtomicReference<byte[]> lastReport = new AtomicReference<>(new byte[0]);
    private final Thread thread;

    private StoreView store = StoreView.NONE;
    private boolean reportWanted;
    private boolean reportSoon;
    private Instant reported = Instant.EPOCH;
    private Instant reportSaved = Instant.EPOCH;
    private Instant looked;
    private final List<Downlink> downlinks = new CopyOnWriteArrayList<>();
    private volatile Runnable onFailure = () -> {};
    private volatile boolean failed;
    private volatile boolean running = true;

    /// Where reports go.
    @FunctionalInterface
    public interface Downlink {
        /// Takes a report without waiting; one that is not yet on its way may be dropped for a newer one.
        void offer(byte[] segment);

        /// Takes an answer without waiting; it may be dropped where many are not yet on their way.
        default void answer(byte[] segment) {
            offer(segment);
        }
    }

    /// What reaches the thread.
    private sealed interface Event {
        record Heard(byte[] segment) implements Event {}

        record Damaged(long frames) implements Event {}

        record Answer(int deployment, Input input) implements Event {}

        record Viewed(StoreView view) implements Event {}

        record Answered(List<StoreAnswer> answers) implements Event {}

        record Happened(Activations.Happening happening) implements Event {}

        /// @param order empty where it failed
        record Prepared(int deployment, Optional<ActivationRun.Order> order) implements Event {}

        /// @param settled to be answered only when nothing is at work any more
        record Asked(Runnable done, boolean settled) implements Event {}
    }

    /// What differs from machine to machine.
    ///
    /// @param health commands, run for every deployment that runs a program
    /// @param reserve bytes that imports are to leave free on the disk
    public record Settings(List<String> health, long reserve, Machine machine) {
        public static final Settings DEFAULT = new Settings(List.of(), Room.DEFAULT_RESERVE, Machine.real());

        public Settings {
            health = List.copyOf(health);
        }
    }

    /// With default settings.
    public ReceptionLoop(FlightState files, Store store, Clock clock) throws IOException {
        this(files, store, clock, Settings.DEFAULT);
    }

    /// Opens the state directory and takes up what a cut left.
    public ReceptionLoop(FlightState files, Store store, Clock clock, Settings settings) throws IOException {
        this.files = files;
        this.clock = clock;
        this.machine = settings.machine();
        this.reporter = new Reporter(files.flightKey(), files.satellite(), files.boot());
        this.blocks = new Blocks(files, this::answer);
        this.hands = new Hands(files, store, settings.reserve(), this::answer, view -> put(new Event.Viewed(view)));
        var profiles = new Profiles(files.disk(), store.profiles());
        var journal = new Journal(files.disk(), files.profiles());
        var logs = new Logs(files.disk(), files.logs());
        this.activator = new Activator(store, profiles, journal, logs, files.directory(), settings.health());
        var listener = new Listener();
        this.activations = new Activations(activator, journal, profiles, settings.machine(), listener, this::happened);
        var profileCommands = new ProfileCommands(activations, activator, journal, profiles, listener, this::happened);
        this.deployments = new Deployments(
                files,
                clock,
                reporter,
                hands,
                blocks,
                activations,
                machine::uptimeMillis,
                this::wantReport,
                this::reportSoon);
        this.commands = new Commands(
                files,
                clock,
                reporter,
                deployments,
                activations,
                profileCommands,
                logs,
                hands,
                this::happened,
                this::wantReport);
        this.uplink = new Uplink(files, reporter, deployments, commands, this::ask, this::wantReport);
        this.thread = Thread.ofPlatform().name("reception").unstarted(this::run);
        hands.scan();
        this.looked = clock.instant();
        activations.recover();
        commands.recover();
        deployments.recover();
        thread.start();
    }

    /// What activations tell goes to deployments and commands.
    private final class Listener implements Activations.Listener {
        @Override
        public void deployment(int number, Input input) {
            deployments.step(number, input);
        }

        @Override
        public void command(int number, CommandResult.Outcome outcome, String text) {
            commands.answer(number, outcome, text);
        }

        @Override
        public void prepare(int number) {
            deployments
                    .reception(number)
                    .flatMap(Reception::manifest)
                    .ifPresent(manifest -> hands.prepare(
                            number, manifest, activator, order -> put(new Event.Prepared(number, order))));
        }
    }

    private void ask(StoreQuestion question) {
        hands.answer(question, answers -> put(new Event.Answered(answers)));
    }

    private void happened(Activations.Happening happening) {
        put(new Event.Happened(happening));
    }

    private void wantReport() {
        reportWanted = true;
    }

    private void reportSoon() {
        reportSoon = true;
    }

    /// Takes a segment from a pipe; waits while too many are unread.
    public void hear(byte[] segment) {
        try {
            while (running && !waiting.tryAcquire(room(segment), 100, TimeUnit.MILLISECONDS)) {}
            put(new Event.Heard(segment));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int room(byte[] segment) {
        return Math.min(segment.length, WAITING_BYTES);
    }

    /// Counts frames that a pipe found damaged.
    public void damaged(long frames) {
        if (frames > 0) put(new Event.Damaged(frames));
    }

    /// Sends reports there too from now on, beginning with one at once.
    public void reportTo(Downlink link) {
        downlinks.add(link);
        hands.scan(); // A contact begins with what the store holds now.
        put(new Event.Asked(() -> {}, false));
    }

    /// Sends none there any more.
    public void endReportsTo(Downlink link) {
        downlinks.remove(link);
    }

    /// Runs `end` once a bug has stopped the reception: nothing that is heard from then on is kept, so that the process
    /// is to end too, and to be started again.
    public void onFailure(Runnable end) {
        onFailure = end;
        if (failed) end.run();
    }

    /// A report of everything that was heard before this call, as a signed segment.
    public byte[] report() throws InterruptedException {
        return ask(false);
    }

    private byte[] ask(boolean settled) throws InterruptedException {
        var done = new CountDownLatch(1);
        put(new Event.Asked(done::countDown, settled));
        while (running && !done.await(100, TimeUnit.MILLISECONDS)) {}
        return lastReport.get();
    }

    private void answer(int deployment, Input input) {
        put(new Event.Answer(deployment, input));
    }

    private void put(Event event) {
        try {
            while (running && !inbox.offer(event, 100, TimeUnit.MILLISECONDS)) {}
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        var askers = new ArrayList<Runnable>();
        var patient = new ArrayList<Runnable>();
        while (running) {
            try {
                var event = inbox.poll((patient.isEmpty() ? TICK : SETTLING).toMillis(), TimeUnit.MILLISECONDS);
                if (event != null) on(event, askers, patient);
                if (inbox.isEmpty() || blocks.unsynced() >= SYNC_BYTES || reportWanted) settle();
                if (event == null || inbox.isEmpty()) tick();
                if (!patient.isEmpty() && idle()) {
                    askers.addAll(patient);
                    patient.clear();
                    reportWanted = true;
                }
                if (reportSoon && !reported.plus(NEWS_EVERY).isAfter(clock.instant())) reportWanted = true;
                if (reportWanted) tell(askers);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | Error e) {
                // A bug. Everything durable is in the logs: starting again from them is the safest way on.
                LOG.log(System.Logger.Level.ERROR, "the receiver stops", e);
                running = false;
                failed = true;
                onFailure.run();
            }
        }
    }

    private void on(Event event, List<Runnable> askers, List<Runnable> patient) {
        switch (event) {
            case Event.Heard heard -> {
                waiting.release(room(heard.segment()));
                uplink.heard(heard.segment());
            }
            case Event.Damaged damaged -> reporter.count(Counter.FRAMES_BAD, damaged.frames());
            case Event.Answer answer -> deployments.step(answer.deployment(), answer.input());
            case Event.Viewed viewed -> {
                store = viewed.view();
                reportSoon = true;
            }
            case Event.Answered answered -> {
                for (var answer : answered.answers()) {
                    byte[] told = reporter.answer(answer);
                    downlinks.forEach(downlink -> downlink.answer(told));
                    if (answer.moved()) reportWanted = true;
                }
            }
            case Event.Happened happened -> {
                activations.on(happened.happening());
                reportSoon = true;
            }
            case Event.Prepared prepared ->
                prepared.order()
                        .ifPresentOrElse(
                                order -> activations.prepared(prepared.deployment(), order),
                                () -> activations.unprepared(prepared.deployment()));
            case Event.Asked asked -> {
                if (asked.settled()) {
                    patient.add(asked.done());
                } else {
                    askers.add(asked.done());
                    reportWanted = true;
                }
            }
        }
    }

    /// Makes durable what was appended, and tells the receptions.
    private void settle() {
        for (var kept : blocks.settle()) deployments.step(kept.deployment(), kept.input());
    }

    private void tick() {
        var now = clock.instant();
        deployments.tick(now);
        hands.watch(machine.uptimeMillis());
        activations.tick();
        hands.scrub(this::happened);
        if (looked.plus(LOOK_EVERY).isBefore(now) || now.isBefore(looked)) {
            looked = now;
            hands.scan();
            activations.look();
        }
        if (reported.plus(REPORT_EVERY).isBefore(now) || now.isBefore(reported)) {
            reportWanted = true;
        }
    }

    private void tell(List<Runnable> askers) {
        settle();
        byte[] segment = reporter.segment(
                clock.instant(),
                new Reporter.State(
                        store,
                        activations.report(),
                        deployments.report(),
                        deployments.floor(),
                        commands.last(),
                        commands.results()));
        lastReport.set(segment);
        reported = clock.instant();
        reportWanted = false;
        reportSoon = false;
        downlinks.forEach(downlink -> downlink.offer(segment));
        saveReport(segment, askers.isEmpty());
        askers.forEach(Runnable::run);
        askers.clear();
    }

    /// At most once a second, unless somebody waits for it.
    private void saveReport(byte[] segment, boolean sparingly) {
        if (sparingly && reported.isBefore(reportSaved.plus(SAVE_EVERY)) && !reported.isBefore(reportSaved)) return;
        try {
            files.saveReport(segment);
            reportSaved = reported;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "last report", e);
        }
    }

    /// Waits until nothing is left that could go on without the link, and returns the report of then.
    public byte[] settled() throws InterruptedException {
        return ask(true);
    }

    /// Whether nothing is at work. What a worker answers is in the inbox before it counts as idle, so the order
    /// matters.
    private boolean idle() {
        return hands.idle() && hands.verifying() == 0 && blocks.idle() && activations.idle() && inbox.isEmpty();
    }

    /// Has the thread look at once whether it is to go on.
    private void wake() {
        if (!inbox.offer(new Event.Damaged(0))) LOG.log(System.Logger.Level.DEBUG, "it is awake");
    }

    /// Makes everything durable and stops.
    @Override
    public void close() {
        try {
            report();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running = false;
        wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        activations.close();
        hands.close();
        blocks.close();
    }
}
