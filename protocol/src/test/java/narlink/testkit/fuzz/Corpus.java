package narlink.testkit.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The inputs of a target that are kept with the sources, as lines of Base64 in `/narlink/fuzz/NAME.txt`. A line that
/// begins with `#` says of the input below it which defect it once showed; such an input stays for ever.
record Corpus(List<Entry> entries) {
    Corpus {
        entries = List.copyOf(entries);
    }

    /// @param defect that it once showed
    record Entry(byte[] input, Optional<String> defect) {}

    /// Empty where there is none yet.
    static Corpus of(Class<?> target) throws IOException {
        try (var in = target.getResourceAsStream("/narlink/fuzz/" + target.getSimpleName() + ".txt")) {
            return in == null ? new Corpus(List.of()) : read(in);
        }
    }

    private static Corpus read(InputStream in) throws IOException {
        var entries = new ArrayList<Entry>();
        var defect = Optional.<String>empty();
        for (var line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n", 0)) {
            if (line.startsWith("# ")) {
                defect = Optional.of(line.substring(2));
            } else {
                entries.add(new Entry(Base64.getDecoder().decode(line), defect));
                defect = Optional.empty();
            }
        }
        return new Corpus(entries);
    }

    void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, entries.stream().map(Corpus::lines).collect(Collectors.joining()));
    }

    private static String lines(Entry entry) {
        return entry.defect().map(defect -> "# " + defect + "\n").orElse("")
                + Base64.getEncoder().encodeToString(entry.input()) + "\n";
    }
}
