package narlink.pack;

import java.util.regex.Pattern;

/// The name of a Nix profile under narlink's care. Safe as a file name, and never mistaken for a generation's link.
public record ProfileName(String value) {
    private static final Pattern GRAMMAR = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final Pattern GENERATION = Pattern.compile(".*-[0-9]+-link");

    public ProfileName {
        if (!isValid(value)) {
            throw new IllegalArgumentException("profile name \"" + value
                    + "\": 1 to 63 letters, digits, '.', '_' or '-', and not NAME-NUMBER-link");
        }
    }

    public static boolean isValid(String name) {
        return GRAMMAR.matcher(name).matches() && !GENERATION.matcher(name).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
