package narlink.ground.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import narlink.wire.SatelliteName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The dashboard in a real browser without a screen. It finds no network: every name but this machine's resolves to
/// nothing.
final class DashboardTest {
    private static final long SECONDS = 120;

    @TempDir
    Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init") // Opened before each test.
    private SampleFleet fleet;

    @BeforeEach
    void open() throws Exception {
        Assumptions.assumeTrue(
                browser().isPresent() || System.getenv("NARLINK_REQUIRE_NIX") != null, "Chromium is not installed");
        fleet = new SampleFleet(directory.resolve("state"));
        var one = fleet.add("sat-7", 212, 13);
        fleet.add("sat-8", 180, 40);
        fleet.add("ice-station", 95, 0);
        fleet.ledger.add(SampleFleet.deployment(one, 3, "hotfix"));
        fleet.ledger.places().freeze(new SatelliteName("ice-station"), true);
        var route = fleet.link(one);
        fleet.passes.opened(route);
        fleet.passes.progress(route, SampleFleet.tally(1_250_000, 310_000));
    }

    @AfterEach
    void close() {
        if (browser().isPresent()) fleet.close();
    }

    private static Optional<String> browser() {
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Stream.of("/usr/bin/" + name, "/usr/local/bin/" + name))
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst();
    }

    private record Seen(String page) {}

    private Seen visit(String path, String... more) throws IOException, InterruptedException {
        var out = directory.resolve("page.html");
        var errors = directory.resolve("browser.log");
        var command = new ArrayList<>(List.of(
                browser().orElseThrow(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--enable-logging=stderr",
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
                "--user-data-dir=" + directory.resolve("browser"),
                "--virtual-time-budget=6000"));
        command.addAll(List.of(more));
        command.add(fleet.url(path));
        var process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "the browser does not end");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        var said = Files.readAllLines(errors).stream()
                .filter(line -> line.contains("CONSOLE"))
                .toList();
        assertEquals(List.of(), said);
        return new Seen(Files.readString(out));
    }

    private void shows(Seen seen, String... texts) {
        for (var text : texts) assertTrue(seen.page().contains(text), text + " in " + seen.page());
    }

    @Test
    void theFleetIsShown() throws Exception {
        var seen = visit("/", "--dump-dom");
        shows(
                seen,
                "<h1>Fleet</h1>",
                "ice-station",
                "sat-8",
                "13 of 40 blocks durable on board",
                "about 12.5\u202f%",
                "repair 310\u202fkB",
                "frozen",
                "3 satellites",
                "tcp://127.0.0.1:9",
                "<th scope=\"col\"",
                "aria-live=\"polite\"");
        assertFalse(seen.page().contains("http://") || seen.page().contains("https://"), "it names no server");
    }

    @Test
    void manyPassesInFlightAreOneTable() throws Exception {
        for (int i = 0; i < 20; i++) {
            var route = fleet.link(fleet.add("cube-" + i, 1, 1));
            fleet.passes.opened(route);
            fleet.passes.progress(route, SampleFleet.tally(1_250_000, 310_000));
        }
        shows(visit("/", "--dump-dom"), "21 links are open", "aria-label=\"Passes in flight\"", "role=\"rowheader\"");
    }

    @Test
    void aSatelliteIsShown() throws Exception {
        var seen = visit("/satellites/sat-7", "--dump-dom");
        shows(
                seen,
                "<title>sat-7 · narlink</title>",
                "212",
                "new-system",
                "13 of 40 blocks durable on board",
                "aarch64-linux",
                "1 pass",
                "Let deployment 3 of sat-7 go up before 2",
                "deployment 2 RECEIVING",
                "← Fleet");
    }

    /// Each picture is looked at for being one; what it shows is for people to judge, in target/screenshots.
    @Test
    void itIsDrawnLightAndDarkWideAndNarrow() throws Exception {
        var pictures = Files.createDirectories(Path.of("target", "screenshots"));
        for (var page : List.of("", "satellites/sat-7")) {
            for (var scheme : List.of("light", "dark")) {
                for (var size : List.of("1280,1400", "390,2400")) {
                    var name = (page.isEmpty() ? "fleet" : "satellite") + "-" + scheme
                            + (size.startsWith("390") ? "-phone" : "");
                    var picture = pictures.resolve(name + ".png").toAbsolutePath();
                    Files.deleteIfExists(picture);
                    visit(
                            "/" + page,
                            "--screenshot=" + picture,
                            "--window-size=" + size,
                            "--blink-settings=preferredColorScheme=" + (scheme.equals("dark") ? 0 : 1),
                            "--hide-scrollbars");
                    var image = javax.imageio.ImageIO.read(picture.toFile());
                    assertEquals(Integer.parseInt(size.split(",", 2)[0]), image.getWidth());
                    int ground = image.getRGB(2, image.getHeight() - 2) & 0xff;
                    assertEquals(scheme.equals("dark"), ground < 0x80, name);
                }
            }
        }
    }
}
