package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import narlink.testkit.OtherNix;
import narlink.testkit.RealNix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// A flake is built on Earth; what was built goes on board with the flake's source, and nothing is built there.
final class FlakeTest {
    /// Nix builds in a chroot store with this machine's own shell.
    private static final Map<String, String> NIX = Map.of("NIX_CONFIG", """
            substituters =
            build-users-group =
            sandbox = true
            sandbox-fallback = false
            sandbox-paths = /bin /usr /lib /lib64
            filter-syscalls = false
            """);

    @TempDir
    Path directory;

    @Test
    void whatWasBuiltGoesUpWithItsSource() throws IOException, InterruptedException {
        RealNix.required();
        goesUpWithItsSource(new Programs(directory, NIX));
    }

    @Test
    @EnabledIfSystemProperty(named = OtherNix.ROOT, matches = ".+", disabledReason = "needs another system's root")
    void anotherNixOnEarthMakesNoDifference() throws IOException, InterruptedException {
        RealNix.required();
        var environment = new HashMap<>(NIX);
        environment.put("PATH", OtherNix.path(directory.resolve("bin")));
        goesUpWithItsSource(new Programs(directory, environment));
    }

    private void goesUpWithItsSource(Programs programs) throws IOException, InterruptedException {
        var earth = "local?root=" + directory.resolve("earth");
        var board = "local?root=" + directory.resolve("board");
        var mission = programs.told(programs.narlink("init", "--json"))
                .get("missionKey")
                .getAsString();
        var flight = programs.told(programs.flight("init", "--satellite", "sat", "--trust", mission, "--json"));
        programs.told(programs.narlink(
                "satellite",
                "add",
                "sat",
                "--flight-key",
                flight.get("flightKey").getAsString(),
                "--json"));
        var reference = flake() + "#packages.any.tool";
        var planned = programs.told(programs.narlink("plan", "sat", "--flake", reference, "--store", earth, "--json"));
        assertEquals(2, planned.get("newPaths").getAsInt(), "what was built, its source: " + planned);
        var shown = programs.told(programs.narlink("diff", "sat", "--flake", reference, "--store", earth, "--json"));
        assertTrue(shown.get("packages").toString().contains("\"name\":\"tool\""), shown.toString());
        var sent = programs.told(
                programs.narlink("send", "sat", "--flake", reference, "--with-inputs", "--store", earth, "--json"));
        assertEquals(3, sent.getAsJsonArray("targets").size(), "what was built, its source, its input");
        var origin = sent.get("flake").getAsString();
        assertTrue(origin.contains("narHash=sha256-") && origin.endsWith("#packages.any.tool"), origin);
        var up = directory.resolve("up").toString();
        programs.narlink("export", "sat", "--bytes", "20M", "--out", up);
        var received = programs.told(programs.flight("receive", up, "--store", board, "--json"));
        var profile = received.getAsJsonArray("profiles").get(0).getAsJsonObject();
        assertEquals(origin, profile.get("flake").getAsString(), "the device tells it by itself");
        var down = directory.resolve("down").toString();
        assertEquals(
                0, programs.flight("report", "--out", down, "--store", board).code());
        programs.told(programs.narlink("ingest", "sat", down, "--json"));
        var told = programs.told(programs.narlink("status", "sat", "--json"))
                .getAsJsonArray("profiles")
                .get(0)
                .getAsJsonObject();
        assertEquals(origin, told.get("flake").getAsString());
        try (var store = Stores.open(board, Options.of(directory.resolve("roots")))) {
            for (var target : sent.getAsJsonArray("targets")) {
                assertTrue(store.info(StorePath.parse(target.getAsString())).isPresent(), target.getAsString());
                assertTrue(
                        store.allRoots().containsValue(StorePath.parse(target.getAsString())),
                        "rooted beside the generation");
            }
            assertTrue(store.validPaths().stream().noneMatch(path -> path.name().endsWith(".drv")));
        }
        // Nix keeps the log of each build.
        assertFalse(Files.exists(directory.resolve("board/nix/var/log/nix/drvs")));
    }

    private Path flake() throws IOException {
        var input = Files.createDirectories(directory.resolve("input"));
        Files.writeString(input.resolve("flake.nix"), "{ outputs = { self }: { text = \"hello\"; }; }");
        var flake = Files.createDirectories(directory.resolve("flake"));
        Files.writeString(flake.resolve("flake.nix"), """
                {
                  inputs.other.url = "path:%s";
                  outputs = { self, other }: {
                    packages.any.tool = derivation {
                      name = "tool-1.0";
                      system = "%s";
                      builder = "/bin/sh";
                      args = [ "-c" "echo ${other.text} > $out" ];
                    };
                  };
                }
                """.formatted(
                        input, System.getProperty("os.arch", "").equals("aarch64") ? "aarch64-linux" : "x86_64-linux"));
        return flake;
    }
}
