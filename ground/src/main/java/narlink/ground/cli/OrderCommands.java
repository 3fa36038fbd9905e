package narlink.ground.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import narlink.ground.CommandDesk;
import narlink.ground.GroundState;
import narlink.ground.Ledger;
import narlink.ground.QueuedCommand;
import narlink.ground.Satellite;
import narlink.ground.json.CommandJson;
import narlink.nix.SecretKey;
import narlink.pack.ProfileName;
import narlink.wire.Command.Action;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What queues a command for a satellite.
final class OrderCommands {
    private OrderCommands() {}

    /// What the mission key signs.
    abstract static class Signed extends Base {
        @Parameters(index = "0", paramLabel = "SAT", description = "The satellite.")
        String name = "";

        @Option(
                names = "--mission-key",
                paramLabel = "FILE",
                description = "Mission key that signs, if it lies elsewhere.")
        @Nullable
        Path missionKey;

        @Option(
                names = "--expires",
                paramLabel = "TIME",
                defaultValue = "14d",
                description = "From then on it is not carried out (default ${DEFAULT-VALUE}).")
        Duration expires = Duration.ofDays(14);

        SecretKey signer() throws IOException {
            return missionKey == null ? files().missionKey() : GroundState.key(missionKey);
        }
    }

    /// One command.
    abstract static class Order extends Signed {
        @Override
        public Integer call() throws IOException {
            try (var ledger = ledger()) {
                var queued = queue(ledger, satellite(ledger, name));
                print(CommandJson.of(queued), () -> tell(queued));
            }
            return 0;
        }

        QueuedCommand queue(Ledger ledger, Satellite satellite) throws IOException {
            return new CommandDesk(ledger).queue(satellite, action(), signer(), expires, Instant.now());
        }

        abstract Action action();

        static void tell(QueuedCommand queued) {
            System.out.printf(
                    "command %d for %s signed and queued: %s%nthe next pass brings it; narlink status %s tells its answer%n",
                    queued.number(), queued.satellite(), queued.what(), queued.satellite());
        }
    }

    /// One command in a line.
    static String line(QueuedCommand command) {
        var line = "command %d  %s  %s".formatted(command.number(), command.state(), command.what());
        boolean says = !command.answer().isEmpty() && command.logSize() == 0;
        return says ? line + "  (" + command.answer().utf8() + ")" : line;
    }

    private static String profile(String typed) {
        try {
            return new ProfileName(typed).value();
        } catch (IllegalArgumentException e) {
            throw new UsageException("--profile: " + e.getMessage());
        }
    }

    private static int positive(int number, String what) {
        if (number < 1) throw new UsageException(what + " must be at least 1");
        return number;
    }

    @Command(
            name = "cancel",
            description =
                    "Stops a deployment. Where something of it went up already, a command stops it on board too; one "
                            + "that waits there for a reboot or a confirmation is rolled back.",
            footer = {"", "Example: narlink cancel sat-7 12"})
    static final class Cancel extends Order {
        @Parameters(index = "1", paramLabel = "N", description = "The deployment.")
        int deployment;

        @Override
        public Integer call() throws IOException {
            positive(deployment, "N");
            try (var ledger = ledger()) {
                Optional<QueuedCommand> queued = new CommandDesk(ledger)
                        .cancel(satellite(ledger, name), deployment, signer(), expires, Instant.now());
                if (queued.isPresent()) {
                    print(CommandJson.of(queued.get()), () -> tell(queued.get()));
                } else {
                    var out = new JsonObject();
                    out.addProperty("satellite", name);
                    out.addProperty("deployment", deployment);
                    out.addProperty("state", "CANCELLED");
                    print(
                            out,
                            () -> System.out.println(
                                    "deployment " + deployment + " is cancelled; nothing of it had gone up"));
                }
            }
            return 0;
        }

        @Override
        Action action() {
            return new Action.Cancel(deployment);
        }
    }

    @Command(
            name = "activate",
            description = "Activates a generation of a profile again, with the health checks that it came with.",
            footer = {"", "Example: narlink activate sat-7 4 --profile system"})
    static final class Activate extends Order {
        @Parameters(index = "1", paramLabel = "N", description = "The generation, as narlink status shows them.")
        int generation;

        @Option(
                names = "--profile",
                paramLabel = "NAME",
                defaultValue = "default",
                description = "The profile (default ${DEFAULT-VALUE}).")
        String profile = "";

        @Override
        Action action() {
            return new Action.Activate(profile(profile), positive(generation, "N"));
        }
    }

    @Command(
            name = "rollback",
            description = "Sets a profile back to its last confirmed generation or, where that is current, to the one "
                    + "before; activates it, without a health check.",
            footer = {"", "Example: narlink rollback sat-7 --profile system"})
    static final class RollBack extends Order {
        @Option(
                names = "--profile",
                paramLabel = "NAME",
                defaultValue = "default",
                description = "The profile (default ${DEFAULT-VALUE}).")
        String profile = "";

        @Option(names = "--to", paramLabel = "N", description = "The generation to go back to.")
        int generation;

        @Override
        Action action() {
            if (generation < 0) throw new UsageException("--to must be a generation");
            return new Action.RollBack(profile(profile), generation);
        }
    }

    @Command(
            name = "confirm",
            description = "Confirms a deployment that was sent with --confirm-within, so that it stays.",
            footer = {"", "Example: narlink confirm sat-7 12"})
    static final class Confirm extends Order {
        @Parameters(index = "1", paramLabel = "N", description = "The deployment.")
        int deployment;

        @Override
        Action action() {
            return new Action.Confirm(positive(deployment, "N"));
        }
    }

    @Command(
            name = "verify",
            description = "Has the satellite read its whole store, a little at a time, and compare it with what was "
                    + "registered of it. What is damaged or missing is sent again.",
            footer = {"", "Example: narlink verify sat-7"})
    static final class Verify extends Order {
        @Override
        Action action() {
            return new Action.Verify();
        }
    }

    @Command(
            name = "retention",
            description =
                    "Sets how many generations of a profile are kept on board, now and after each deployment. The "
                            + "current one, the last confirmed one, and those that failed since, stay in any case.",
            footer = {"", "Example: narlink retention sat-7 --profile system --keep 3"})
    static final class Retention extends Order {
        @Option(
                names = "--profile",
                paramLabel = "NAME",
                defaultValue = "default",
                description = "The profile (default ${DEFAULT-VALUE}).")
        String profile = "";

        @Option(names = "--keep", required = true, paramLabel = "N", description = "How many, at least 1.")
        int keep;

        @Override
        Action action() {
            return new Action.Retain(profile(profile), positive(keep, "--keep"));
        }
    }
}
