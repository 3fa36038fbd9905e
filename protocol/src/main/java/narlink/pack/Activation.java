package narlink.pack;

/// What runs on board once the profile points at the new target, and what has to be so for it to stay (§12).
///
/// @param timeLimitSeconds until the program is killed with all that it started
/// @param afterReboot whether the health is checked again after a reboot, which others bring about
/// @param confirmWithinSeconds of uptime, within which a command has to confirm; 0 where none is needed
/// @param origin what the target was built of, as a locked flake reference; for people, empty where it is not told
public record Activation(
        Program program,
        int timeLimitSeconds,
        Health health,
        boolean afterReboot,
        int confirmWithinSeconds,
        String origin) {
    public static final int MAX_SECONDS = 24 * 3600;
    /// A year.
    public static final int MAX_CONFIRM_SECONDS = 366 * 24 * 3600;

    public static final int MAX_ORIGIN = 1000;

    public static final int DEFAULT_SECONDS = 300;

    /// The profile is set, and that is all.
    public static final Activation NONE = of(new Program.None());

    public Activation {
        if (timeLimitSeconds < 1 || timeLimitSeconds > MAX_SECONDS) {
            throw new IllegalArgumentException("activation time limit of " + timeLimitSeconds + " s");
        }
        if (confirmWithinSeconds < 0 || confirmWithinSeconds > MAX_CONFIRM_SECONDS) {
            throw new IllegalArgumentException("confirmation within " + confirmWithinSeconds + " s");
        }
        if (origin.length() > MAX_ORIGIN || origin.chars().anyMatch(c -> c < ' ')) {
            throw new IllegalArgumentException("origin of " + origin.length() + " characters");
        }
    }

    /// Of a target whose origin is not told.
    public Activation(
            Program program, int timeLimitSeconds, Health health, boolean afterReboot, int confirmWithinSeconds) {
        this(program, timeLimitSeconds, health, afterReboot, confirmWithinSeconds, "");
    }

    public Activation of(String flake) {
        return new Activation(program, timeLimitSeconds, health, afterReboot, confirmWithinSeconds, flake);
    }

    /// With the default time limit and no conditions.
    public static Activation of(Program program) {
        return new Activation(program, DEFAULT_SECONDS, Health.NONE, false, 0);
    }

    /// What is run.
    public sealed interface Program {
        record None() implements Program {}

        /// A shell command.
        ///
        /// @param command for `/bin/sh -c`
        record Command(String command) implements Program {
            public static final int MAX_LENGTH = 4096;

            public Command {
                if (command.isBlank() || command.length() > MAX_LENGTH) {
                    throw new IllegalArgumentException("activation command of " + command.length() + " characters");
                }
            }
        }

        /// `deploy-rs-activate` in the target.
        record DeployRs() implements Program {}

        /// `bin/activate` in the target.
        record SystemManager() implements Program {}

        /// `activate` in the target, as the user whose home it is.
        record HomeManager(String user) implements Program {
            public HomeManager {
                if (!user.matches("[a-z_][a-z0-9_-]{0,31}")) {
                    throw new IllegalArgumentException("user \"" + user + "\"");
                }
            }
        }

        /// `bin/switch-to-configuration switch` in the target.
        record Nixos() implements Program {}
    }
}
