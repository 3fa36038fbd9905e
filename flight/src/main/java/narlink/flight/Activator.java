package narlink.flight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import narlink.Bytes;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Activation.Program;
import narlink.pack.Health;
import narlink.pack.Outline;
import narlink.pack.ProfileName;
import narlink.wire.Report;

/// Carries out what an [ActivationRun] wants done: profile links, programs, health checks. Everything can be done again
/// after a cut. Nothing here decides.
final class Activator {
    /// Environment of whatever is run.
    static final String STATE = "NARLINK_STATE";

    static final String STEP = "NARLINK_STEP";

    private final Store store;
    private final Profiles profiles;
    private final Journal journal;
    private final Logs logs;
    private final Path state;
    private final List<String> ownHealth;
    private final Programs programs;
    private final Workers workers;

    /// @param ownHealth health commands of this receiver's own, for every deployment that runs a program
    Activator(
            Store store,
            Profiles profiles,
            Journal journal,
            Logs logs,
            Path state,
            List<String> ownHealth,
            Machine machine) {
        this.store = store;
        this.profiles = profiles;
        this.journal = journal;
        this.logs = logs;
        this.state = state;
        this.ownHealth = List.copyOf(ownHealth);
        this.programs = machine.programs();
        this.workers = machine.workers();
    }

    ActivationRun.Event carryOut(ActivationRun run, ActivationRun.Act act) throws IOException, InterruptedException {
        var order = run.order();
        return switch (act) {
            case ActivationRun.Act.Switch go -> {
                profiles.activate(order.profile(), order.generation());
                yield new ActivationRun.Event.Switched();
            }
            case ActivationRun.Act.Run go -> {
                var ran = activate(order, order.generation(), order.activation(), "activation", go.again());
                yield new ActivationRun.Event.Ended(ran.why(), ran.exitStatus(), ran.tail());
            }
            case ActivationRun.Act.Check go -> {
                var ran = check(order, go.again());
                yield new ActivationRun.Event.Checked(ran.why(), ran.exitStatus(), ran.tail());
            }
            case ActivationRun.Act.GoBack go -> {
                var ran = goBack(order, go);
                yield new ActivationRun.Event.WentBack(ran.why(), ran.exitStatus(), ran.tail());
            }
            case ActivationRun.Act.Save save -> throw new IllegalArgumentException("not for a worker");
            case ActivationRun.Act.Conclude conclude -> throw new IllegalArgumentException("not for a worker");
        };
    }

    /// @param why empty where it succeeded
    private record Ran(String why, int exitStatus, Bytes tail) {
        static final Ran NOTHING = new Ran("", -1, Bytes.EMPTY);
    }

    private Ran goBack(ActivationRun.Order order, ActivationRun.Act.GoBack go)
            throws IOException, InterruptedException {
        var name = order.profile();
        if (order.before().isEmpty()) {
            profiles.deactivate(name);
            return Ran.NOTHING;
        }
        int generation = order.before().get();
        if (profiles.path(name, generation).isEmpty()) {
            return new Ran("generation " + generation + " of " + name + " is gone", -1, Bytes.EMPTY);
        }
        profiles.activate(name, generation);
        if (!go.program()) {
            return new Ran("it was cut short " + ActivationRun.MAX_STARTS + " times", -1, Bytes.EMPTY);
        }
        return activate(order, generation, journal.activation(name, generation), "rollback", go.again());
    }

    private Ran activate(ActivationRun.Order order, int generation, Activation activation, String step, boolean again)
            throws IOException, InterruptedException {
        if (activation.program() instanceof Program.None) return Ran.NOTHING;
        var path = profiles.path(order.profile(), generation)
                .orElseThrow(() -> new IOException("generation " + generation + " of " + order.profile() + " is gone"));
        var script = script(activation.program());
        var result = run(order, generation, path, script, step, again, 1000L * activation.timeLimitSeconds());
        return new Ran(
                result.succeeded() ? "" : describe(step, result, activation.timeLimitSeconds()),
                result.exitStatus(),
                tail(result));
    }

