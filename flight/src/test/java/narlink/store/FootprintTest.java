package narlink.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import narlink.testkit.RealNix;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Memory stays where it is, whatever goes through. `-Dnarlink.tiny=5000` for the many paths of the nightly run.
final class FootprintTest {
    private static final int LARGE_MIB = 300;
    private static final int TINY = Integer.getInteger("narlink.tiny", 300);
    private static final int MOST_KIB = 160_000;

    @TempDir
    Path directory = Path.of("");

    private void run(String what, String kind, int amount) throws Exception {
        if (kind.startsWith("local")) {
            RealNix.required();
        }
        var out = RealNix.run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                what,
                kind + directory.resolve("store"),
                directory.toString(),
                Integer.toString(amount));
        System.out.print(out);
        int peak = Integer.parseInt(out.replaceAll("(?s).* (\\d+) kB\\s*$", "$1"));
        assertTrue(peak < MOST_KIB, out);
    }

    @ParameterizedTest
    @ValueSource(strings = {"local?root=", "file://"})
    void aLargeNarPassesThroughLittleMemory(String kind) throws Exception {
        run("large", kind, LARGE_MIB);
    }

    @ParameterizedTest
    @ValueSource(strings = {"local?root=", "file://"})
    void manyPathsDoToo(String kind) throws Exception {
        run("tiny", kind, TINY);
    }
}
