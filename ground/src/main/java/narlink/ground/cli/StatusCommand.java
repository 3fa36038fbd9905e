package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import narlink.Bytes;
import narlink.ground.Deployment;
import narlink.ground.Ledger;
import narlink.ground.Mirror;
import narlink.ground.ReportReader;
import narlink.ground.Satellite;
import narlink.nix.Nix32;
import narlink.wire.Report;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "status",
        description = "Shows what Earth knows of a satellite: mirror, deployments, the last report and its age.",
        footer = {"", "Example: narlink status sat-7"})
final class StatusCommand extends Base {
    /// The newest commands that are shown.
    private static final int COMMANDS = 5;

    @Parameters(arity = "0..1", paramLabel = "SAT", description = "The satellite; all if none is given.")
    @Nullable
    String name;

    @Override
    public Integer call() throws IOException {
        try (var ledger = ledger()) {
            if (name != null) {
                var satellite = satellite(ledger, name);
                print(describe(ledger, satellite), () -> tell(ledger, satellite));
                return 0;
            }
            var list = new JsonArray();
            ledger.satellites().forEach(satellite -> list.add(describe(ledger, satellite)));
            var out = new JsonObject();
            out.add("satellites", list);
            print(out, () -> {
                if (ledger.satellites().isEmpty()) System.out.println("no satellite yet; narlink satellite add");
                ledger.satellites().forEach(satellite -> tell(ledger, satellite));
            });
        }
        return 0;
    }

    private record View(Optional<Report> report, Optional<Duration> age, boolean inSync) {
        static View of(Ledger ledger, Satellite satellite) {
            var report = ReportReader.last(ledger, satellite);
            var age = ledger.lastReport(satellite.name()).map(heard -> Duration.between(heard.heard(), Instant.now()));
            var mirror = ledger.mirror(satellite.name());
            return new View(
                    report,
                    age,
                    report.map(known -> mirror.is(known.storeDigest())).orElse(false));
        }
    }

    private static JsonObject describe(Ledger ledger, Satellite satellite) {
        var view = View.of(ledger, satellite);
        var out = SatelliteCommand.describe(ledger, satellite);
        out.addProperty("inSync", view.inSync());
        var mirror = ledger.mirror(satellite.name());
        for (var belief : Mirror.Belief.values()) {
            out.addProperty(belief.name().toLowerCase(Locale.ROOT) + "Paths", mirror.count(belief));
        }
        if (view.report().isPresent()) {
            var report = view.report().get();
            out.addProperty("storeDigest", report.storeDigest().hex());
            out.addProperty("validPaths", report.validPaths());
            out.addProperty("freeBytes", report.freeBytes());
            out.addProperty("reportAge", view.age().map(Duration::toSeconds).orElse(0L));
        } else {
            out.add("storeDigest", JsonNull.INSTANCE);
            out.add("freeBytes", JsonNull.INSTANCE);
            out.add("reportAge", JsonNull.INSTANCE);
        }
        out.add("profiles", profiles(ledger, satellite, view));
        var deployments = new JsonArray();
        ledger.deployments(satellite.name()).forEach(deployment -> deployments.add(QueueCommand.describe(deployment)));
        out.add("deployments", deployments);
        var commands = new JsonArray();
        ledger.commands(satellite.name()).forEach(command -> commands.add(OrderCommands.describe(command)));
        out.add("commands", commands);
        return out;
    }

    private static JsonArray profiles(Ledger ledger, Satellite satellite, View view) {
        var profiles = new JsonArray();
        for (var profile : view.report().map(Report::profiles).orElse(List.of())) {
            var one = new JsonObject();
            one.addProperty("name", profile.name());
            one.addProperty("generation", profile.generation());
            one.addProperty("path", path(ledger, satellite, profile));
            one.addProperty("confirmed", profile.confirmed());
            one.addProperty("flake", origin(ledger, satellite, profile));
            one.addProperty("activation", profile.activation().map(Enum::name).orElse(""));
            profiles.add(one);
        }
        return profiles;
    }

    /// The whole path where the mirror knows it, else its digest part.
    private static String path(Ledger ledger, Satellite satellite, Report.ProfileReport profile) {
        var digest = Nix32.encode(profile.path().toArray());
        return ledger.mirror(satellite.name()).paths().keySet().stream()
                .filter(path -> path.digest().equals(digest))
                .map(Object::toString)
                .findFirst()
                .orElse(digest);
    }

    /// What the profile's generation was built of, as far as that is known.
    private static String origin(Ledger ledger, Satellite satellite, Report.ProfileReport profile) {
        return ledger.deployments(satellite.name()).stream()
                .filter(deployment -> deployment.profile().equals(profile.name()))
                .filter(deployment -> profile.path()
                        .equals(Bytes.of(deployment.targets().getFirst().digestBytes())))
                .map(Deployment::origin)
                .reduce("", (older, newer) -> newer);
    }

    private static void tell(Ledger ledger, Satellite satellite) {
        var view = View.of(ledger, satellite);
        var mirror = ledger.mirror(satellite.name());
        System.out.printf("%s%n", satellite.name());
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
                        Durations.human(view.age().orElse(Duration.ZERO)),
                        report.validPaths(),
                        ByteCount.human(report.freeBytes())));
        view.report()
                .map(Report::profiles)
                .orElse(List.of())
                .forEach(profile -> System.out.printf(
                        "  profile  %s generation %d %s%s%s%n",
                        profile.name(),
                        profile.generation(),
                        path(ledger, satellite, profile),
                        profile.activation()
                                .map(state -> " (" + state + ")")
                                .orElse(profile.confirmed() ? "" : " (not confirmed)"),
                        Optional.of(origin(ledger, satellite, profile))
                                .filter(flake -> !flake.isEmpty())
                                .map(flake -> "\n           of " + flake)
                                .orElse("")));
        ledger.deployments(satellite.name()).forEach(deployment -> System.out.println("  " + line(deployment)));
        var commands = ledger.commands(satellite.name());
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
