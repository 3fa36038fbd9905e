package narlink.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// The test vectors that lie beside the tests as resources.
public final class Vectors {
    private final String directory;

    private Vectors(String directory) {
        this.directory = directory;
    }

    public static Vectors nix() {
        return new Vectors("/narlink/nix/");
    }

    public byte[] bytes(String name) {
        try (var in = Objects.requireNonNull(Vectors.class.getResourceAsStream(directory + name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    /// The rows of a table, comments left out.
    public List<String[]> rows(String name) {
        return text(name)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split("\t", -1))
                .toList();
    }
}
