package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;
import narlink.ground.Cleanup;
import narlink.ground.Housekeeping;
import narlink.ground.QueuedCommand;
import narlink.ground.json.CommandJson;
import narlink.nix.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "gc",
        description = "Deletes on board what no root there, no kept generation and nothing queued needs: works out the "
                + "paths from the mirror and orders just these to be deleted. What is alive there all the same stays.",
        footer = {"", "Example: narlink gc sat-7 --keep-generations 3 --dry-run"})
final class GcCommand extends OrderCommands.Signed {
    /// Paths that are shown.
    private static final int SHOWN = 20;

    @Option(
            names = "--keep-generations",
            paramLabel = "N",
            description = "First have each profile keep so many generations, and the current one, in any case "
                    + "(default: all that are there).")
    int keep;

    @Option(names = "--dry-run", description = "Only show what would go, and how much room it makes.")
    boolean dryRun;

    @Override
    public Integer call() throws IOException {
        if (keep < 0) throw new UsageException("--keep-generations must be at least 1");
        try (var ledger = ledger()) {
            var satellite = satellite(ledger, name);
            var housekeeping = new Housekeeping(ledger, satellite);
            var plan = housekeeping.plan(keep);
            if (plan.isEmpty()) {
                var out = new JsonObject();
                out.addProperty("satellite", name);
                out.addProperty("known", false);
                print(
                        out,
                        () -> System.out.println("what keeps paths alive on board of " + name
                                + " is not known yet: the next pass asks for it; then narlink gc again"));
                return Narlink.LEFT;
            }
            List<QueuedCommand> queued = List.of();
            if (!dryRun && !plan.get().dead().isEmpty()) {
                queued = housekeeping.order(plan.get(), keep, signer(), expires, Instant.now());
            }
            var orders = queued;
            var out = describe(plan.get(), orders);
            out.add("roots", roots(ledger.roots(satellite.name())));
            print(out, () -> tell(plan.get(), orders));
        }
        return 0;
    }

    private JsonObject describe(Cleanup plan, List<QueuedCommand> queued) {
        var out = new JsonObject();
        out.addProperty("satellite", name);
        out.addProperty("known", true);
        var paths = new JsonArray();
        plan.dead().forEach(path -> paths.add(path.toString()));
        out.add("paths", paths);
        out.addProperty("freedBytes", plan.bytes());
        var generations = new JsonArray();
        plan.dropped()
                .forEach((profile, numbers) -> numbers.forEach(number -> {
                    var one = new JsonObject();
                    one.addProperty("profile", profile);
                    one.addProperty("generation", number);
                    generations.add(one);
                }));
        out.add("generations", generations);
        var commands = new JsonArray();
        queued.forEach(command -> commands.add(CommandJson.of(command)));
        out.add("commands", commands);
        return out;
    }

    private static JsonObject roots(SortedMap<String, StorePath> roots) {
        var out = new JsonObject();
        roots.forEach((root, path) -> out.addProperty(root, path.toString()));
        return out;
    }

    private void tell(Cleanup plan, List<QueuedCommand> queued) {
        plan.dead().stream().limit(SHOWN).forEach(path -> System.out.println("  " + path));
        if (plan.dead().size() > SHOWN)
            System.out.println("  … and " + (plan.dead().size() - SHOWN) + " more");
        plan.dropped()
                .forEach((profile, numbers) -> System.out.println("profile " + profile + " loses generations "
                        + numbers.stream().map(String::valueOf).collect(Collectors.joining(", "))));
        System.out.printf("%d paths of %s can go%n", plan.dead().size(), ByteCount.human(plan.bytes()));
        if (!queued.isEmpty()) {
            System.out.println(queued.size() + " commands signed and queued; the next pass brings them");
        }
    }
}
