package narlink.ground.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class SchemaTest {
    /// Flyway is asked only where this one is missing: a migration that it does not count would never be made.
    @Test
    void theNewestMigrationIsTheNewestFile() throws IOException, URISyntaxException {
        var first = Objects.requireNonNull(SchemaTest.class.getResource("V1__ledger.sql"));
        var directory = Objects.requireNonNull(Path.of(first.toURI()).getParent());
        try (var files = Files.list(directory)) {
            int newest = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.matches("V[0-9]+__.*\\.sql"))
                    .mapToInt(name -> Integer.parseInt(name.substring(1, name.indexOf("__"))))
                    .max()
                    .orElseThrow();
            assertEquals(newest, Schema.NEWEST);
        }
    }
}
