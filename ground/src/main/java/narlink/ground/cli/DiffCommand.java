package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import narlink.ground.ClosureDiff;
import narlink.ground.Ledger;
import narlink.ground.Mirror;
import narlink.ground.ReportReader;
import narlink.ground.Satellite;
import narlink.nix.Store;
import narlink.nix.StorePath;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "diff",
        description =
                "Shows what an update would change on board, by packages and versions: against what a profile leads "
                        + "to there, or else against all that is there.",
        footer = {"", "Example: narlink diff sat-7 ./result"})
final class DiffCommand extends Base {
    @Parameters(index = "0", paramLabel = "SAT", description = "The satellite.")
    String name = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "PATH", description = "Store paths, or links to them.")
    List<String> targets = List.of();

    @Mixin
    FlakeOptions flake = new FlakeOptions();

    @Option(names = "--store", paramLabel = "URL", description = "Where the closures are on Earth (default daemon).")
    @Nullable
    String store;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "The profile to compare with (default ${DEFAULT-VALUE}).")
    String profile = "";

    @Override
    public Integer call() throws IOException {
        var wanted = flake.with(paths(targets), store).targets();
        try (var ledger = ledger();
                var earth = openStore(store)) {
            var satellite = satellite(ledger, name);
            var before = onBoard(ledger, satellite);
            var diff = ClosureDiff.of(before, sizes(earth, wanted));
            print(describe(diff), () -> tell(diff));
        }
        return 0;
    }

    private static SortedMap<StorePath, Long> sizes(Store earth, Collection<StorePath> targets) throws IOException {
        var sizes = new TreeMap<StorePath, Long>();
        earth.infos(earth.closure(targets)).values().forEach(info -> sizes.put(info.path(), info.narSize()));
        return sizes;
    }

    /// The closure of what the profile leads to, as far as references are known; all that is there where no such
    /// profile was reported.
    private SortedMap<StorePath, Long> onBoard(Ledger ledger, Satellite satellite) {
        var mirror = ledger.mirror(satellite.name()).paths();
        var wave = new ArrayList<StorePath>();
        ReportReader.last(ledger, satellite)
                .ifPresent(report -> report.profiles().stream()
                        .filter(told -> told.name().equals(profile))
                        .forEach(told ->
                                mirror.keySet().stream().filter(told::leadsTo).forEach(wave::add)));
        var sizes = new TreeMap<StorePath, Long>();
        if (wave.isEmpty()) {
            mirror.values().forEach(item -> sizes.put(item.path(), item.narSize()));
            return sizes;
        }
        while (!wave.isEmpty()) {
            Mirror.Item item = mirror.get(wave.removeLast());
            if (item == null || sizes.put(item.path(), item.narSize()) != null) continue;
            item.references().ifPresent(wave::addAll);
        }
        return sizes;
    }

    private JsonObject describe(ClosureDiff diff) {
        var out = new JsonObject();
        out.addProperty("satellite", name);
        var packages = new JsonArray();
        for (var change : diff.changes()) {
            var one = new JsonObject();
            one.addProperty("name", change.name());
            one.add("before", versions(change.before()));
            one.add("after", versions(change.after()));
            one.addProperty("newPaths", change.paths());
            one.addProperty("bytes", change.bytes());
            packages.add(one);
        }
        out.add("packages", packages);
        out.addProperty("bytes", diff.bytes());
        return out;
    }

    private static JsonArray versions(Collection<String> versions) {
        var array = new JsonArray();
        versions.forEach(array::add);
        return array;
    }

    private static void tell(ClosureDiff diff) {
        int rebuilt = 0;
        for (var change : diff.changes()) {
            if (change.rebuilt()) {
                rebuilt++;
                continue;
            }
            System.out.printf(
                    "%s: %s → %s, %s%n",
                    change.name(), text(change.before()), text(change.after()), signed(change.bytes()));
        }
        if (rebuilt > 0) System.out.println(rebuilt + " packages are built anew in the same versions");
        System.out.println(diff.changes().isEmpty() ? "nothing changes" : "in all " + signed(diff.bytes()));
    }

    private static String text(Collection<String> versions) {
        if (versions.isEmpty()) return "none";
        return String.join(
                ", ",
                versions.stream()
                        .map(version -> version.isEmpty() ? "without version" : version)
                        .toList());
    }

    private static String signed(long bytes) {
        return (bytes < 0 ? "−" : "+") + ByteCount.human(Math.abs(bytes));
    }
}
