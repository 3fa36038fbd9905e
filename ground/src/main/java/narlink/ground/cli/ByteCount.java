package narlink.ground.cli;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/// A number of bytes as typed: `8192`, `8k` (1024), `20M` (1024²), `1G`.
record ByteCount(long bytes) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})([kKmMgG]?)i?[bB]?");

    static ByteCount parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) throw new TypeConversionException("\"" + text + "\" is no size; write 8k, 20M or 1G");
        int shift = switch (match.group(2).toLowerCase(Locale.ROOT)) {
            case "k" -> 10;
            case "m" -> 20;
            case "g" -> 30;
            default -> 0;
        };
        return new ByteCount(Math.multiplyExact(Long.parseLong(match.group(1)), 1L << shift));
    }

    /// For human eyes: `1.9 MB`, by thousands.
    static String human(long bytes) {
        if (bytes < 1000) return bytes + " B";
        if (bytes < 1_000_000) return "%.1f kB".formatted(bytes / 1e3);
        if (bytes < 1_000_000_000) return "%.1f MB".formatted(bytes / 1e6);
        return "%.2f GB".formatted(bytes / 1e9);
    }
}
