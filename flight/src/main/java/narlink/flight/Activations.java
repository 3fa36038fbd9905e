package narlink.flight;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import narlink.pack.Activation;
import narlink.pack.ProfileName;
import narlink.wire.DeploymentState;
import narlink.wire.Report;
import narlink.wire.Report.CommandResult.Outcome;

/// The activations of all profiles, at most one of each at a time: steps the [ActivationRun] that an event belongs to,
/// writes its journal, and has the [Activator] carry out its acts on a thread of their own. Belongs to the reception
/// thread. What waits for a command or a reboot waits here as a state; no thread sleeps for it.
final class Activations implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Activations.class.getName());

    /// Nanoseconds until what a disk refused is tried again.
    private static final long RETRY_NANOS = 10_000_000_000L;

    private final Activator activator;
    private final Journal journal;
    private final Profiles profiles;
    private final Machine machine;
    private final Listener listener;
    private final Consumer<Happening> answers;
    private final Map<ProfileName, ActivationRun> runs = new HashMap<>();
    private final Map<ProfileName, Retry> retries = new HashMap<>();
    /// Deployments that are stored and wait for their turn, oldest first.
    private final TreeMap<Integer, ActivationRun.Order> waiting = new TreeMap<>();

    private final Set<Integer> preparing = new HashSet<>();
    private final AtomicInteger busy = new AtomicInteger();
    private final ExecutorService thread;
    private List<Report.ProfileReport> seen = List.of();

    private record Retry(ActivationRun.Event event, List<ActivationRun.Act> acts, long due) {}

    /// Hears what becomes of activations, on the reception thread.
    interface Listener {
        /// @return whether it counts: else it waits for the disk
        boolean deployment(int number, Input input);

        void command(int number, Outcome outcome, String text);

        /// Prepares the generation of a deployment on the thread that works on the store, and gives it to [#prepared].
        void prepare(int number);
    }

    /// What the worker brings to the reception thread.
    sealed interface Happening {
        record Acted(ProfileName profile, ActivationRun.Event event) implements Happening {}

        /// The disk stood in the way of an act.
        record Troubled(ProfileName profile, ActivationRun.Act act, String why) implements Happening {}

        record Concluded(ProfileName profile) implements Happening {}

        /// A command that is not about an activation.
        record CarriedOut(int command, String text, boolean done) implements Happening {}

        record Seen(List<Report.ProfileReport> profiles) implements Happening {}
    }

    Activations(
            Activator activator,
            Journal journal,
            Profiles profiles,
            Machine machine,
            Listener listener,
            Consumer<Happening> answers) {
        this.activator = activator;
        this.journal = journal;
        this.profiles = profiles;
        this.machine = machine;
        this.listener = listener;
        this.answers = answers;
        this.thread = machine.workers().worker("activation");
    }

    /// Takes up what a cut left.
    void recover() throws IOException {
        for (var run : journal.runs()) {
            var name = run.order().profile();
            runs.put(name, run);
            on(name, new ActivationRun.Event.Resumed(machine.bootId(), machine.uptimeMillis()));
        }
        look();
    }

    /// Activates a deployment whose paths are all valid, or tells again what has come of that.
    ///
    /// @param begun whether its activation had begun
    void activate(int number, ProfileName name, boolean begun) {
        var run = run(number);
        if (run.isPresent()) {
            tell(run.get());
        } else if (begun) {
            lost(number, name);
        } else if (!waiting.containsKey(number) && preparing.add(number)) {
            listener.prepare(number);
        }
    }

    /// The activation of a deployment had begun, but nothing is known of it any more: it gave way to a newer one before
    /// a cut, or its journal was damaged. What nobody has confirmed does not stay.
    private void lost(int number, ProfileName name) {
        try {
            var confirmed = journal.confirmed(name).map(Journal.Confirmed::generation);
            var current = profiles.current(name).map(Profiles.Profile::generation);
            if (run(name).isPresent() || confirmed.isEmpty() || confirmed.equals(current)) {
                supersede(number, "by a newer activation of its profile");
                return;
            }
            LOG.log(System.Logger.Level.ERROR, "the journal of {0} is lost; it goes back", name);
            begin(
                    new ActivationRun.Order(
                            number, 0, name, current.orElse(0), Activation.NONE, confirmed, ActivationRun.Aim.GO_BACK),
                    Optional.empty());
        } catch (IOException e) {
            listener.deployment(number, new Input.Stalled(String.valueOf(e.getMessage())));
        }
    }

    /// The generation of a deployment is there, but not current.
    void prepared(int number, ActivationRun.Order order) {
        preparing.remove(number);
        waiting.put(number, order);
        admit();
    }

    /// It could not be prepared.
    void unprepared(int number) {
        preparing.remove(number);
    }

    /// Begins what waits and may begin.
    private void admit() {
        for (var entry : List.copyOf(waiting.entrySet())) {
            var order = entry.getValue();
            var now = Optional.ofNullable(runs.get(order.profile()));
            try {
                int newest = journal.confirmed(order.profile())
                        .map(Journal.Confirmed::deployment)
                        .orElse(0);
                if (order.deployment() < newest) {
                    waiting.remove(entry.getKey());
                    supersede(order.deployment(), "by deployment " + newest);
                } else if (now.isEmpty() || now.get().awaits()) {
                    waiting.remove(entry.getKey());
                    begin(order, now);
                } else if (now.get().stage() == ActivationRun.Stage.ROLLBACK_FAILED) {
                    listener.deployment(
                            order.deployment(),
                            new Input.Stalled("profile " + order.profile()
                                    + " could not be rolled back; a command has to end that first"));
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "activation of deployment " + entry.getKey(), e);
                waiting.put(entry.getKey(), order);
                return; // The next tick tries again.
            }
        }
    }

    /// Begins a run, in place of one that waits for a command or a reboot.
    void begin(ActivationRun.Order order, Optional<ActivationRun> instead) throws IOException {
        var name = order.profile();
        var before = order.aim() == ActivationRun.Aim.GO_BACK
                ? order.before()
                : instead.isPresent() ? instead.get().order().before() : last(name);
        var whole = new ActivationRun.Order(
                order.deployment(), order.command(), name, order.generation(), order.activation(), before, order.aim());
        var step = ActivationRun.begin(whole, machine.bootId(), machine.uptimeMillis());
        journal.save(step.state());
        runs.put(name, step.state());
        retries.remove(name);
        instead.ifPresent(old -> {
            var by = order.deployment() == 0 ? "command " + order.command() : "deployment " + order.deployment();
            if (old.stage() == ActivationRun.Stage.ROLLBACK_FAILED) {
                tell(old, DeploymentState.ROLLED_BACK, old.reason() + "; ended by " + by);
            } else {
                tell(old, DeploymentState.SUPERSEDED, "by " + by);
                answer(old, Outcome.FAILED, "superseded by " + by);
            }
        });
        tell(step.state());
        step.effects().forEach(act -> perform(name, act));
    }

    private void supersede(int deployment, String why) {
        listener.deployment(deployment, new Input.Activating(DeploymentState.SUPERSEDED, why, -1, narlink.Bytes.EMPTY));
    }

    /// The generation to go back to: the last confirmed, else what somebody set.
    private Optional<Integer> last(ProfileName name) throws IOException {
        var confirmed = journal.confirmed(name).map(Journal.Confirmed::generation);
        if (confirmed.isPresent() && profiles.path(name, confirmed.get()).isPresent()) return confirmed;
        return profiles.current(name).map(Profiles.Profile::generation);
    }

    private long later() {
        return machine.workers().nanoTime() + RETRY_NANOS;
    }

    /// Whether anything is otherwise than was told.
    boolean isNews(Happening happening) {
        return !(happening instanceof Happening.Seen now && now.profiles().equals(seen));
    }

    /// Takes what the worker brings.
    void on(Happening happening) {
        switch (happening) {
            case Happening.Acted acted -> on(acted.profile(), acted.event());
            case Happening.Troubled troubled -> troubled(troubled);
            case Happening.Concluded concluded -> {
                var run = runs.get(concluded.profile());
                if (run != null && run.stage().decided()) end(run, run.stage().state(), run.reason());
            }
            case Happening.CarriedOut result ->
                listener.command(result.command(), result.done() ? Outcome.DONE : Outcome.FAILED, result.text());
            case Happening.Seen now -> seen = now.profiles();
        }
    }

    private void troubled(Happening.Troubled troubled) {
        var run = runs.get(troubled.profile());
        if (run == null) return;
        retries.put(
                troubled.profile(), new Retry(new ActivationRun.Event.Switched(), List.of(troubled.act()), later()));
        listener.deployment(run.order().deployment(), new Input.Stalled(troubled.why()));
    }

    /// Steps the run of a profile.
    void on(ProfileName name, ActivationRun.Event event) {
        var run = runs.get(name);
        if (run == null) return;
        var step = run.on(event);
        if (step.effects().contains(new ActivationRun.Act.Save())) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0}: {1} -> {2}",
                    name,
                    event,
                    step.state().stage());
            try {
                journal.save(step.state());
            } catch (IOException e) {
                // What is not written down has not happened: the same event comes again.
                LOG.log(System.Logger.Level.WARNING, "journal of " + name, e);
                retries.put(name, new Retry(event, List.of(), later()));
                return;
            }
        }
        runs.put(name, step.state());
        if (step.effects().contains(new ActivationRun.Act.Save())) tell(step.state());
        step.effects().forEach(act -> perform(name, act));
    }

    private void perform(ProfileName name, ActivationRun.Act act) {
        var run = runs.get(name);
        if (run == null || act instanceof ActivationRun.Act.Save) return;
        submit(() -> {
            try {
                if (act instanceof ActivationRun.Act.Conclude) {
                    activator.conclude(run);
                    answers.accept(new Happening.Seen(activator.report()));
                    answers.accept(new Happening.Concluded(name));
                } else {
                    var event = activator.carryOut(run, act);
                    answers.accept(new Happening.Seen(activator.report()));
                    answers.accept(new Happening.Acted(name, event));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // The receiver is being ended; the journal knows how to go on.
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "activation of " + name, e);
                answers.accept(new Happening.Troubled(name, act, String.valueOf(e.getMessage())));
            }
        });
    }

    /// A deployment that waits for its turn has been cancelled.
    void forget(int deployment) {
        waiting.remove(deployment);
    }

    /// Forgets a run that is over, once that is told: the deployment's own status comes first.
    void end(ActivationRun run, DeploymentState state, String why) {
        var order = run.order();
        if (!tell(run, state, why)) {
            // The journal has to know of the run until the deployment's own status is written down.
            var conclude = List.<ActivationRun.Act>of(new ActivationRun.Act.Conclude());
            retries.put(order.profile(), new Retry(new ActivationRun.Event.Switched(), conclude, later()));
            return;
        }
        boolean done = state
                == (order.aim() == ActivationRun.Aim.ACTIVATE
                        ? DeploymentState.CONFIRMED
                        : DeploymentState.ROLLED_BACK);
        answer(
                run,
                done ? Outcome.DONE : Outcome.FAILED,
                done && why.isEmpty() ? "generation " + order.generation() + " is confirmed" : why);
        runs.remove(order.profile());
        retries.remove(order.profile());
        try {
            journal.forget(order.profile());
        } catch (IOException e) {
            // It is read again at the next start, and ends again.
            LOG.log(System.Logger.Level.WARNING, "journal of " + order.profile(), e);
        }
        admit();
    }

    private void tell(ActivationRun run) {
        if (run.stage().decided()) return; // Once that is written down beside the profile.
        tell(run, run.stage().state(), run.reason());
        if (run.stage() == ActivationRun.Stage.ROLLBACK_FAILED) answer(run, Outcome.FAILED, run.reason());
    }

    private boolean tell(ActivationRun run, DeploymentState state, String why) {
        int deployment = run.order().deployment();
        return deployment == 0
                || listener.deployment(deployment, new Input.Activating(state, why, run.exitStatus(), run.tail()));
    }

    /// Answers the command that a run was begun or ended by.
    void answer(ActivationRun run, Outcome outcome, String text) {
        if (run.order().command() != 0) listener.command(run.order().command(), outcome, text);
    }

    Optional<ActivationRun> run(ProfileName name) {
        return Optional.ofNullable(runs.get(name));
    }

    Optional<ActivationRun> run(int deployment) {
        return runs.values().stream()
                .filter(run -> run.order().deployment() == deployment)
                .findFirst();
    }

    /// Time passes.
    void tick() {
        for (var name : List.copyOf(runs.keySet())) {
            if (!Optional.ofNullable(runs.get(name)).map(ActivationRun::awaits).orElse(false)) continue;
            on(name, new ActivationRun.Event.Tick(machine.bootId(), machine.uptimeMillis()));
        }
        for (var entry : List.copyOf(retries.entrySet())) {
            if (machine.workers().nanoTime() - entry.getValue().due() < 0) continue;
            retries.remove(entry.getKey());
            if (entry.getValue().acts().isEmpty())
                on(entry.getKey(), entry.getValue().event());
            else entry.getValue().acts().forEach(act -> perform(entry.getKey(), act));
        }
        if (!waiting.isEmpty()) admit();
    }

    /// Looks at the profiles: others may switch them too.
    void look() {
        submit(() -> {
            try {
                answers.accept(new Happening.Seen(activator.report()));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "cannot read the profiles", e);
            }
        });
    }

    /// The profiles, those first that could not be rolled back.
    List<Report.ProfileReport> report() {
        var reports = new ArrayList<Report.ProfileReport>();
        for (var profile : seen) {
            var run = Optional.ofNullable(runs.get(new ProfileName(profile.name())));
            reports.add(new Report.ProfileReport(
                    profile.name(),
                    profile.generation(),
                    profile.path(),
                    profile.confirmed(),
                    run.filter(known -> !known.stage().decided())
                            .map(known -> known.stage().state())));
        }
        reports.sort(java.util.Comparator.comparing(
                report -> !report.activation().equals(Optional.of(DeploymentState.ROLLBACK_FAILED))));
        return reports;
    }

    /// Has something done on the thread that runs programs.
    void submit(Runnable work) {
        if (thread.isShutdown()) return;
        busy.incrementAndGet();
        thread.execute(() -> {
            try {
                work.run();
            } finally {
                busy.decrementAndGet();
            }
        });
    }

    /// Whether a run under way is to answer a command.
    boolean answers(int command) {
        return runs.values().stream().anyMatch(run -> run.order().command() == command);
    }

    /// Whether nothing is being run.
    boolean idle() {
        return busy.get() == 0 && preparing.isEmpty();
    }

    /// Ends what runs: its journal tells the next start how to go on.
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(60, TimeUnit.SECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "an activation does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
