package narlink.pack;

/// What runs on board once the profile points at the new target.
public sealed interface Activation {
    /// Nothing.
    record None() implements Activation {}

    /// A shell command.
    ///
    /// @param command for `/bin/sh -c`
    /// @param timeLimitSeconds until it is killed with all that it started
    record Command(String command, int timeLimitSeconds) implements Activation {
        public static final int MAX_SECONDS = 24 * 3600;
        public static final int MAX_LENGTH = 4096;

        public Command {
            if (command.isBlank() || command.length() > MAX_LENGTH) {
                throw new IllegalArgumentException("activation command of " + command.length() + " characters");
            }
            if (timeLimitSeconds < 1 || timeLimitSeconds > MAX_SECONDS) {
                throw new IllegalArgumentException("activation time limit of " + timeLimitSeconds + " s");
            }
        }
    }
}