    /// What is run for a kind of activation. NARLINK_TARGET leads to its files.
    private static String script(Program program) {
        return switch (program) {
            case Program.None none -> "exit 0";
            case Program.Command command -> command.command();
            case Program.DeployRs deployRs -> """
                cd "$NARLINK_TARGET" && export PROFILE="$NARLINK_PROFILE" && exec ./deploy-rs-activate
                """;
            case Program.SystemManager systemManager -> """
                exec "$NARLINK_TARGET/bin/activate"
                """;
            case Program.HomeManager home -> """
                user=%s
                uid=$(id -u "$user") && home=$(getent passwd "$user" | cut -d: -f6) || exit 1
                export USER="$user" LOGNAME="$user" HOME="$home"
                if [ -d "/run/user/$uid" ]; then export XDG_RUNTIME_DIR="/run/user/$uid"; fi
                cd "$HOME" || exit 1
                if [ "$(id -u)" = "$uid" ]; then exec "$NARLINK_TARGET/activate"; fi
                exec setpriv --reuid "$uid" --regid "$(id -g "$user")" --init-groups -- "$NARLINK_TARGET/activate"
                """.formatted(home.user());
            case Program.Nixos nixos -> """
                exec "$NARLINK_TARGET/bin/switch-to-configuration" switch
                """;
        };
    }

    private Ran check(ActivationRun.Order order, boolean again) throws IOException, InterruptedException {
        var path = profiles.path(order.profile(), order.generation())
                .orElseThrow(() ->
                        new IOException("generation " + order.generation() + " of " + order.profile() + " is gone"));
        var health = order.activation().health();
        var commands = healthCommands(order.activation(), path);
        if (commands.isEmpty()) return Ran.NOTHING;
        long began = workers.nanoTime();
        var rounds = HealthRounds.begin(health);
        while (true) {
            var failure = round(order, path, commands, health, began, again);
            again = false;
            rounds = rounds.after(failure.isEmpty());
            switch (rounds.verdict(millisSince(began))) {
                case HEALTHY -> {
                    return Ran.NOTHING;
                }
                case SICK -> {
                    return failure.orElseGet(() -> new Ran(
                            "healthy not " + health.times() + " times in a row within " + health.withinSeconds() + " s",
                            -1,
                            Bytes.EMPTY));
                }
                case AGAIN -> workers.sleep(Duration.ofSeconds(health.intervalSeconds()));
            }
        }
    }

    private List<String> healthCommands(Activation activation, StorePath target) {
        var commands = new ArrayList<String>();
        if (!(activation.program() instanceof Program.None)) commands.addAll(ownHealth);
        boolean has = store.physical(target)
                .map(path -> Files.isExecutable(path.resolve("share/narlink/health")))
                .orElse(false);
        if (has) commands.add("exec \"$NARLINK_TARGET/share/narlink/health\"");
        commands.addAll(activation.health().commands());
        return commands;
    }

    /// The first failure of a round.
    private Optional<Ran> round(
            ActivationRun.Order order, StorePath path, List<String> commands, Health health, long began, boolean again)
            throws IOException, InterruptedException {
        boolean sweep = again;
        for (var command : commands) {
            long left = Math.max(1, 1000L * health.withinSeconds() - millisSince(began));
            long limit = Math.min(left, 1000L * health.timeLimitSeconds());
            var result = run(order, order.generation(), path, command, "health", sweep, limit);
            sweep = false;
            if (!result.succeeded()) {
                var why = describe("health check \"" + cut(command) + "\"", result, Math.ceilDiv(limit, 1000));
                return Optional.of(new Ran(why, result.exitStatus(), tail(result)));
            }
        }
        return Optional.empty();
    }

    private Programs.Result run(
            ActivationRun.Order order,
            int generation,
            StorePath path,
            String script,
            String step,
            boolean sweep,
            long limitMillis)
            throws IOException, InterruptedException {
        var environment = new HashMap<String, String>();
        environment.put("NARLINK_PROFILE", profiles.link(order.profile()).toString());
        var physical = store.physical(path);
        environment.put("NARLINK_TARGET", physical.map(Path::toString).orElse(path.toString()));
        environment.put("NARLINK_GENERATION", Integer.toString(generation));
        environment.put("NARLINK_DEPLOYMENT", Integer.toString(order.deployment()));
        environment.put("NARLINK_STORE", store.url());
        environment.put(STATE, state.toString());
        environment.put(STEP, step);
        if (sweep) programs.sweep(Map.of(STATE, state.toString(), STEP, step));
        var result = programs.run(script, environment, state, limitMillis);
        logs.append(order.deployment(), step, result);
        return result;
    }

    private static String describe(String what, Programs.Result result, long limitSeconds) {
        return result.timeUp()
                ? what + " took more than " + limitSeconds + " s"
                : what + " ended with exit status " + result.exitStatus();
    }

