package narlink.ground.cli;

import java.time.Duration;
import java.util.List;
import narlink.pack.Activation;
import narlink.pack.Activation.Program;
import narlink.pack.Health;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a deployment is activated, as typed.
final class ActivationOptions {
    private static final String OWN = "exec \"$NARLINK_TARGET/activate\"";

    @Option(
            names = "--activate",
            arity = "0..1",
            fallbackValue = OWN,
            paramLabel = "KIND|COMMAND",
            description =
                    "What runs once the profile is set: deploy-rs, system-manager, home-manager, nixos, or a command "
                            + "for /bin/sh with NARLINK_PROFILE, NARLINK_TARGET, NARLINK_GENERATION, NARLINK_DEPLOYMENT and "
                            + "NARLINK_STORE; without a word, the target's own 'activate'. Where it fails, the profile goes back.")
    @Nullable
    String activate;

    @Option(names = "--user", paramLabel = "NAME", description = "Whose home, for --activate home-manager.")
    @Nullable
    String user;

    @Option(
            names = "--activation-limit",
            paramLabel = "TIME",
            defaultValue = "5m",
            description = "How long the activation may take (default ${DEFAULT-VALUE}).")
    Duration limit = Duration.ofSeconds(Activation.DEFAULT_SECONDS);

    @Option(
            names = "--health",
            paramLabel = "CMD",
            description = "Command for /bin/sh that has to succeed after the activation, else it is rolled back; "
                    + "repeatable. The target's share/narlink/health and the receiver's own checks run too.")
    List<String> health = List.of();

    @Option(
            names = "--health-times",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many times in a row all of them must succeed (default ${DEFAULT-VALUE}).")
    int times = 1;

    @Option(
            names = "--health-within",
            paramLabel = "TIME",
            defaultValue = "60s",
            description = "Within which time (default ${DEFAULT-VALUE}).")
    Duration within = Duration.ofSeconds(60);

    @Option(
            names = "--health-interval",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "Time between two rounds (default ${DEFAULT-VALUE}).")
    Duration interval = Duration.ofSeconds(5);

    @Option(
            names = "--health-limit",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "How long one check may take (default ${DEFAULT-VALUE}).")
    Duration checkLimit = Duration.ofSeconds(30);

    @Option(
            names = "--after-reboot",
            description = "Check the health again after the next reboot, whoever brings that about, and count it as "
                    + "confirmed only then.")
    boolean afterReboot;

    @Option(
            names = "--confirm-within",
            paramLabel = "TIME",
            description = "Roll it back unless narlink confirm arrives within this uptime of the device, such as 6h.")
    Duration confirmWithin = Duration.ZERO;

    Activation activation() {
        try {
            return new Activation(
                    program(),
                    seconds(limit),
                    new Health(health, times, seconds(within), seconds(interval), seconds(checkLimit)),
                    afterReboot,
                    seconds(confirmWithin));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static int seconds(Duration time) {
        return Math.toIntExact(time.toSeconds());
    }

    private Program program() {
        if (activate == null) return new Program.None();
        if (user != null && !activate.equals("home-manager")) {
            throw new UsageException("--user goes with --activate home-manager");
        }
        return switch (activate) {
            case "deploy-rs" -> new Program.DeployRs();
            case "system-manager" -> new Program.SystemManager();
            case "nixos" -> new Program.Nixos();
            case "home-manager" -> {
                if (user == null) throw new UsageException("--activate home-manager needs --user NAME");
                yield new Program.HomeManager(user);
            }
            default -> new Program.Command(activate);
        };
    }
}
