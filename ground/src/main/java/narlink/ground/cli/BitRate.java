package narlink.ground.cli;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/// Bits per second as typed: `9600`, `9.6k`, `256k`, `2M`, by thousands.
record BitRate(long bitsPerSecond) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,6})?)([kKmMgG]?)");

    static BitRate parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) throw new TypeConversionException("\"" + text + "\" is no rate; write 9600, 256k or 2M");
        double unit = switch (match.group(2).toLowerCase(Locale.ROOT)) {
            case "k" -> 1e3;
            case "m" -> 1e6;
            case "g" -> 1e9;
            default -> 1;
        };
        long rate = Math.round(Double.parseDouble(match.group(1)) * unit);
        if (rate < 1) throw new TypeConversionException("a rate of nothing sends nothing");
        return new BitRate(rate);
    }
}
