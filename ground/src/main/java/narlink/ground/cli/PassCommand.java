package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import narlink.ground.Clocks;
import narlink.ground.Deployment;
import narlink.ground.Ledger;
import narlink.ground.Link;
import narlink.ground.Pass;
import narlink.ground.QueuedCommand;
import narlink.ground.Satellite;
import narlink.ground.Supplements;
import narlink.ground.Workload;
import narlink.ground.json.CommandJson;
import narlink.ground.json.DeploymentJson;
import narlink.ground.json.PassJson;
import narlink.ground.link.Links;
import narlink.wire.PipeUrl;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "pass",
        description = "Flies one pass in the foreground.",
        footer = {"", "Example: narlink pass sat-7 --pipe tcp://modem:9000 --duration 8m --rate 256k"})
final class PassCommand extends Base {
    @Parameters(paramLabel = "SAT", description = "The satellite.")
    String name = "";

    @Option(names = "--pipe", required = true, paramLabel = "URL", description = "The pipe to the satellite.")
    String pipe = "";

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            description = "Length of the contact (default: until all is done).")
    Duration duration = Duration.ZERO;

    @Mixin
    LinkOptions link = new LinkOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var url = pipeUrl(pipe);
        try (var ledger = ledger()) {
            var satellite = satellite(ledger, name);
            var settings = link.settings(duration).over(url);
            var before = ledger.deployments(satellite.name()).stream()
                    .filter(deployment -> !deployment.ended())
                    .map(Deployment::number)
                    .toList();
            var orders = ledger.commands(satellite.name()).stream()
                    .filter(command -> !command.state().ended())
                    .map(QueuedCommand::number)
                    .toList();
            Pass.Result result;
            try (var open = Links.open(url, patience())) {
                result = fly(open, ledger, satellite, settings);
            }
            follow(ledger, satellite);
            Terminal.clear();
            var carried = ledger.deployments(satellite.name()).stream()
                    .filter(deployment -> before.contains(deployment.number()) || !deployment.ended())
                    .toList();
            var commands = ledger.commands(satellite.name()).stream()
                    .filter(command -> orders.contains(command.number()))
                    .toList();
            print(describe(satellite, result, carried, commands), () -> {
                tell(result, carried, ledger, satellite);
                commands.forEach(command -> System.out.println(OrderCommands.line(command)));
            });
            return exitCode(carried, commands);
        }
    }

    /// Flies until the contact is over; what turns out to be stuck on board is planned anew in between.
    private Pass.Result fly(Link link, Ledger ledger, Satellite satellite, Pass.Settings settings)
            throws IOException, InterruptedException {
        var clocks = Clocks.of(Clock.systemUTC());
        var steady = clocks.steady().get();
        var end = steady.instant().plus(duration);
        var supplements = new Supplements(files(), ledger, this::openStore);
        Pass.Result result = null;
        while (true) {
            var pass = new Pass(
                    ledger,
                    satellite,
                    files().stationKey(),
                    files().packs(),
                    duration.isZero() ? settings : settings.lasting(Duration.between(steady.instant(), end)),
                    clocks,
                    new Progress(),
                    asking(ledger, satellite));
            var known = Workload.of(ledger, satellite);
            var flown = pass.fly(
                    link,
                    () -> known.covers(Workload.of(ledger, satellite))
                            ? Optional.empty()
                            : Optional.of("the queue has changed"));
            result = result == null ? flown : flown.after(result);
            boolean queued = SupplementText.answer(supplements, satellite);
            boolean goesOn = queued || !known.covers(Workload.of(ledger, satellite));
            if (!goesOn || !duration.isZero() && !steady.instant().isBefore(end)) return result;
        }
    }

    private Duration patience() {
        return duration.isZero() ? Duration.ofMinutes(10) : duration;
    }

    static PipeUrl pipeUrl(String text) {
        try {
            return PipeUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    static int exitCode(java.util.List<Deployment> carried, java.util.List<QueuedCommand> commands) {
        boolean failed = carried.stream()
                .map(deployment -> deployment.progress().state())
                .anyMatch(Deployment.State::failed);
        boolean refused = commands.stream().anyMatch(command -> command.state().failed());
        if (failed || refused) return Narlink.FAILED_ON_BOARD;
        boolean done = carried.stream().allMatch(Deployment::ended)
                && commands.stream().allMatch(command -> command.state().ended());
        return done ? 0 : Narlink.LEFT;
    }

    private static JsonObject describe(
            Satellite satellite,
            Pass.Result result,
            java.util.List<Deployment> carried,
            java.util.List<QueuedCommand> commands) {
        var out = new JsonObject();
        out.addProperty("satellite", satellite.name().value());
        PassJson.add(out, result.tally());
        out.addProperty("ended", result.why());
        var list = new JsonArray();
        carried.forEach(deployment -> list.add(DeploymentJson.of(deployment)));
        out.add("deployments", list);
        var orders = new JsonArray();
        commands.forEach(command -> orders.add(CommandJson.of(command)));
        out.add("commands", orders);
        return out;
    }

    private static void tell(
            Pass.Result result, java.util.List<Deployment> carried, Ledger ledger, Satellite satellite) {
        var tally = result.tally();
        System.out.printf(
                "pass over: %s%nsent %s (%s repair) in %d segments, heard %d reports, %s%n",
                result.why(),
                ByteCount.human(tally.sentBytes()),
                ByteCount.human(tally.repairBytes()),
                tally.sentSegments(),
                tally.receivedReports(),
                losses(tally));
        if (tally.refusedSegments() > 0) {
            System.out.printf(
                    "%d segments came back that %s did not sign%n", tally.refusedSegments(), satellite.name());
        }
        carried.forEach(deployment -> System.out.println(StatusCommand.line(deployment)));
        if (carried.stream().anyMatch(deployment -> !deployment.ended())) {
            System.out.println("work is left: the next pass goes on with it"
                    + (ledger.lastReport(satellite.name()).isEmpty() ? "; nothing was ever heard of it" : ""));
        }
    }

    /// What got lost, in words.
    static String losses(Pass.Tally tally) {
        var loss = "loss about %.1f %%".formatted(100 * tally.loss());
        if (tally.burst() == 0) return loss;
        return loss + " in runs of %.1f segments".formatted(Math.max(1, tally.burst()));
    }

    /// The live line.
    private static final class Progress implements Pass.Listener {
        private Instant shown = Instant.EPOCH;

        @Override
        public void progress(Pass.Tally tally) {
            var now = Instant.now();
            if (Duration.between(shown, now).toMillis() < 200) return;
            shown = now;
            double seconds =
                    Math.max(0.001, Duration.between(tally.began(), now).toMillis() / 1000.0);
            Terminal.status("%s sent, %.0f kbit/s, %d reports, loss %.1f %%"
                    .formatted(
                            ByteCount.human(tally.sentBytes()),
                            tally.sentBytes() * 8 / seconds / 1000,
                            tally.receivedReports(),
                            100 * tally.loss()));
        }
    }
}
