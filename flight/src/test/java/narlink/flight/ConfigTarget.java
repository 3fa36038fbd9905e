package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import narlink.testkit.fuzz.FuzzTarget;
import picocli.CommandLine.ParameterException;

/// The receiver's configuration file: taken, or refused in words.
final class ConfigTarget implements FuzzTarget {
    private final Path file = Files.createTempFile("narlink", ".properties");

    ConfigTarget() throws IOException {
        file.toFile().deleteOnExit();
    }

    @Override
    public void accept(byte[] input) throws IOException {
        Files.write(file, input);
        try {
            Main.commandLine().parseArgs("run", "--config", file.toString(), "--pipe", "stdio:");
        } catch (ParameterException e) {
            assertEquals(false, String.valueOf(e.getMessage()).isEmpty());
        }
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                        "store=daemon\nhealth=true\nreserve=1G\njson=true\nsegment-size=1024\n",
                        "# none\n",
                        "store : \\u0041\n")
                .stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public int executions() {
        return 500;
    }

    @Override
    public int longest() {
        return 300;
    }
}
