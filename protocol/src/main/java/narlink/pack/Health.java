package narlink.pack;

import java.util.List;

/// When an activated target counts as healthy: all commands succeed, so many times in a row (§12.5).
///
/// @param commands each for `/bin/sh -c`; the receiver has more of its own
/// @param withinSeconds since the first round began
/// @param intervalSeconds between the end of one round and the start of the next
/// @param timeLimitSeconds for each command
public record Health(List<String> commands, int times, int withinSeconds, int intervalSeconds, int timeLimitSeconds) {
    public static final int MAX_COMMANDS = 8;
    public static final int MAX_LENGTH = 1024;
    public static final int MAX_TIMES = 100;
    public static final int MAX_INTERVAL = 3600;

    /// Nothing but what the receiver or the target itself wants to be checked.
    public static final Health NONE = new Health(List.of(), 1, 60, 5, 30);

    public Health {
        commands = List.copyOf(commands);
        if (commands.size() > MAX_COMMANDS) throw new IllegalArgumentException(commands.size() + " health commands");
        for (var command : commands) {
            if (command.isBlank() || command.length() > MAX_LENGTH) {
                throw new IllegalArgumentException("health command of " + command.length() + " characters");
            }
        }
        check("times", times, MAX_TIMES);
        check("time in seconds", withinSeconds, Activation.MAX_SECONDS);
        check("interval in seconds", intervalSeconds, MAX_INTERVAL);
        check("time limit in seconds", timeLimitSeconds, MAX_INTERVAL);
        if ((times - 1) * intervalSeconds >= withinSeconds) {
            throw new IllegalArgumentException(
                    times + " health checks every " + intervalSeconds + " s cannot be within " + withinSeconds + " s");
        }
    }

    private static void check(String what, int number, int most) {
        if (number < 1 || number > most) throw new IllegalArgumentException("health: " + what + " " + number);
    }
}
