package narlink.ground.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import narlink.ground.Deployment;
import narlink.ground.FleetMember;
import narlink.ground.Mirror;
import narlink.ground.SatelliteView;
import narlink.ground.json.FleetJson;
import narlink.ground.json.SatelliteJson;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "status",
        description = "Shows what Earth knows of a satellite: mirror, deployments, the last report and its age; of all"
                + " satellites in short.",
        footer = {"", "Example: narlink status sat-7"})
final class StatusCommand extends Base {
    /// The newest commands that are shown.
    private static final int COMMANDS = 5;

    @Parameters(arity = "0..1", paramLabel = "SAT", description = "The satellite; all in short if none is given.")
    @Nullable
    String name;

    @Override
    public Integer call() throws IOException {
        try (var ledger = ledger()) {
            if (name != null) {
                var view = SatelliteView.of(ledger, satellite(ledger, name), Instant.now());
                print(SatelliteJson.status(view, Instant.now()), () -> tell(view));
                return 0;
            }
            var fleet = ledger.fleet();
            var now = Instant.now();
            if (json) {
                print(FleetJson.of(fleet, now), () -> {});
            } else { // A thousand reports are not opened for what is not told of them.
                if (fleet.isEmpty()) System.out.println("no satellite yet; narlink satellite add");
                var text = new StringBuilder();
                fleet.forEach(member -> tell(member, now, text));
                System.out.print(text);
            }
        }
        return 0;
    }

    /// A thousand satellites are told at once and by plain concatenation: formatting them takes longer than reading
    /// them.
    private static void tell(FleetMember member, Instant now, StringBuilder text) {
        var heard = member.report()
                .map(report -> "heard " + Durations.human(Duration.between(report.heard(), now)) + " ago, ")
                .orElse("never heard, ");
        text.append(member.satellite())
                .append("  ")
                .append(heard)
                .append(member.count())
                .append(" paths, ")
                .append(member.count() - member.count(Mirror.Belief.PREDICTED))
                .append(" of them acknowledged")
                .append(member.frozen() ? ", frozen\n" : "\n");
        for (var deployment : member.deployments()) {
            text.append("  deployment ")
                    .append(deployment.number())
                    .append("  ")
                    .append(deployment.state())
                    .append("  blocks ")
                    .append(deployment.blocksDone())
                    .append('/')
                    .append(deployment.blocks())
                    .append(", paths ")
                    .append(deployment.pathsDone())
                    .append('/')
                    .append(deployment.paths())
                    .append(deployment.reason().isEmpty() ? "\n" : "  (" + deployment.reason() + ")\n");
        }
    }

    private static void tell(SatelliteView view) {
        var mirror = view.mirror();
        System.out.printf("%s%n", view.satellite().name());
        System.out.printf(
                "  mirror   %d paths, %s; %s%n",
                mirror.paths().size(),
                beliefs(mirror),
                view.report().isEmpty()
                        ? "nothing was heard yet"
                        : view.inSync()
                                ? "in sync with the last report"
                                : "the last report tells of another store; the next pass asks for the difference");
        view.report()
                .ifPresent(report -> System.out.printf(
                        "  report   %s ago: %d paths on board, %s free%n",
                        Durations.human(view.age(Instant.now()).orElse(Duration.ZERO)),
                        report.validPaths(),
                        ByteCount.human(report.freeBytes())));
        view.profiles()
                .forEach(profile -> System.out.printf(
                        "  profile  %s generation %d %s%s%s%n",
                        profile.name(),
                        profile.generation(),
                        view.path(profile),
                        profile.activation()
                                .map(state -> " (" + state + ")")
                                .orElse(profile.confirmed() ? "" : " (not confirmed)"),
                        Optional.of(view.origin(profile))
                                .filter(flake -> !flake.isEmpty())
                                .map(flake -> "\n           of " + flake)
                                .orElse("")));
        view.deployments().forEach(deployment -> System.out.println("  " + line(deployment)));
        var commands = view.commands();
        commands.subList(Math.max(0, commands.size() - COMMANDS), commands.size())
                .forEach(command -> System.out.println("  " + OrderCommands.line(command)));
    }

    /// How many paths are believed how.
    static String beliefs(Mirror mirror) {
        return Arrays.stream(Mirror.Belief.values())
                .sorted(Comparator.reverseOrder())
                .filter(belief -> mirror.count(belief) > 0 || belief == Mirror.Belief.ACKNOWLEDGED)
                .map(belief -> mirror.count(belief) + " " + belief.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    /// One deployment in a line.
    static String line(Deployment deployment) {
        var progress = deployment.progress();
        var line = new StringBuilder("deployment %d  %s".formatted(deployment.number(), progress.state()));
        if (progress.state() == Deployment.State.RECEIVING) {
            line.append("  blocks %d/%d, paths %d/%d"
                    .formatted(
                            progress.blocksDone(),
                            deployment.blocks(),
                            progress.pathsDone(),
                            deployment.objects().size()));
        }
        if (progress.storeMoved() && !deployment.ended()) line.append("  the store has changed since it was planned");
        if (!progress.reason().isEmpty())
            line.append("  (").append(progress.reason()).append(')');
        if (progress.exitStatus() > 0 && !progress.outputTail().isEmpty()) {
            line.append("\n    it printed: …").append(progress.outputTail().strip());
        }
        return line.toString();
    }
}
