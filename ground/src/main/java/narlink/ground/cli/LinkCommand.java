package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import narlink.ground.StationLink;
import narlink.ground.StationName;
import narlink.ground.json.TimetableJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "link",
        description = "The pipes that narlink serve uses: add, list and remove them.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {LinkCommand.Add.class, LinkCommand.Listing.class, LinkCommand.Remove.class})
final class LinkCommand {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    /// A satellite by way of a station, as typed.
    abstract static class Routed extends Base {
        @Parameters(paramLabel = "SAT", description = "The satellite.")
        String satellite = "";

        @Option(
                names = "--station",
                paramLabel = "NAME",
                defaultValue = "station",
                description = "The ground station (default ${DEFAULT-VALUE}).")
        String station = StationName.DEFAULT.value();

        StationLink.Route route(narlink.ground.Ledger ledger) throws IOException {
            return new StationLink.Route(satellite(ledger, satellite).name(), stationName(station));
        }
    }

    static StationName stationName(String typed) {
        try {
            return new StationName(typed);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    @Command(
            name = "add",
            description = "Adds a pipe, in place of the one that the station had for the satellite.",
            footer = {"", "Example: narlink link add sat-7 --pipe tcp://modem:9000 --station kiruna --rate 256k"})
    static final class Add extends Routed {
        @Option(names = "--pipe", required = true, paramLabel = "URL", description = "The pipe to the satellite.")
        String pipe = "";

        @Mixin
        LinkOptions link = new LinkOptions();

        @Override
        public Integer call() throws IOException {
            var url = PassCommand.pipeUrl(pipe);
            var settings = link.settings(Duration.ZERO);
            try (var ledger = ledger()) {
                var added = new StationLink(route(ledger), url, settings);
                ledger.timetable().put(added);
                print(TimetableJson.of(added), () -> System.out.println(line(added)));
            }
            return 0;
        }
    }

    @Command(
            name = "list",
            description = "Lists the pipes.",
            footer = {"", "Example: narlink link list"})
    static final class Listing extends Base {
        @Override
        public Integer call() throws IOException {
            try (var ledger = ledger()) {
                var links = ledger.timetable().links();
                var list = new JsonArray();
                links.forEach(link -> list.add(TimetableJson.of(link)));
                var out = new JsonObject();
                out.add("links", list);
                print(out, () -> {
                    if (links.isEmpty()) System.out.println("no links; add one with narlink link add SAT --pipe URL");
                    links.forEach(link -> System.out.println(line(link)));
                });
            }
            return 0;
        }
    }

    @Command(
            name = "remove",
            description = "Removes a pipe; a server closes it within a second or two.",
            footer = {"", "Example: narlink link remove sat-7 --station kiruna"})
    static final class Remove extends Routed {
        @Override
        public Integer call() throws IOException {
            try (var ledger = ledger()) {
                var route = route(ledger);
                if (!ledger.timetable().remove(route)) {
                    throw new IOException("no link to " + route + "; narlink link list shows what there is");
                }
                var out = new JsonObject();
                out.addProperty("removed", route.toString());
                print(out, () -> System.out.println("removed the link to " + route));
            }
            return 0;
        }
    }

    private static String line(StationLink link) {
        return link.route() + "  " + link.pipe().text()
                + (link.settings().rate().isPresent()
                        ? "  " + link.settings().rate().getAsLong() + " bit/s"
                        : "")
                + link.settings()
                        .turnaround()
                        .map(time -> "  half duplex, turning round in " + time.toMillis() + " ms")
                        .orElse("");
    }
}
