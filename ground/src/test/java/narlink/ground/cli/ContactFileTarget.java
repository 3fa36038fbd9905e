package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import narlink.testkit.fuzz.FuzzTarget;

/// Contact plans, CSV and JSON: taken, or refused with the name of the file.
final class ContactFileTarget implements FuzzTarget {
    private final Path file = Files.createTempFile("contacts", ".csv");

    ContactFileTarget() throws IOException {
        file.toFile().deleteOnExit();
    }

    @Override
    public void accept(byte[] input) throws IOException {
        Files.write(file, input);
        try {
            ContactFile.read(file);
        } catch (IOException e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith(file + ": "), e.getMessage());
        }
    }

    @Override
    public List<byte[]> seeds() {
        return Stream.of("""
                satellite,station,start,end,rate,every
                sat-7,kiruna,2026-11-23T22:30:00Z,2026-11-23T22:38:00Z,256k,95m
                # a comment
                sat-8,,2026-11-23T22:30:00Z,2026-11-23T22:38:00Z,,
                """, """
                [{"satellite":"sat-7","start":"2026-11-23T22:30:00Z","end":"2026-11-23T22:38:00Z","rate":9600}]
                """, """
                {"contacts":[{"satellite":"sat-7","station":"a","start":"2026-11-23T22:30:00Z",\
                "end":"2026-11-23T22:38:00Z","every":"12h","rate":null}]}
                """)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public int executions() {
        return 15_000;
    }

    @Override
    public int longest() {
        return 500;
    }
}
