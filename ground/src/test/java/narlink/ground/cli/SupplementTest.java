package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import narlink.ground.SampleClosure;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an update is to be made of has gone bad on board, or has gone: the receiver says so before it costs a pass, and
/// Earth answers by itself with what does without.
final class SupplementTest {
    @TempDir
    Path directory;

    private Programs programs = new Programs(Path.of(""));
    private StorePath library = StorePath.of(new byte[20], "library");
    private StorePath oldTop = library;
    private StorePath newTop = library;
    private String earth = "";
    private String board = "";

    @BeforeEach
    void setUp() throws IOException, InterruptedException {
        programs = new Programs(directory);
        earth = "file://" + directory.resolve("earth");
        board = "file://" + directory.resolve("board");
        byte[] contents = new byte[300_000];
        // The library is no base of the tool: nothing in it is alike.
        byte[] others = new byte[100_000];
        new SplittableRandom(1).nextBytes(contents);
        new SplittableRandom(2).nextBytes(others);
        try (var store = Stores.open(earth, Options.of(directory.resolve("roots")))) {
            library = SampleClosure.add(store, "library-1.0", new TreeSet<>(), others);
            oldTop = SampleClosure.add(store, "tool-1.0", new TreeSet<>(List.of(library)), contents);
            contents[100_000] ^= 1;
            newTop = SampleClosure.add(store, "tool-1.1", new TreeSet<>(List.of(library)), contents);
        }
        copy(directory.resolve("earth"), directory.resolve("board"));
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
                "--holds",
                oldTop.toString(),
                "--store",
                earth,
                "--json"));
        var sent = programs.told(programs.narlink("send", "sat", newTop.toString(), "--store", earth, "--json"));
        assertTrue(sent.get("packBytes").getAsLong() < 5_000, "made of what is on board: " + sent);
        // Both are in the mirror until the receiver finds otherwise.
        delete(directory.resolve("board").resolve(newTop.digest() + ".narinfo"));
    }

    @Test
    void ofADamagedBase() throws Exception {
        var nar = nar(oldTop);
        byte[] bytes = Files.readAllBytes(nar);
        bytes[bytes.length / 2] ^= 1;
        Files.write(nar, bytes);
        answered(false);
    }

    @Test
    void ofAMissingBase() throws Exception {
        Files.delete(directory.resolve("board").resolve(oldTop.digest() + ".narinfo"));
        answered(true);
    }

    @Test
    void ofAMissingReference() throws Exception {
        Files.delete(directory.resolve("board").resolve(oldTop.digest() + ".narinfo"));
        Files.delete(directory.resolve("board").resolve(library.digest() + ".narinfo"));
        answered(true);
    }

    @Test
    void notOfWhatIsNoneOfItsBusiness() throws Exception {
        try (var store = Stores.open(board, Options.of(directory.resolve("board-roots")))) {
            SampleClosure.add(store, "by-hand-1.0", new TreeSet<>(), new byte[100]);
        }
        var pass = pass();
        var deployments = pass.json().getAsJsonArray("deployments");
        assertEquals(1, deployments.size(), pass.out());
        var only = deployments.get(0).getAsJsonObject();
        assertEquals("CONFIRMED", only.get("state").getAsString());
        assertTrue(only.get("storeMoved").getAsBoolean(), only.toString());
        assertTrue(pass.json().get("sentBytes").getAsLong() < 20_000, "it goes on as it was planned");
        var status = programs.told(programs.narlink("status", "sat", "--json"));
        assertTrue(status.get("inSync").getAsBoolean(), "what was added is learnt: " + status);
    }

    /// A path that Earth does not know begins like the base: Earth learns it, and names the base by more of its digits.
    @Test
    void ofABaseWhoseNameWasTooShort() throws Exception {
        byte[] digest = oldTop.digestBytes();
        digest[10] ^= 1;
        try (var store = Stores.open(board, Options.of(directory.resolve("board-roots")))) {
            var stranger = StorePath.of(digest, "stranger");
            SampleClosure.put(store, stranger, new TreeSet<>(), SampleClosure.nar(new byte[100]));
        }
        var pass = pass();
        assertTrue(pass.errors().contains("2 takes its place"), pass.errors());
        assertTrue(pass.json().get("sentBytes").getAsLong() < 20_000, "made of the base after all: " + pass.out());
        confirmed();
    }

    /// In the very same pass, with the first deployment's pack never sent.
    private void answered(boolean storeMoved) throws Exception {
        var pass = pass();
        assertTrue(pass.errors().contains("2 takes its place"), pass.errors());
        var first = pass.json().getAsJsonArray("deployments").get(0).getAsJsonObject();
        assertEquals("SUPERSEDED", first.get("state").getAsString());
        assertEquals(storeMoved, heardOfAChange(), pass.errors());
        assertTrue(pass.json().get("sentBytes").getAsLong() > 100_000, "without the base it takes more");
        confirmed();
    }

    /// The second deployment brought it.
    private void confirmed() throws IOException, InterruptedException {
        try (var to = Stores.open(board, Options.of(directory.resolve("roots")))) {
            for (var path : to.closure(List.of(newTop))) to.nar(path, java.io.OutputStream.nullOutputStream());
        }
        var status = programs.told(programs.narlink("status", "sat", "--json"));
        assertEquals(
                "CONFIRMED",
                status.getAsJsonArray("deployments")
                        .get(1)
                        .getAsJsonObject()
                        .get("state")
                        .getAsString());
    }

    private Programs.Ended pass() throws IOException, InterruptedException {
        var socket = directory.resolve("socket");
        var receiver = programs.startFlight("run", "--pipe", "unix-listen:" + socket, "--store", board);
        try {
            for (int i = 0; i < 300 && !Files.exists(socket); i++) TimeUnit.MILLISECONDS.sleep(100);
            var pass = programs.narlink("pass", "sat", "--pipe", "unix:" + socket, "--duration", "60s", "--json");
            assertEquals(0, pass.code(), pass.out() + pass.errors());
            return pass;
        } finally {
            receiver.process().destroyForcibly().waitFor();
        }
    }

    private boolean heardOfAChange() throws IOException, InterruptedException {
        return programs.narlink("log", "sat").out().contains("deployment 1 finds the store on board changed");
    }

    private Path nar(StorePath path) throws IOException {
        var narinfo = Files.readString(directory.resolve("board").resolve(path.digest() + ".narinfo"));
        var url = narinfo.lines()
                .filter(line -> line.startsWith("URL: "))
                .map(line -> line.substring(5))
                .findFirst()
                .orElseThrow();
        return directory.resolve("board").resolve(url);
    }

    private static void delete(Path file) throws IOException {
        assertTrue(Files.deleteIfExists(file), file + " was there");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var tree = Files.walk(from)) {
            for (var file : (Iterable<Path>) tree::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
