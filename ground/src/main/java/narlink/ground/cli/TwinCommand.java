package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import narlink.ground.Ledger;
import narlink.ground.ReportReader;
import narlink.ground.Satellite;
import narlink.ground.Twin;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.store.Options;
import narlink.store.Stores;
import narlink.wire.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "twin",
        description =
                "Makes or refreshes a store in a directory that holds what is on board, with its profiles and with what "
                        + "keeps paths alive there, to try an update on Earth before it is sent.",
        footer = {
            "",
            "Example: narlink twin sat-7 /var/tmp/sat-7",
            "         narlink-flight run --store local?root=/var/tmp/sat-7 --state /var/tmp/sat-7-state …"
        })
final class TwinCommand extends Base {
    @Parameters(index = "0", paramLabel = "SAT", description = "The satellite.")
    String name = "";

    @Parameters(
            index = "1",
            paramLabel = "DIR",
            description = "The directory of a chroot store of Nix, or file://DIR for a binary cache directory.")
    String directory = "";

    @Option(
            names = "--store",
            paramLabel = "URL",
            description = "A store on Earth to copy from, beside those that deployments came from; repeatable.")
    List<String> stores = List.of();

    @Override
    public Integer call() throws IOException {
        try (var ledger = ledger()) {
            var satellite = satellite(ledger, name);
            var urls = new TreeSet<>(ledger.stores(satellite.name()));
            urls.addAll(stores);
            ledger.deployments(satellite.name()).forEach(deployment -> urls.add(deployment.store()));
            var url = directory.startsWith("file://")
                    ? directory
                    : "local?root=" + Path.of(directory).toAbsolutePath();
            var key = files().stationKey();
            var options = Options.of(files().roots()).trusting(List.of(key.publicKey()));
            var earth = new ArrayList<Store>();
            Twin.Made made;
            try (var twin = Stores.open(url, options)) {
                for (var each : urls) earth.add(openStore(each));
                made = twin(ledger, satellite, key).refresh(twin, earth);
            } finally {
                for (var store : earth) store.close();
            }
            boolean rooted = !ledger.roots(satellite.name()).isEmpty();
            if (!rooted) ledger.wantRoots(satellite.name());
            var out = new JsonObject();
            out.addProperty("satellite", name);
            out.addProperty("store", url);
            out.addProperty("rootsKnown", rooted);
            out.addProperty("copied", made.copied());
            out.addProperty("deleted", made.deleted());
            var lacking = new JsonArray();
            made.lacking().forEach(path -> lacking.add(path.toString()));
            out.add("lacking", lacking);
            print(out, () -> {
                System.out.printf("%s: %d paths copied, %d deleted%n", url, made.copied(), made.deleted());
                made.lacking().forEach(path -> System.out.println("  no store on Earth has " + path));
                if (!rooted)
                    System.out.println("  what keeps paths alive on board is not known yet: the next pass asks for it;"
                            + " until then all of them are kept alive here");
            });
            return made.lacking().isEmpty() ? 0 : Narlink.LEFT;
        }
    }

    private static Twin twin(Ledger ledger, Satellite satellite, SecretKey key) {
        var profiles =
                ReportReader.last(ledger, satellite).map(Report::profiles).orElse(List.of());
        return new Twin(ledger.mirror(satellite.name()), ledger.roots(satellite.name()), profiles, key);
    }
}
