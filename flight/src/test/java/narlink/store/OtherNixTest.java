package narlink.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import narlink.testkit.OtherNix;
import narlink.testkit.RealNix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/// Runs the tests of stores with another system's Nix.
@EnabledIfSystemProperty(named = OtherNix.ROOT, matches = ".+", disabledReason = "needs another system's root")
final class OtherNixTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void storesAreTheSameWithAnotherNix() throws IOException, InterruptedException {
        RealNix.required();
        var path = OtherNix.path(directory);
        var here = RealNix.run("nix", "--version");
        var there = RealNix.run(directory.resolve("nix").toString(), "--version");
        assertFalse(here.equals(there), "two different ones are better than twice " + here);
        System.out.print(there);
        var out = directory.resolve("out");
        var child = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Run.class.getName());
        child.environment().put("PATH", path);
        child.redirectErrorStream(true).redirectOutput(out.toFile());
        int code = child.start().waitFor();
        var text = Files.readString(out);
        System.out.print(text);
        assertEquals(0, code, text);
    }

    static final class Run {
        private Run() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            RealNix.required();
            System.out.print("PATH has " + RealNix.run("nix", "--version"));
            var summary = new SummaryGeneratingListener();
            var request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(
                            selectClass(StoreTest.class),
                            selectClass(DaemonStoreTest.class),
                            selectClass(DaemonUserTest.class))
                    .build();
            LauncherFactory.create().execute(request, summary);
            var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
            summary.getSummary().printFailuresTo(out);
            out.println(summary.getSummary().getTestsSucceededCount() + " tests passed, "
                    + summary.getSummary().getTestsSkippedCount() + " skipped, "
                    + summary.getSummary().getTestsAbortedCount() + " aborted");
            System.exit(summary.getSummary().getTotalFailureCount() == 0 ? 0 : 1);
        }
    }
}
