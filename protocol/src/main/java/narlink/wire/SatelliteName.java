package narlink.wire;

import java.util.regex.Pattern;

/// The satellite's id: part of what every signature covers, though never sent. Safe as a file name.
public record SatelliteName(String value) implements Comparable<SatelliteName> {
    private static final Pattern GRAMMAR = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    public SatelliteName {
        if (!GRAMMAR.matcher(value).matches()) {
            throw new IllegalArgumentException("satellite name \"" + value
                    + "\": 1 to 63 letters, digits, '.', '_' or '-', the first a letter or digit");
        }
    }

    @Override
    public int compareTo(SatelliteName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
