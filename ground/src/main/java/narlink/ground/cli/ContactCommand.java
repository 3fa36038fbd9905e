package narlink.ground.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.OptionalLong;
import narlink.ground.Contact;
import narlink.ground.ContactDesk;
import narlink.ground.json.TimetableJson;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "contact",
        description = "The contact plan of narlink serve: when stations see satellites.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ContactCommand.Import.class,
            ContactCommand.Listing.class,
            ContactCommand.Begin.class,
            ContactCommand.End.class
        })
final class ContactCommand {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Command(
            name = "import",
            description = "Reads a plan: CSV with the header satellite,station,start,end,rate,every, or JSON with the"
                    + " same fields; station, rate and every may be left out. It replaces all contacts of the routes"
                    + " that it names.",
            footer = {"", "Example: narlink contact import week-48.csv"})
    static final class Import extends Base {
        @Parameters(paramLabel = "FILE", description = "The plan.")
        Path file = Path.of("");

        @Override
        public Integer call() throws IOException {
            try (var ledger = ledger()) {
                var come = ContactFile.read(file);
                var routes = new HashSet<narlink.ground.StationLink.Route>();
                for (var contact : come) {
                    satellite(ledger, contact.route().satellite().value());
                    routes.add(contact.route());
                }
                var gone = ledger.timetable().contacts().stream()
                        .filter(contact -> routes.contains(contact.route()))
                        .toList();
                ledger.timetable().change(gone, come);
                var out = new JsonObject();
                out.addProperty("contacts", come.size());
                out.addProperty("replaced", gone.size());
                print(out, () -> System.out.printf("%d contacts in place of %d%n", come.size(), gone.size()));
            }
            return 0;
        }
    }

    @Command(
            name = "list",
            description = "Lists contacts that are not over.",
            footer = {"", "Example: narlink contact list"})
    static final class Listing extends Base {
        @Override
        public Integer call() throws IOException {
            try (var ledger = ledger()) {
                var contacts = ledger.timetable().contactsFrom(Instant.now());
                print(TimetableJson.contacts(contacts), () -> {
                    if (contacts.isEmpty()) {
                        System.out.println("no contacts to come; a link of which no plan has told is always open");
                    }
                    contacts.forEach(contact -> System.out.println(line(contact)));
                });
            }
            return 0;
        }
    }

    @Command(
            name = "begin",
            description = "Says that the satellite has risen, whatever the plan says.",
            footer = {"", "Example: narlink contact begin sat-7 --station kiruna --duration 8m"})
    static final class Begin extends LinkCommand.Routed {
        @Option(
                names = "--duration",
                paramLabel = "TIME",
                defaultValue = "15m",
                description = "When it sets at the latest (default ${DEFAULT-VALUE}).")
        Duration duration = Duration.ofMinutes(15);

        @Option(names = "--rate", paramLabel = "RATE", description = "Bits per second (default: the link's).")
        @Nullable
        BitRate rate;

        @Override
        public Integer call() throws IOException {
            if (duration.isZero()) throw new UsageException("--duration: a contact takes some time");
            try (var ledger = ledger()) {
                var route = route(ledger);
                boolean wasOpen = ledger.timetable().contacts().stream()
                        .noneMatch(known -> known.route().equals(route));
                var contact = new ContactDesk(ledger.timetable())
                        .begin(
                                route,
                                duration,
                                rate == null ? OptionalLong.empty() : OptionalLong.of(rate.bitsPerSecond()),
                                Instant.now());
                print(TimetableJson.of(contact), () -> {
                    System.out.println(line(contact));
                    if (wasOpen) {
                        System.out.println("until now the link of " + contact.route()
                                + " was always open; from now on it is so in contacts only");
                    }
                });
            }
            return 0;
        }
    }

    @Command(
            name = "end",
            description = "Says that the satellite has set: contacts that run are over.",
            footer = {"", "Example: narlink contact end sat-7 --station kiruna"})
    static final class End extends LinkCommand.Routed {
        @Override
        public Integer call() throws IOException {
            try (var ledger = ledger()) {
                var route = route(ledger);
                int ended = new ContactDesk(ledger.timetable()).end(route, Instant.now());
                var out = new JsonObject();
                out.addProperty("ended", ended);
                print(out, () -> System.out.println("the contact of " + route + " is over"));
            }
            return 0;
        }
    }

    private static String line(Contact contact) {
        return "%s  %s to %s%s%s"
                .formatted(
                        contact.route(),
                        contact.begin(),
                        contact.end(),
                        contact.rate().isPresent() ? "  " + contact.rate().getAsLong() + " bit/s" : "",
                        contact.every()
                                .map(every -> "  every " + Durations.human(every))
                                .orElse(""));
    }
}
