package narlink.flight;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import narlink.nix.Store;
import narlink.wire.Report.CommandResult;
import narlink.wire.Report.Counter;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion;
import org.jspecify.annotations.Nullable;

/// What the satellite knows, in one place: takes what the link and the workers bring, event by event, to [Deployments]
/// and [Commands], and tells Earth what became of it. It belongs to one thread, which [ReceptionLoop] has, or which a
/// simulator steps.
final class Receiver {
    private static final System.Logger LOG = System.getLogger(Receiver.class.getName());

    /// Bytes of symbols between two syncs of their logs.
    private static final int SYNC_BYTES = 12 * 1024;

    private static final Duration REPORT_EVERY = Duration.ofSeconds(10);
    /// What nobody asked for is told at most so often: much may change at once.
    private static final Duration NEWS_EVERY = Duration.ofMillis(250);
    private static final Duration SAVE_EVERY = Duration.ofSeconds(1);
    /// How often the store is looked at for what others did to it.
    private static final Duration LOOK_EVERY = Duration.ofMinutes(10);

    private final FlightState files;
    private final Clock clock;
    private final Machine machine;
    private final Consumer<Event> inbox;
    private final Reporter reporter;
    private final Hands hands;
    private final Blocks blocks;
    private final Activator activator;
    private final Activations activations;
    private final Deployments deployments;
    private final Commands commands;
    private final Uplink uplink;
    private final AtomicReference<byte[]> lastReport = new AtomicReference<>(new byte[0]);
    private final List<Runnable> askers = new ArrayList<>();
    private final List<Runnable> patient = new ArrayList<>();
    private final List<ReceptionLoop.Downlink> downlinks = new CopyOnWriteArrayList<>();

    private StoreView store = StoreView.NONE;
    private boolean reportWanted;
    private boolean reportSoon;
    private Instant reported = Instant.EPOCH;
    private Instant reportSaved = Instant.EPOCH;
    private Instant looked;

    /// What reaches it.
    sealed interface Event {
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

    /// Opens the state directory and takes up what a cut left.
    ///
    /// @param inbox takes, from any thread, what is to come to [#step]
    Receiver(FlightState files, Store store, Clock clock, ReceptionLoop.Settings settings, Consumer<Event> inbox)
            throws IOException {
        this.files = files;
        this.clock = clock;
        this.machine = settings.machine();
        this.inbox = inbox;
        var workers = machine.workers();
        this.reporter = new Reporter(files.flightKey(), files.satellite(), files.boot(), machine.system());
        this.blocks = new Blocks(files, this::answer, workers);
        this.hands =
                new Hands(files, store, settings.reserve(), this::answer, view -> put(new Event.Viewed(view)), workers);
        var profiles = new Profiles(files.disk(), store.profiles());
        var journal = new Journal(files.disk(), files.profiles());
        var logs = new Logs(files.disk(), files.logs());
        this.activator = new Activator(store, profiles, journal, logs, files.directory(), settings.health(), machine);
        var listener = new Listener();
        this.activations = new Activations(activator, journal, profiles, machine, listener, this::happened);
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
        hands.scan();
        this.looked = clock.instant();
        activations.recover();
        commands.recover();
        deployments.recover();
    }

    /// What activations tell goes to deployments and commands.
    private final class Listener implements Activations.Listener {
        @Override
        public boolean deployment(int number, Input input) {
            return deployments.step(number, input);
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

    private void put(Event event) {
        inbox.accept(event);
    }

    private void answer(int deployment, Input input) {
        put(new Event.Answer(deployment, input));
    }

    /// Sends reports there too from now on, beginning with one at once. From any thread, as the next two.
    void reportTo(ReceptionLoop.Downlink link) {
        downlinks.add(link);
        hands.scan(); // A contact begins with what the store holds now.
        put(new Event.Asked(() -> {}, false));
    }

    /// Sends none there any more.
    void endReportsTo(ReceptionLoop.Downlink link) {
        downlinks.remove(link);
    }

    byte[] lastReport() {
        return lastReport.get();
    }

    /// Takes one event, and does what is due.
    ///
    /// @param event null where none came for a while
    /// @param more whether others wait already
    void step(@Nullable Event event, BooleanSupplier more) {
        if (event != null) on(event);
        if (!more.getAsBoolean() || blocks.unsynced() >= SYNC_BYTES || reportWanted) settle();
        if (event == null || !more.getAsBoolean()) tick();
        if (!patient.isEmpty() && idle() && !more.getAsBoolean()) {
            askers.addAll(patient);
            patient.clear();
            reportWanted = true;
        }
        if (reportSoon && !reported.plus(NEWS_EVERY).isAfter(clock.instant())) reportWanted = true;
        if (reportWanted) tell();
    }

    /// Whether somebody waits until nothing is at work.
    boolean awaited() {
        return !patient.isEmpty();
    }

    private void on(Event event) {
        switch (event) {
            case Event.Heard heard -> {
                if (uplink.heard(heard.segment())) downlinks.forEach(ReceptionLoop.Downlink::asked);
            }
            case Event.Damaged damaged -> reporter.count(Counter.FRAMES_BAD, damaged.frames());
            case Event.Answer answer -> deployments.step(answer.deployment(), answer.input());
            case Event.Viewed viewed -> {
                if (!viewed.view().equals(store)) reportSoon = true;
                store = viewed.view();
            }
            case Event.Answered answered -> {
                for (var answer : answered.answers()) {
                    byte[] told = reporter.answer(answer);
                    downlinks.forEach(downlink -> downlink.answer(told));
                    if (answer.moved()) reportWanted = true;
                }
            }
            case Event.Happened happened -> {
                if (activations.isNews(happened.happening())) reportSoon = true;
                activations.on(happened.happening());
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
        // Where nobody hears them, only what is news is worth a signature.
        if (!downlinks.isEmpty() && (reported.plus(REPORT_EVERY).isBefore(now) || now.isBefore(reported))) {
            reportWanted = true;
        }
    }

    private void tell() {
        settle();
        var state = new Reporter.State(
                store,
                activations.report(),
                deployments.report(),
                deployments.floor(),
                commands.last(),
                commands.results());
        reported = clock.instant();
        reportWanted = false;
        reportSoon = false;
        reporter.begin();
        if (!downlinks.isEmpty()) {
            byte[] segment = reporter.brief(reported, state);
            downlinks.forEach(downlink -> downlink.offer(segment));
        }
        keep(state);
        askers.forEach(Runnable::run);
        askers.clear();
    }

    /// Keeps a report for who asks on board, at most once a second unless somebody waits for it.
    private void keep(Reporter.State state) {
        boolean lately = reported.isBefore(reportSaved.plus(SAVE_EVERY)) && !reported.isBefore(reportSaved);
        if (askers.isEmpty() && lately) return;
        byte[] whole = reporter.whole(reported, state);
        lastReport.set(whole);
        try {
            files.saveReport(whole);
            reportSaved = reported;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "last report", e);
        }
    }

    /// Whether nothing is at work. What a worker answers is in the inbox before it counts as idle, so the order
    /// matters: the inbox is looked at afterwards.
    private boolean idle() {
        return hands.idle() && hands.verifying() == 0 && blocks.idle() && activations.idle();
    }

    /// Ends the workers.
    void close() {
        activations.close();
        hands.close();
        blocks.close();
    }
}
