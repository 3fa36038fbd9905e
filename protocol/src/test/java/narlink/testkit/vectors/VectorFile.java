package narlink.testkit.vectors;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Cases as text (§14.1): lines `FIELD: VALUE`, an empty line behind each case, comments with `#`. Bytes are
/// hexadecimal.
public final class VectorFile {
    private final StringBuilder text = new StringBuilder();

    /// @param about what the file holds, in lines
    public VectorFile(String about) {
        about.lines().forEach(line -> text.append("# ").append(line).append('\n'));
        text.append('\n');
    }

    /// One case.
    public record Case(Map<String, String> fields) {
        public String text(String field) {
            return Optional.ofNullable(fields.get(field))
                    .orElseThrow(() -> new AssertionError(this + " lacks " + field));
        }

        public byte[] bytes(String field) {
            return HexFormat.of().parseHex(text(field));
        }

        public int number(String field) {
            return Integer.parseInt(text(field));
        }

        public boolean has(String field) {
            return fields.containsKey(field);
        }
    }

    public VectorFile field(String name, Object value) {
        text.append(name).append(": ").append(value).append('\n');
        return this;
    }

    public VectorFile field(String name, byte[] value) {
        return field(name, HexFormat.of().formatHex(value));
    }

    /// Ends a case.
    public void end() {
        text.append('\n');
    }

    public static List<Case> read(String text) {
        var cases = new ArrayList<Case>();
        var fields = new LinkedHashMap<String, String>();
        for (var line : (text + "\n").split("\n", -1)) {
            if (line.startsWith("#")) continue;
            int colon = line.indexOf(": ");
            if (colon > 0) fields.put(line.substring(0, colon), line.substring(colon + 2));
            else if (!fields.isEmpty()) {
                cases.add(new Case(new LinkedHashMap<>(fields)));
                fields.clear();
            }
        }
        return cases;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
