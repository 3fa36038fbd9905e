package narlink.ground.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import narlink.ground.GroundState;
import narlink.ground.Orders;
import narlink.pack.ProfileName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "send",
        description = "Plans, packs, rehearses, signs and queues an update. The same command again finds it queued.",
        footer = {
            "",
            "Example: narlink send sat-7 ./result --activate",
            "         narlink send sat-7 ./result --activate system-manager --after-reboot",
            "         narlink send sat-7 --flake .#system --activate system-manager",
            "         narlink send sat-7 ./hotfix --profile fix --priority 1",
            "         narlink send sat-7 ./result --health 'pgrep camera' --confirm-within 6h",
            "",
            "narlink pass exits 4 where it was rolled back, 3 while it waits to be confirmed."
        })
final class SendCommand extends PlanCommand {
    @Option(
            names = "--profile",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "Profile that is set to the first path (default ${DEFAULT-VALUE}).")
    String profile = "";

    @Mixin
    ActivationOptions activation = new ActivationOptions();

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            defaultValue = "14d",
            description = "From then on it is not begun (default ${DEFAULT-VALUE}).")
    Duration expires = Duration.ofDays(14);

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "It should be on board within this time: of one priority, the nearest deadline goes first.")
    @Nullable
    Duration deadline;

    @Option(
            names = "--behind",
            description =
                    "Let what is under way to the same profile be finished first, and build on it; else this takes"
                            + " its place.")
    boolean behind;

    @Option(names = "--mission-key", paramLabel = "FILE", description = "Mission key that signs, if it lies elsewhere.")
    @Nullable
    Path missionKey;

    @Override
    public Integer call() throws IOException {
        try (var ledger = ledger();
                var earth = openStore(store)) {
            var files = files();
            var mission = missionKey == null ? files.missionKey() : GroundState.key(missionKey);
            var request = request(ledger, Optional.of(profileName()), activation.activation(), expires);
            var orders = new Orders(files, ledger, earth, new PackProgress());
            var underWay = orders.underWay(request);
            if (underWay.isPresent()) {
                int number = underWay.get().number();
                var out = new JsonObject();
                out.addProperty("satellite", satellite);
                out.addProperty("deployment", number);
                out.addProperty("state", underWay.get().progress().state().name());
                print(
                        out,
                        () -> System.out.println("deployment " + number + " brings this already and is "
                                + underWay.get().progress().state() + "; the next pass goes on with it"));
                return 0;
            }
            var summary = orders.send(request, mission, files.stationKey(), Instant.now());
            Terminal.clear();
            var basis = Basis.of(ledger, request);
            var out = describe(request, summary);
            out.addProperty("deployment", summary.deployment());
            basis.describe(out);
            print(out, () -> {
                tell(request, summary);
                System.out.println(basis.line());
                System.out.println(
                        "deployment " + summary.deployment() + " rehearsed, signed and queued for " + satellite);
            });
        }
        return 0;
    }

    @Override
    Orders.Standing standing() {
        return new Orders.Standing(
                priority,
                Optional.ofNullable(deadline).map(left -> Instant.now().plus(left)));
    }

    @Override
    boolean behind() {
        return behind;
    }

    private ProfileName profileName() {
        try {
            return new ProfileName(profile);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--profile: " + e.getMessage());
        }
    }
}
