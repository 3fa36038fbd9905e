package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import narlink.ground.Ledger;
import narlink.ground.Orders;
import narlink.ground.Pass;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.pack.Activation;
import narlink.pack.Layout;
import narlink.simulation.LinkProfile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "plan",
        description = "Shows what would be sent. Signs and queues nothing.",
        footer = {"", "Example: narlink plan sat-7 ./result", "         narlink plan sat-7 --flake .#system"})
class PlanCommand extends Base {
    private static final int MIN_SYMBOL = 16;

    @Parameters(index = "0", paramLabel = "SAT", description = "The satellite.")
    String satellite = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "PATH", description = "Store paths, or links to them.")
    List<String> targets = List.of();

    @Mixin
    FlakeOptions flake = new FlakeOptions();

    @Option(names = "--store", paramLabel = "URL", description = "Where the closures are on Earth (default daemon).")
    @Nullable
    String store;

    @Option(
            names = "--have",
            paramLabel = "PATH",
            description = "Plan against the closure of this path in place of the mirror; repeatable.")
    List<String> have = List.of();

    @Option(
            names = "--link",
            paramLabel = "NAME",
            defaultValue = "s-256k",
            description =
                    "Link profile for the forecast: uhf-9k6, s-256k, s-2m, x-opt-100m (default ${DEFAULT-VALUE}).")
    String link = "";

    @Option(
            names = "--segment-size",
            paramLabel = "SIZE",
            defaultValue = "8k",
            description = "Segment size that wire bytes are counted with (default ${DEFAULT-VALUE}).")
    ByteCount segmentSize = new ByteCount(Pass.Settings.SEGMENT_SIZE);

    @Option(
            names = "--symbol-size",
            paramLabel = "SIZE",
            defaultValue = "896",
            description = "Bytes of a FEC symbol; a segment holds at least one (default ${DEFAULT-VALUE}).")
    ByteCount symbolSize = new ByteCount(Layout.SYMBOL_SIZE);

    @Option(
            names = "--priority",
            paramLabel = "N",
            defaultValue = "0",
            description = "Higher ones go up first, and count on nothing that goes up after them (default 0).")
    int priority;

    @Override
    public Integer call() throws IOException {
        try (var ledger = ledger();
                var earth = openStore(store)) {
            var request = request(ledger, Optional.empty(), Activation.NONE, Duration.ofDays(14));
            var summary = new Orders(files(), ledger, earth, new PackProgress())
                    .plan(request, SecretKey.generate("plan"), Instant.now());
            var basis = Basis.of(ledger, request);
            var out = describe(request, summary);
            basis.describe(out);
            print(out, () -> {
                tell(request, summary);
                System.out.println(basis.line());
            });
        }
        return 0;
    }

    /// Whether what is under way to the same profile is to be finished first.
    boolean behind() {
        return false;
    }

    /// How urgent it is.
    Orders.Standing standing() {
        return new Orders.Standing(priority, Optional.empty());
    }

    Orders.Request request(
            Ledger ledger, Optional<narlink.pack.ProfileName> profile, Activation activation, Duration expires)
            throws IOException {
        if (symbolSize.bytes() < MIN_SYMBOL || symbolSize.bytes() > narlink.wire.Announcement.MAX_SYMBOL_SIZE) {
            throw new UsageException("--symbol-size must be between " + MIN_SYMBOL + " and "
                    + narlink.wire.Announcement.MAX_SYMBOL_SIZE + " bytes");
        }
        var satellite = satellite(ledger, this.satellite);
        var built = flake.with(paths(targets), store);
        return new Orders.Request(
                satellite,
                built.targets(),
                paths(have),
                profile,
                activation.of(built.origin()),
                expires,
                (int) symbolSize.bytes(),
                LinkOptions.segmentSize(segmentSize),
                LinkProfile.named(link)
                        .orElseThrow(() -> new UsageException("no link profile " + link + "; there are "
                                + String.join(
                                        ", ",
                                        LinkProfile.BUILT_IN.stream()
                                                .map(LinkProfile::name)
                                                .toList()))),
                standing(),
                behind());
    }

    static JsonObject describe(Orders.Request request, Orders.Summary summary) {
        var plan = summary.plan();
        var out = new JsonObject();
        out.addProperty("satellite", request.satellite().name().value());
        var targets = new JsonArray();
        plan.targets().forEach(target -> targets.add(target.toString()));
        out.add("targets", targets);
        out.addProperty("flake", request.activation().origin());
        out.addProperty("newPaths", plan.added().size());
        out.addProperty("reusedPaths", plan.reused().size());
        out.addProperty("rawBytes", plan.rawBytes());
        out.addProperty("packBytes", summary.packBytes());
        out.addProperty("wireBytes", summary.wireBytes());
        out.addProperty("link", request.link().name());
        out.addProperty("passes", summary.forecast().passes());
        out.addProperty("probability", summary.forecast().probability());
        var objects = new JsonArray();
        for (int i = 0; i < plan.added().size(); i++) {
            var one = new JsonObject();
            one.addProperty("path", plan.added().get(i).path().toString());
            var bases = plan.bases(plan.added().get(i).path());
            if (bases.isEmpty()) one.add("base", JsonNull.INSTANCE);
            else one.addProperty("base", bases.getFirst().path().toString());
            one.addProperty("rawBytes", plan.added().get(i).narSize());
            var cost = summary.costs().get(i);
            one.addProperty("packBytes", cost.bytes());
            one.addProperty("method", cost.method().name().toLowerCase(Locale.ROOT));
            var all = new JsonArray();
            bases.forEach(base -> all.add(base.path().toString()));
            one.add("bases", all);
            objects.add(one);
        }
        out.add("objects", objects);
        out.add("largest", Largest.describe(summary));
        return out;
    }

    static void tell(Orders.Request request, Orders.Summary summary) {
        var plan = summary.plan();
        System.out.println("     bytes        of  method   path");
        for (int i = 0; i < plan.added().size(); i++) {
            var info = plan.added().get(i);
            var cost = summary.costs().get(i);
            System.out.printf(
                    Locale.ROOT,
                    "%,10d %9s  %-7s  %s%s%n",
                    cost.bytes(),
                    ByteCount.human(info.narSize()),
                    cost.method().name().toLowerCase(Locale.ROOT),
                    info.path().baseName(),
                    made(plan.bases(info.path())));
        }
        Largest.tell(summary);
        System.out.printf(
                "%d new paths of %s, %d on board already%n",
                plan.added().size(),
                ByteCount.human(plan.rawBytes()),
                plan.reused().size());
        System.out.printf(
                "to be sent: %s, as segments %s; %d pass%s on %s (probability %.3f)%n",
                ByteCount.human(summary.packBytes()),
                ByteCount.human(summary.wireBytes()),
                summary.forecast().passes(),
                summary.forecast().passes() == 1 ? "" : "es",
                request.link().name(),
                summary.forecast().probability());
    }

    private static String made(List<PathInfo> bases) {
        return bases.isEmpty()
                ? ""
                : bases.stream().map(base -> base.path().baseName()).collect(Collectors.joining(", ", " from ", ""));
    }
}
