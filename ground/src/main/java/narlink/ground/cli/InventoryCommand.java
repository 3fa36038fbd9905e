package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import narlink.ground.Mirror;
import narlink.ground.Satellite;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "inventory",
        description =
                "Lists what Earth believes a satellite's store to hold, and has the next pass ask what keeps paths "
                        + "alive on board. What differs from the last report any pass asks for by itself.",
        footer = {
            "",
            "Example: narlink inventory sat-7",
            "         narlink inventory sat-7 --store daemon    for a device that holds what this machine built"
        })
final class InventoryCommand extends Base {
    @Parameters(paramLabel = "SAT", description = "The satellite.")
    String name = "";

    @Option(
            names = "--store",
            paramLabel = "URL",
            description = "A store on Earth that holds paths of the device's, so that they need not be told by name; "
                    + "repeatable, and remembered.")
    List<String> stores = List.of();

    @Override
    public Integer call() throws IOException {
        try (var ledger = ledger()) {
            var satellite = satellite(ledger, name);
            for (var url : stores) {
                openStore(url).close();
                ledger.addStore(satellite.name(), url);
            }
            ledger.wantRoots(satellite.name());
            var mirror = ledger.mirror(satellite.name());
            print(describe(satellite, mirror), () -> tell(mirror));
        }
        return 0;
    }

    private static JsonObject describe(Satellite satellite, Mirror mirror) {
        var out = new JsonObject();
        out.addProperty("satellite", satellite.name().value());
        var paths = new JsonArray();
        for (var item : mirror.paths().values()) {
            var one = new JsonObject();
            one.addProperty("path", item.path().toString());
            one.addProperty("state", item.belief().name());
            one.addProperty("narSize", item.narSize());
            if (item.isWhole())
                one.addProperty("narHash", "sha256:" + item.narHash().hex());
            else one.add("narHash", JsonNull.INSTANCE);
            if (item.references().isPresent()) {
                var references = new JsonArray();
                item.references().get().forEach(path -> references.add(path.toString()));
                one.add("references", references);
            } else {
                one.add("references", JsonNull.INSTANCE);
            }
            paths.add(one);
        }
        out.add("paths", paths);
        return out;
    }

    private static void tell(Mirror mirror) {
        for (var item : mirror.paths().values()) {
            System.out.printf(
                    "%-12s  %10s  %s%n",
                    item.belief().name().toLowerCase(java.util.Locale.ROOT),
                    item.narSize() == 0 ? "?" : ByteCount.human(item.narSize()),
                    item.path());
        }
        System.out.println(mirror.paths().size() + " paths; the next pass asks what keeps them alive on board");
    }
}
