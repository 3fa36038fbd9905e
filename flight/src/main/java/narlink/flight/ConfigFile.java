package narlink.flight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Options from a properties file, same names as the long ones without their dashes. What is typed goes first.
final class ConfigFile implements IDefaultValueProvider {
    @Override
    public @Nullable String defaultValue(ArgSpec argument) throws IOException {
        if (!(argument instanceof OptionSpec option)) return null;
        var name = option.longestName().replaceFirst("^--", "");
        if (name.equals("config") || name.equals("state") || name.equals("help")) return null;
        return properties(
                        typed(argument, "--config"),
                        state(typed(argument, "--state").orElse(null)))
                .getProperty(name);
    }

    private static Optional<Path> typed(ArgSpec argument, String name) {
        var parsed = argument.command().commandLine().getParseResult();
        return parsed == null ? Optional.empty() : Optional.ofNullable(parsed.matchedOptionValue(name, (Path) null));
    }

    private static Properties properties(Optional<Path> typed, Path state) throws IOException {
        var properties = new Properties();
        var file = typed.orElse(state.resolve("narlink.properties"));
        if (typed.isEmpty() && !Files.exists(file)) return properties;
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return properties;
    }

    /// The state directory: as typed, else from the environment, else where such things lie.
    static Path state(@Nullable Path typed) {
        if (typed != null) return typed;
        var environment = System.getenv("NARLINK_STATE");
        if (environment != null && !environment.isBlank()) return Path.of(environment);
        if (System.getProperty("user.name", "").equals("root")) return Path.of("/var/lib/narlink-flight");
        var xdg = System.getenv("XDG_STATE_HOME");
        var base = xdg != null && !xdg.isBlank()
                ? Path.of(xdg)
                : Path.of(System.getProperty("user.home", "."), ".local", "state");
        return base.resolve("narlink-flight");
    }
}
