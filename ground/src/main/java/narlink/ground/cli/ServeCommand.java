package narlink.ground.cli;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.Closeable;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import narlink.ground.Clocks;
import narlink.ground.Deployment;
import narlink.ground.Ledger;
import narlink.ground.PassReport;
import narlink.ground.Satellite;
import narlink.ground.Server;
import narlink.ground.StationLink;
import narlink.ground.Supplements;
import narlink.ground.http.HttpAddress;
import narlink.ground.http.HttpServer;
import narlink.ground.http.LivePasses;
import narlink.ground.json.DeploymentJson;
import narlink.ground.json.PassJson;
import narlink.ground.ledger.SqlLedger;
import narlink.ground.link.Links;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "serve",
        description = "Flies the passes of the fleet, by its links and its contact plan, until it is told to stop"
                + " (Ctrl-C, SIGTERM). Tells each pass in a line, or with --json in an object a line.",
        footer = {"", "Example: narlink serve --on-change 'logger \"$NARLINK_SATELLITE: $NARLINK_STATE_NOW\"'"})
final class ServeCommand extends Base {
    private static final Duration FAREWELL = Duration.ofSeconds(10);

    @Option(
            names = "--on-change",
            paramLabel = "COMMAND",
            description = "Run by sh whenever a deployment's state changes, with NARLINK_SATELLITE, NARLINK_DEPLOYMENT,"
                    + " NARLINK_STATE_NOW and NARLINK_REASON in its environment.")
    @Nullable
    String onChange;

    @Option(
            names = "--station",
            paramLabel = "NAME",
            description = "Serve the links of this station only; repeatable. Several servers may share a --database.")
    List<String> stations = List.of();

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8470",
            description = "Where the dashboard, the API and the metrics are served, or 'off' (default"
                    + " ${DEFAULT-VALUE}). On an address that other machines reach, reading needs the token too.")
    String http = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        var over = new CountDownLatch(1);
        try (var ledger = SqlLedger.open(database().forServer());
                var hook = new ChangeHook(onChange);
                var passes = new Served(new LivePasses(new Told(ledger, hook), Clock.systemUTC()), ledger)) {
            ledger.addStation(files().stationKey().publicKey());
            var server = new Server(new Server.Post(
                    ledger,
                    files().stationKey(),
                    files().packs(),
                    mine(),
                    Links::open,
                    satellite -> asking(ledger, satellite),
                    passes.live(),
                    Clocks.of(Clock.systemUTC())));
            var stop = Thread.ofPlatform().name("stop").unstarted(() -> {
                server.stop();
                try {
                    if (!over.await(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
                        System.err.println(
                                "narlink: passes did not end in time; what they had leased is not used again");
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            Runtime.getRuntime().addShutdownHook(stop);
            int links = (int) ledger.timetable().links().stream().filter(mine()).count();
            System.err.println("serving " + links + (links == 1 ? " link" : " links")
                    + (links == 0 ? "; add one with narlink link add SAT --pipe URL" : "") + "; stop with Ctrl-C");
            server.run();
        } finally {
            over.countDown();
        }
        return 0;
    }

    /// The passes, told by HTTP if that is wanted.
    private final class Served implements Closeable {
        private final LivePasses live;
        private final @Nullable HttpServer server;

        Served(LivePasses live, Ledger ledger) throws IOException, InterruptedException {
            this.live = live;
            server = http.equals("off")
                    ? null
                    : new HttpServer(address(), new HttpServer.Sources(ledger, live, files(), Clock.systemUTC()));
            if (server != null) {
                System.err.println("dashboard and API on http://" + address().host() + ":"
                        + server.address().getPort() + "/; the token for changes is in "
                        + files().httpTokenFile());
            }
        }

        private HttpAddress address() {
            try {
                return HttpAddress.parse(http);
            } catch (IllegalArgumentException e) {
                throw new UsageException("--http: " + e.getMessage());
            }
        }

        LivePasses live() {
            return live;
        }

        @Override
        public void close() {
            if (server != null) server.close();
        }
    }

    private Predicate<StationLink> mine() {
        var names = stations.stream().map(LinkCommand::stationName).collect(Collectors.toSet());
        return link -> names.isEmpty() || names.contains(link.route().station());
    }

    /// What the server does, for a person or a program to read.
    private final class Told implements Server.Listener {
        private final Ledger ledger;
        private final ChangeHook hook;

        Told(Ledger ledger, ChangeHook hook) {
            this.ledger = ledger;
            this.hook = hook;
        }

        @Override
        public void opened(StationLink.Route route) {
            var event = event("opened", route);
            say(event, route + ": link is up");
        }

        @Override
        public void unreachable(StationLink.Route route, String why, Duration again) {
            var event = event("unreachable", route);
            event.addProperty("reason", why);
            event.addProperty("againSeconds", again.toSeconds());
            say(event, route + ": " + why + "; tried again in " + Durations.human(again));
        }

        @Override
        public void changed(Deployment deployment) {
            var event = event("changed");
            event.add("deployment", DeploymentJson.of(deployment));
            say(event, deployment.satellite() + ": " + StatusCommand.line(deployment));
            hook.changed(deployment);
        }

        @Override
        public void carried(Satellite satellite) {
            try {
                SupplementText.answer(new Supplements(files(), ledger, ServeCommand.this::openStore), satellite);
                follow(ledger, satellite);
            } catch (IOException e) {
                System.err.println("narlink: " + satellite.name() + ": " + e.getMessage());
            }
        }

        @Override
        public void over(PassReport report) {
            var tally = report.result().tally();
            var event = event("pass");
            PassJson.of(report).asMap().forEach(event::add);
            say(
                    event,
                    "%s: pass over: %s; sent %s (%s repair) in %d segments, heard %d reports, %s; %s"
                            .formatted(
                                    report.route(),
                                    report.result().why(),
                                    ByteCount.human(tally.sentBytes()),
                                    ByteCount.human(tally.repairBytes()),
                                    tally.sentSegments(),
                                    tally.receivedReports(),
                                    PassCommand.losses(tally),
                                    report.left().isEmpty()
                                            ? "nothing is left"
                                            : "the next pass goes on with deployments "
                                                    + report.left().stream()
                                                            .map(Deployment::number)
                                                            .toList()));
        }

        private JsonObject event(String kind, StationLink.Route route) {
            var event = event(kind);
            event.addProperty("satellite", route.satellite().value());
            event.addProperty("station", route.station().value());
            return event;
        }

        private JsonObject event(String kind) {
            var event = new JsonObject();
            event.addProperty("event", kind);
            event.addProperty("time", now().toString());
            return event;
        }

        private void say(JsonObject event, String line) {
            System.out.println(json ? new Gson().toJson(event) : now().truncatedTo(ChronoUnit.SECONDS) + "  " + line);
            System.out.flush();
        }

        private Instant now() {
            return Instant.now();
        }
    }
}
