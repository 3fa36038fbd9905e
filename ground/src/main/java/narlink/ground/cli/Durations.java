package narlink.ground.cli;

import java.time.Duration;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/// Durations as typed, `90s`, `8m`, `12h`, `14d`, and as told.
final class Durations {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([smhd])");

    private Durations() {}

    static Duration parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches())
            throw new TypeConversionException("\"" + text + "\" is no time; write 90s, 8m, 12h or 14d");
        long number = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    static String human(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 120) return seconds + " s";
        if (seconds < 7200) return duration.toMinutes() + " min";
        if (seconds < 172_800) return duration.toHours() + " h";
        return duration.toDays() + " days";
    }
}
