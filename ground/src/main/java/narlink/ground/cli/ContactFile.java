package narlink.ground.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import narlink.ground.Contact;
import narlink.ground.StationLink;
import narlink.ground.StationName;
import narlink.wire.SatelliteName;
import org.apache.commons.csv.CSVFormat;
import picocli.CommandLine.TypeConversionException;

/// A contact plan as people write it: CSV with a header, or a JSON array of objects (or an object whose `contacts` is
/// one), both with the fields `satellite`, `start`, `end`, and as wanted `station`, `rate`, `every`. Times are
/// ISO-8601, as `2026-11-23T22:30:00Z`.
final class ContactFile {
    private static final long MAX_BYTES = 64 << 20;
    private static final int MAX_CONTACTS = 100_000;
    private static final Set<String> FIELDS = Set.of("satellite", "station", "start", "end", "rate", "every");

    private ContactFile() {}

    /// @throws IOException if anything in it is wrong, saying where
    static List<Contact> read(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) throw new IOException(file + " is too large for a contact plan");
        try {
            var text = Files.readString(file).strip();
            if (text.indexOf('\0') >= 0) throw new IllegalArgumentException("it holds NUL bytes, which no text does");
            var contacts = text.startsWith("[") || text.startsWith("{") ? json(text) : csv(text);
            if (contacts.size() > MAX_CONTACTS) {
                throw new IllegalArgumentException("it has more than " + MAX_CONTACTS + " contacts");
            }
            return contacts;
        } catch (CharacterCodingException e) {
            throw new IOException(file + ": it is no text in UTF-8; nothing was imported", e);
        } catch (IllegalArgumentException | JsonParseException e) {
            throw new IOException(file + ": " + e.getMessage() + "; nothing was imported", e);
        }
    }

    private static List<Contact> csv(String text) {
        var contacts = new ArrayList<Contact>();
        var format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setTrim(true)
                .setIgnoreEmptyLines(true)
                .setCommentMarker('#')
                .get();
        try (var parser = format.parse(new java.io.StringReader(text))) {
            var names = parser.getHeaderNames();
            check(names::contains, names, "the first line");
            for (var row : parser) {
                contacts.add(
                        contact(name -> row.isSet(name) ? row.get(name) : "", "line " + parser.getCurrentLineNumber()));
            }
        } catch (IOException | UncheckedIOException e) { // Of the text's form: it lies in memory.
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return contacts;
    }

    private static List<Contact> json(String text) {
        var root = JsonParser.parseString(text);
        var list = root.isJsonObject() ? root.getAsJsonObject().get("contacts") : root;
        if (list == null || !list.isJsonArray()) throw new IllegalArgumentException("it has no array of contacts");
        var contacts = new ArrayList<Contact>();
        for (var element : list.getAsJsonArray()) {
            var where = "contact " + (contacts.size() + 1);
            if (!element.isJsonObject()) throw new IllegalArgumentException(where + " is no object");
            var object = element.getAsJsonObject();
            check(object::has, object.keySet(), where);
            contacts.add(contact(name -> text(object, name, where), where));
        }
        return contacts;
    }

    private static String text(JsonObject object, String name, String where) {
        JsonElement value = object.get(name);
        if (value == null || value.isJsonNull()) return "";
        if (!value.isJsonPrimitive()) throw new IllegalArgumentException(where + ": " + name + " is no text");
        return value.getAsString();
    }

    private static void check(Predicate<String> has, Iterable<String> names, String where) {
        for (var needed : List.of("satellite", "start", "end")) {
            if (!has.test(needed)) throw new IllegalArgumentException(where + " has no " + needed);
        }
        for (var name : names) {
            if (!FIELDS.contains(name)) throw new IllegalArgumentException(where + ": unknown field \"" + name + "\"");
        }
    }

    private static Contact contact(Function<String, String> fields, String where) {
        try {
            var station = fields.apply("station");
            var rate = fields.apply("rate");
            var every = fields.apply("every");
            return new Contact(
                    new StationLink.Route(
                            new SatelliteName(fields.apply("satellite")),
                            station.isEmpty() ? StationName.DEFAULT : new StationName(station)),
                    Instant.parse(fields.apply("start")),
                    Instant.parse(fields.apply("end")),
                    rate.isEmpty()
                            ? OptionalLong.empty()
                            : OptionalLong.of(BitRate.parse(rate).bitsPerSecond()),
                    every.isEmpty() ? Optional.empty() : Optional.of(Durations.parse(every)));
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException | TypeConversionException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }
}
