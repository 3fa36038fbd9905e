package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

final class ConfigFileTest {
    @TempDir
    Path directory = Path.of("");

    private static CommandLine.ParseResult run(String... options) {
        var arguments = new java.util.ArrayList<>(List.of("run", "--pipe", "stdio:"));
        arguments.addAll(List.of(options));
        return Main.commandLine().parseArgs(arguments.toArray(String[]::new)).subcommand();
    }

    private static String store(CommandLine.ParseResult run) {
        return run.matchedOption("--store") == null
                ? String.valueOf(
                        (Object) run.commandSpec().findOption("--store").getValue())
                : run.matchedOptionValue("--store", "");
    }

    @Test
    void optionsComeFromTheFileOfTheStateDirectory() throws IOException {
        Files.writeString(directory.resolve("narlink.properties"), "store=file:///there\njson=true\n");
        var run = run("--state", directory.toString());
        assertEquals("file:///there", store(run));
        assertTrue((Boolean) run.commandSpec().findOption("--json").getValue());
    }

    @Test
    void anotherFileMayBeNamed() throws IOException {
        Files.writeString(directory.resolve("narlink.properties"), "store=file:///there\n");
        var other = Files.writeString(directory.resolve("other"), "store=file:///elsewhere\n");
        var run = run("--state", directory.toString(), "--config", other.toString());
        assertEquals("file:///elsewhere", store(run));
        assertFalse((Boolean) run.commandSpec().findOption("--json").getValue());
    }

    @Test
    void whatIsTypedGoesFirst() throws IOException {
        Files.writeString(directory.resolve("narlink.properties"), "store=file:///there\n");
        assertEquals("file:///typed", store(run("--state", directory.toString(), "--store", "file:///typed")));
    }

    @Test
    void withoutAFileThereAreTheDefaults() {
        assertEquals("null", store(run("--state", directory.toString())));
    }

    @Test
    void aFileThatIsNamedMustBeThereAndReadable() throws IOException {
        assertThrows(
                ParameterException.class,
                () -> run("--config", directory.resolve("none").toString()));
        var broken = Files.writeString(directory.resolve("broken"), "store=\\u00zz\n");
        assertThrows(ParameterException.class, () -> run("--config", broken.toString()));
    }

    @Test
    void theStateDirectoryIsAsTyped() {
        assertEquals(directory, ConfigFile.state(directory));
        assertTrue(ConfigFile.state(null).isAbsolute());
    }
}
