package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import narlink.ground.Orders;
import narlink.ground.Satellite;
import narlink.ground.json.SatelliteJson;
import narlink.nix.PublicKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "satellite",
        description = "The fleet: add, list, show and remove satellites.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SatelliteCommand.Add.class,
            SatelliteCommand.Listing.class,
            SatelliteCommand.Show.class,
            SatelliteCommand.Remove.class
        })
final class SatelliteCommand {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Command(
            name = "add",
            description = "Adds a satellite by its flight key, as narlink-flight init printed it.",
            footer = {"", "Example: narlink satellite add sat-7 --flight-key sat-7-flight-1:BASE64 --holds ./old-system"
            })
    static final class Add extends Base {
        @Parameters(paramLabel = "NAME", description = "Name of the satellite; narlink-flight init must have the same.")
        String name = "";

        @Option(names = "--flight-key", required = true, paramLabel = "KEY", description = "Its public key.")
        String flightKey = "";

        @Option(
                names = "--holds",
                paramLabel = "PATH",
                description = "A closure that it was launched with; repeatable. Believed as predicted until a report's "
                        + "digest agrees.")
        List<String> holds = List.of();

        @Option(
                names = "--store",
                paramLabel = "URL",
                description = "Where the closures of --holds are (default daemon).")
        @Nullable
        String store;

        @Option(
                names = "--system",
                paramLabel = "SYSTEM",
                description = "What it runs, as aarch64-linux; its first report tells it too.")
        @Nullable
        String system;

        @Override
        public Integer call() throws IOException {
            var satellite = new Satellite(satelliteName(name), key(), Optional.ofNullable(system));
            try (var ledger = ledger()) {
                if (ledger.satellite(satellite.name()).isPresent()) {
                    throw new IOException("satellite " + name + " is known already; remove it first to replace it");
                }
                var held = new java.util.ArrayList<narlink.ground.Mirror.Item>();
                if (!holds.isEmpty()) {
                    try (var earth = openStore(store)) {
                        for (var info : earth.infos(earth.closure(paths(holds))).values()) held.add(Orders.item(info));
                        for (var path : paths(holds)) earth.root(name + "/holds/" + path.baseName(), path);
                    }
                }
                ledger.add(satellite);
                ledger.believe(satellite.name(), held);
                var out = SatelliteJson.of(satellite, ledger.mirror(satellite.name()));
                print(
                        out,
                        () -> System.out.println("added " + name
                                + (held.isEmpty() ? "" : ", predicted to hold " + held.size() + " paths")));
            }
            return 0;
        }

        private PublicKey key() {
            try {
                return PublicKey.parse(flightKey);
            } catch (IllegalArgumentException e) {
                throw new UsageException("--flight-key: " + e.getMessage() + "; narlink-flight init prints it");
            }
        }
    }

    @Command(
            name = "list",
            description = "Lists the satellites.",
            footer = {"", "Example: narlink satellite list"})
    static final class Listing extends Base {
        @Override
        public Integer call() throws IOException {
            try (var ledger = ledger()) {
                var fleet = ledger.satellites();
                if (!json) { // Their mirrors are read only to be told.
                    fleet.forEach(satellite -> System.out.println(satellite.name()));
                    return 0;
                }
                var satellites = new JsonArray();
                fleet.forEach(
                        satellite -> satellites.add(SatelliteJson.of(satellite, ledger.mirror(satellite.name()))));
                var out = new JsonObject();
                out.add("satellites", satellites);
                print(out, () -> {});
            }
            return 0;
        }
    }

    @Command(
            name = "show",
            description = "Shows one satellite.",
            footer = {"", "Example: narlink satellite show sat-7"})
    static final class Show extends Base {
        @Parameters(paramLabel = "NAME", description = "Name of the satellite.")
        String name = "";

        @Override
        public Integer call() throws IOException {
            try (var ledger = ledger()) {
                var satellite = satellite(ledger, name);
                var out = SatelliteJson.of(satellite, ledger.mirror(satellite.name()));
                print(out, () -> {
                    System.out.println("name        " + satellite.name());
                    System.out.println("flight key  " + satellite.flightKey().text());
                    System.out.println("system      " + satellite.system().orElse("not known yet"));
                    System.out.println("paths       " + out.get("paths") + ", " + out.get("acknowledgedPaths")
                            + " of them acknowledged");
                });
            }
            return 0;
        }
    }

    @Command(
            name = "remove",
            description = "Forgets a satellite and everything of it.",
            footer = {"", "Example: narlink satellite remove sat-7"})
    static final class Remove extends Base {
        @Parameters(paramLabel = "NAME", description = "Name of the satellite.")
        String name = "";

        @Override
        public Integer call() throws IOException {
            try (var ledger = ledger()) {
                var satellite = satellite(ledger, name);
                ledger.remove(satellite.name());
                var out = new JsonObject();
                out.addProperty("removed", name);
                print(out, () -> System.out.println("removed " + name));
            }
            return 0;
        }
    }
}
