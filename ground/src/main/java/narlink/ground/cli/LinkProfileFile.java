package narlink.ground.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import narlink.simulation.LinkProfile;

/// A link profile of one's own, as a JSON object with the fields of [LinkProfile]; `passSeconds` is its pass.
final class LinkProfileFile {
    private static final Set<String> FIELDS = new TreeSet<>(Set.of(
            "upRate",
            "downRate",
            "framePayload",
            "goodToBad",
            "badToGood",
            "lossGood",
            "lossBad",
            "passSeconds",
            "passesPerDay",
            "passLost"));

    /// Of a link that carries one direction at a time; may be left out.
    private static final String TURNAROUND = "halfDuplexMillis";

    private LinkProfileFile() {}

    /// A built-in profile by its name, else one in a file.
    static LinkProfile read(String nameOrFile) throws IOException {
        var known = LinkProfile.named(nameOrFile);
        if (known.isPresent()) return known.get();
        var file = Path.of(nameOrFile);
        if (!Files.isRegularFile(file)) {
            throw new UsageException("no link profile " + nameOrFile + "; there are "
                    + String.join(
                            ", ",
                            LinkProfile.BUILT_IN.stream().map(LinkProfile::name).toList())
                    + ", or a JSON file with " + String.join(", ", FIELDS));
        }
        try {
            var object = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            var unknown = new TreeSet<>(object.keySet());
            unknown.removeAll(FIELDS);
            unknown.remove(TURNAROUND);
            if (!unknown.isEmpty()) throw new UsageException(file + ": unknown field " + unknown.first());
            return new LinkProfile(
                    String.valueOf(file.getFileName()),
                    (long) number(object, "upRate", 1, 1e12),
                    (long) number(object, "downRate", 0, 1e12),
                    (int) number(object, "framePayload", 64, 65_000),
                    number(object, "goodToBad", 0, 1),
                    number(object, "badToGood", 1e-9, 1),
                    number(object, "lossGood", 0, 1),
                    number(object, "lossBad", 0, 1),
                    Duration.ofMillis((long) (1000 * number(object, "passSeconds", 1, 86_400))),
                    (int) number(object, "passesPerDay", 1, 1000),
                    number(object, "passLost", 0, 1),
                    Duration.ofMillis(object.has(TURNAROUND) ? (long) number(object, TURNAROUND, 0, 60_000) : 0));
        } catch (JsonParseException | IllegalStateException e) {
            throw new UsageException(file + " is not a JSON object: " + e.getMessage());
        }
    }

    private static double number(JsonObject object, String field, double least, double most) {
        JsonElement value = object.get(field);
        if (value == null) throw new UsageException("a link profile needs the field " + field);
        try {
            double number = value.getAsDouble();
            if (number >= least && number <= most) return number;
        } catch (NumberFormatException | UnsupportedOperationException | IllegalStateException e) {
            throw new UsageException("link profile: " + field + " is not a number: " + value);
        }
        throw new UsageException("link profile: " + field + " is not in " + least + " to " + most + ": " + value);
    }
}
