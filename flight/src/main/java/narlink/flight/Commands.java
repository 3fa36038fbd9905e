package narlink.flight;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import narlink.Bytes;
import narlink.pack.ProfileName;
import narlink.wire.Command;
import narlink.wire.Report;
import narlink.wire.Report.CommandResult;
import narlink.wire.Report.CommandResult.Outcome;
import narlink.wire.Report.Counter;

/// Carries out commands, each at most once: its number is durable before anything is done. What became of the newest
/// ones is remembered, to be told in every report. Belongs to the reception thread.
final class Commands {
    private static final System.Logger LOG = System.getLogger(Commands.class.getName());

    /// Results of commands that took their time, which newer ones have outrun.
    private static final int MAX_LATE = Report.MAX_RESULTS - Report.RECENT_RESULTS;

    private final FlightState files;
    private final Clock clock;
    private final Reporter reporter;
    private final Deployments deployments;
    private final Activations activations;
    private final ProfileCommands profiles;
    private final Logs logs;
    private final Hands hands;
    private final Consumer<Activations.Happening> worker;
    private final Runnable changed;
    private final TreeMap<Integer, CommandResult> results = new TreeMap<>(Comparator.reverseOrder());
    private final Set<Integer> late = new HashSet<>();
    private int last;

    /// @param worker takes what is done on another thread
    /// @param changed called where a report has something new to tell
    Commands(
            FlightState files,
            Clock clock,
            Reporter reporter,
            Deployments deployments,
            Activations activations,
            ProfileCommands profiles,
            Logs logs,
            Hands hands,
            Consumer<Activations.Happening> worker,
            Runnable changed)
            throws IOException {
        this.files = files;
        this.clock = clock;
        this.reporter = reporter;
        this.deployments = deployments;
        this.activations = activations;
        this.profiles = profiles;
        this.logs = logs;
        this.hands = hands;
        this.worker = worker;
        this.changed = changed;
        this.last = files.command();
        read();
    }

    /// The number of the last one carried out.
    int last() {
        return last;
    }

    /// What became of the newest ones, the newest first.
    List<CommandResult> results() {
        return List.copyOf(results.values());
    }

    /// Ends what a cut left without an answer, once [Activations#recover] has taken up what goes on.
    void recover() {
        for (var result : results()) {
            boolean goesOn = activations.answers(result.number()) || hands.verifying() == result.number();
            if (result.outcome() == Outcome.PENDING && !goesOn) {
                answer(
                        result.number(),
                        Outcome.FAILED,
                        "cut short before its outcome was known; look at what it was to change");
            }
        }
    }

    /// Takes a command that a mission key signed.
    void ordered(Command order) {
        changed.run();
        if (order.number() <= last) {
            reporter.count(Counter.ANNOUNCEMENTS_REPLAYED, 1);
            return;
        }
        if (!clock.instant().isBefore(order.expires())) {
            reporter.count(Counter.ANNOUNCEMENTS_EXPIRED, 1);
            return;
        }
        try {
            files.saveNumber("command", order.number());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "command " + order.number() + " can't be written down", e);
            return;
        }
        last = order.number();
        reporter.count(Counter.SEGMENTS_ACCEPTED, 1);
        LOG.log(System.Logger.Level.INFO, "command {0}: {1}", order.number(), order.action());
        answer(order.number(), Outcome.PENDING, "");
        try {
            carryOut(order.number(), order.action());
        } catch (IOException | IllegalArgumentException e) {
            answer(order.number(), Outcome.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private void carryOut(int number, Command.Action action) throws IOException {
        switch (action) {
            case Command.Action.Cancel cancel -> cancel(number, cancel.deployment());
            case Command.Action.Activate activate ->
                profiles.activate(number, new ProfileName(activate.profile()), activate.generation());
            case Command.Action.RollBack back ->
                profiles.rollBack(number, new ProfileName(back.profile()), back.generation());
            case Command.Action.Confirm confirm -> profiles.confirm(number, confirm.deployment());
            case Command.Action.Retain retain ->
                profiles.retain(number, new ProfileName(retain.profile()), retain.keep());
            case Command.Action.Collect collect -> hands.collect(number, collect.paths(), worker);
            case Command.Action.Verify verify -> hands.verify(number, worker);
            case Command.Action.FetchLog fetch -> {
                var log = logs.read(fetch.deployment());
                int end = Math.max(0, log.size() - fetch.offset());
                var piece = log.slice(Math.max(0, end - CommandResult.MAX_TEXT), end);
                answer(new CommandResult(number, Outcome.DONE, piece, log.size()));
            }
        }
    }

    private void cancel(int number, int deployment) {
        if (profiles.cancel(number, deployment)) return;
        var reception = deployments.reception(deployment);
        if (reception.isEmpty() || reception.get().state().ended()) {
            var state = reception.map(known -> "it is " + known.state()).orElse("it is not known here");
            answer(number, Outcome.REFUSED, "deployment " + deployment + " is not under way: " + state);
            return;
        }
        boolean taken = deployments.step(deployment, new Input.Cancelled());
        answer(
                number,
                Outcome.DONE,
                "deployment " + deployment
                        + (taken ? " is cancelled" : " will be cancelled: the disk refuses to note it now"));
    }

    void answer(int number, Outcome outcome, String text) {
        answer(new CommandResult(number, outcome, Bytes.ofUtf8(Reporter.cut(text, CommandResult.MAX_TEXT)), 0));
    }

    private void answer(CommandResult result) {
        results.put(result.number(), result);
        forgetOld(result.number());
        changed.run();
        var lines = new StringBuilder();
        for (var known : results.values()) {
            lines.append("%d %s %d %s%n"
                    .formatted(
                            known.number(),
                            known.outcome(),
                            known.logSize(),
                            known.text().hex()));
        }
        try {
            files.saveResults(lines.toString());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "results of commands", e); // Told all the same while this runs.
        }
    }

    /// Keeps the newest, and behind them what is pending or was so until now: Earth still wants to hear of that.
    private void forgetOld(int answered) {
        var old = results.keySet().stream().skip(Report.RECENT_RESULTS).toList();
        if (old.contains(answered)) late.add(answered);
        int kept = 0;
        for (int number : old) {
            var result = results.get(number);
            boolean wanted = result != null && (result.outcome() == Outcome.PENDING || late.contains(number));
            if (wanted && kept < MAX_LATE) kept++;
            else results.remove(number);
        }
        late.retainAll(results.keySet());
    }

    private void read() throws IOException {
        var text = files.results()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
        try {
            for (var line : text.lines().toList()) {
                var words = line.split(" ", 4);
                int number = Integer.parseInt(words[0]);
                results.put(
                        number,
                        new CommandResult(
                                number, Outcome.valueOf(words[1]), Bytes.ofHex(words[3]), Integer.parseInt(words[2])));
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            LOG.log(System.Logger.Level.WARNING, "results of commands were damaged", e);
        }
    }
}