    private static String cut(String command) {
        return command.length() <= 40 ? command : command.substring(0, 39) + "…";
    }

    private static Bytes tail(Programs.Result result) {
        int size = result.output().size();
        return result.output().slice(Math.max(0, size - Report.MAX_TEXT), size);
    }

    private long millisSince(long began) {
        return (workers.nanoTime() - began) / 1_000_000;
    }

    /// Makes the generation that a deployment is to be activated as, not yet current. What it leads to holds by roots
    /// of its own too, where Nix does not search the profile's directory.
    ActivationRun.Order prepare(int deployment, Outline manifest, List<StorePath> targets) throws IOException {
        var name = manifest.profile().orElseThrow(() -> new IllegalArgumentException("no profile to be set"));
        int confirmed =
                journal.confirmed(name).map(Journal.Confirmed::generation).orElse(0);
        int generation = profiles.generation(name, targets.getFirst(), confirmed);
        for (var target : targets) {
            store.root(rootPrefix(name, generation) + target.baseName(), target);
        }
        journal.activation(name, generation, manifest.activation());
        return new ActivationRun.Order(
                deployment, 0, name, generation, manifest.activation(), Optional.empty(), ActivationRun.Aim.ACTIVATE);
    }

    /// Writes down how a run ended, and drops generations that nobody needs any more.
    void conclude(ActivationRun run) throws IOException {
        var order = run.order();
        var name = order.profile();
        var last = journal.confirmed(name);
        int newest = last.map(Journal.Confirmed::deployment).orElse(0);
        var failed = new ArrayList<>(journal.failed(name));
        if (run.stage() == ActivationRun.Stage.CONFIRMED) {
            journal.confirm(name, new Journal.Confirmed(order.generation(), Math.max(newest, order.deployment())));
            // A failed generation is the best base for its fix; now that is there.
            failed.remove((Integer) order.generation());
            drop(name, failed);
            failed.clear();
        } else {
            if (order.before().isPresent()) {
                journal.confirm(name, new Journal.Confirmed(order.before().get(), newest));
            }
            boolean isNews = order.aim() != ActivationRun.Aim.GO_BACK
                    && !order.before().equals(Optional.of(order.generation()))
                    && !failed.contains(order.generation());
            if (isNews) failed.add(order.generation());
        }
        journal.fail(name, failed);
        retain(name);
    }

    /// Drops the generations that are more than are to be kept.
    ///
    /// @return how many
    int retain(ProfileName name) throws IOException {
        var keep = journal.retention(name);
        if (keep.isEmpty()) return 0;
        var numbers = List.copyOf(profiles.generations(name).keySet());
        var surplus = new ArrayList<>(numbers.subList(0, Math.max(0, numbers.size() - keep.get())));
        journal.confirmed(name).ifPresent(confirmed -> surplus.remove((Integer) confirmed.generation()));
        surplus.removeAll(journal.failed(name));
        profiles.current(name).ifPresent(current -> surplus.remove((Integer) current.generation()));
        drop(name, surplus);
        return surplus.size();
    }

    /// The profiles with their current generations.
    List<Report.ProfileReport> report() throws IOException {
        var reports = new ArrayList<Report.ProfileReport>();
        for (var profile : profiles.all()) {
            boolean confirmed = journal.confirmed(profile.name())
                    .filter(last -> last.generation() == profile.generation())
                    .isPresent();
            reports.add(new Report.ProfileReport(
                    profile.name().value(),
                    profile.generation(),
                    Bytes.of(profile.path().digestBytes()),
                    confirmed,
                    Optional.empty()));
        }
        return reports;
    }

    /// Drops generations with their roots, but none that is current.
    private void drop(ProfileName name, List<Integer> generations) throws IOException {
        int current = profiles.current(name).map(Profiles.Profile::generation).orElse(0);
        var roots = generations.isEmpty()
                ? List.<String>of()
                : List.copyOf(store.roots().keySet());
        for (int generation : generations) {
            if (generation == current) continue;
            profiles.drop(name, generation);
            journal.forget(name, generation);
            for (var root : roots) {
                if (root.startsWith(rootPrefix(name, generation))) store.unroot(root);
            }
        }
    }

    private static String rootPrefix(ProfileName name, int generation) {
        return "profiles/" + name + "/" + generation + "/";
    }
}
