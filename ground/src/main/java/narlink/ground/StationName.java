package narlink.ground;

import java.util.regex.Pattern;

/// A ground station, as contact plans and links name it. Safe as a file name.
public record StationName(String value) implements Comparable<StationName> {
    private static final Pattern GRAMMAR = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    /// Where only one is spoken of.
    public static final StationName DEFAULT = new StationName("station");

    public StationName {
        if (!GRAMMAR.matcher(value).matches()) {
            throw new IllegalArgumentException("station name \"" + value
                    + "\": 1 to 63 letters, digits, '.', '_' or '-', the first a letter or digit");
        }
    }

    @Override
    public int compareTo(StationName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
