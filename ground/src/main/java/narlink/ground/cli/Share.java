package narlink.ground.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/// A share as typed: `20%` or `0.2`.
record Share(double value) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,4}(?:\\.[0-9]{1,6})?)(%?)");

    static Share parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) throw new TypeConversionException("\"" + text + "\" is no share; write 20% or 0.2");
        double number = Double.parseDouble(match.group(1));
        double value = match.group(2).isEmpty() ? number : number / 100;
        if (value > 10) throw new TypeConversionException("\"" + text + "\" is more than ten times the data itself");
        return new Share(value);
    }
}
