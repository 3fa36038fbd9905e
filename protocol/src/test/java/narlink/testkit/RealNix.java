package narlink.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/// The Nix of this machine. A test that needs it begins with [#required].
public final class RealNix {
    private static final int SECONDS = 120;
    private static final String MISSING = "no nix-store and nix-daemon on the PATH; on Debian: apt-get install nix-bin";

    private RealNix() {}

    /// [#required] for jqwik's properties: `@AddLifecycleHook(RealNix.Required.class)`.
    public static final class Required implements SkipExecutionHook {
        @Override
        public SkipResult shouldBeSkipped(LifecycleContext context) {
            return isHere() || isDemanded() ? SkipResult.doNotSkip() : SkipResult.skip(MISSING);
        }
    }

    /// Skips the test where there is no Nix; fails it there if the environment says `NARLINK_REQUIRE_NIX`.
    public static void required() {
        if (isHere()) {
            return;
        }
        if (isDemanded()) {
            Assertions.fail(MISSING);
        }
        Assumptions.abort(MISSING);
    }

    private static boolean isDemanded() {
        return System.getenv("NARLINK_REQUIRE_NIX") != null;
    }

    public static boolean isHere() {
        var path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "nix-store"))
                        && Files.isExecutable(Path.of(directory, "nix-daemon")));
    }

    /// Runs a command to its end.
    ///
    /// @return its standard output
    /// @throws AssertionError if it fails
    public static String run(String... command) throws IOException, InterruptedException {
        var ended = attempt(command);
        Assertions.assertEquals(0, ended.code(), () -> String.join(" ", command) + "\n" + ended.err());
        return ended.out();
    }

    /// How a command ended.
    public record Ended(int code, String out, String err) {}

    public static Ended attempt(String... command) throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("narlink-run");
        var out = directory.resolve("out");
        var err = directory.resolve("err");
        var builder = new ProcessBuilder(List.of(command))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().remove("NIX_REMOTE");
        var process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            Assertions.fail(String.join(" ", command) + " takes longer than " + SECONDS + " s");
        }
        var ended = new Ended(
                process.exitValue(),
                Files.readString(out, StandardCharsets.ISO_8859_1),
                Files.readString(err, StandardCharsets.ISO_8859_1));
        Files.delete(out);
        Files.delete(err);
        Files.delete(directory);
        return ended;
    }

    /// Says no if the store at `root` has damage: Nix reads all of it and compares.
    public static boolean verifies(Path root) throws IOException, InterruptedException {
        return attempt("nix-store", "--store", root.toString(), "--verify", "--check-contents")
                        .code()
                == 0;
    }
}
