package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import narlink.ground.SampleClosure;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import narlink.testkit.RealNix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Earth's picture of a real Nix store, whatever becomes of that store or of Earth's memory.
final class MirrorTest {
    @TempDir
    Path directory;

    private Programs programs = new Programs(Path.of(""));
    private String earth = "";
    private String board = "";
    private String flightKey = "";
    private Path socket = Path.of("");
    private final List<Process> receivers = new ArrayList<>();
    private StorePath library = StorePath.of(new byte[20], "none");
    private StorePath plugin = library;
    private StorePath first = library;
    private StorePath second = library;

    @BeforeEach
    void setUp() throws IOException, InterruptedException {
        RealNix.required();
        programs = new Programs(directory);
        earth = "file://" + directory.resolve("earth");
        board = "local?root=" + root();
        socket = directory.resolve("socket");
        byte[] contents = new byte[200_000];
        new SplittableRandom(1).nextBytes(contents);
        try (var store = earth()) {
            library = SampleClosure.add(store, "library-1.0", new TreeSet<>(), contents);
            contents[5] ^= 1;
            plugin = SampleClosure.add(store, "plugin-1.0", new TreeSet<>(), contents);
            first = SampleClosure.add(store, "tool-1.0", new TreeSet<>(List.of(library, plugin)), new byte[3000]);
            second = SampleClosure.add(store, "tool-1.1", new TreeSet<>(List.of(library)), new byte[4000]);
        }
        programs.told(programs.narlink("init", "--json"));
        initFlight();
        addSatellite();
    }

    @AfterEach
    void endReceivers() throws InterruptedException {
        for (var receiver : receivers) receiver.destroyForcibly().waitFor();
    }

    private void initFlight() throws IOException, InterruptedException {
        var mission = programs.told(programs.narlink("init", "--json"))
                .get("missionKey")
                .getAsString();
        flightKey = programs.told(programs.flight("init", "--satellite", "sat", "--trust", mission, "--json"))
                .get("flightKey")
                .getAsString();
    }

    private void addSatellite() throws IOException, InterruptedException {
        programs.told(programs.narlink("satellite", "add", "sat", "--flight-key", flightKey, "--json"));
    }

    private Path root() {
        return directory.resolve("board");
    }

    private Store earth() throws IOException {
        return Stores.open(earth, Options.of(directory.resolve("roots")));
    }

    private void startReceiver() throws IOException, InterruptedException {
        Files.deleteIfExists(socket);
        receivers.add(programs.startFlight("run", "--pipe", "unix-listen:" + socket, "--store", board)
                .process());
        for (int i = 0; i < 600 && !Files.exists(socket); i++) TimeUnit.MILLISECONDS.sleep(100);
    }

    private void endReceiver() throws InterruptedException {
        receivers.getLast().destroyForcibly().waitFor();
    }

    private Programs.Ended pass() throws IOException, InterruptedException {
        return programs.narlink("pass", "sat", "--pipe", "unix:" + socket, "--duration", "60s", "--json");
    }

    private void delivered(StorePath target) throws IOException, InterruptedException {
        programs.told(programs.narlink("send", "sat", target.toString(), "--store", earth, "--json"));
        var pass = pass();
        assertEquals(0, pass.code(), pass.out() + pass.errors());
    }

    private JsonObject status() throws IOException, InterruptedException {
        return programs.told(programs.narlink("status", "sat", "--json"));
    }

    /// After a pass, what `narlink inventory` lists is what Nix has.
    private void mirrorIsTheStore() throws IOException, InterruptedException {
        var status = status();
        assertTrue(status.get("inSync").getAsBoolean(), status.toString());
        var listed = StreamSupport.stream(
                        programs.told(programs.narlink("inventory", "sat", "--json"))
                                .getAsJsonArray("paths")
                                .spliterator(),
                        false)
                .map(path -> path.getAsJsonObject().get("path").getAsString())
                .sorted()
                .toList();
        assertEquals(valid(), listed);
    }

    private List<String> valid() throws IOException {
        return valid(root());
    }

    private List<String> valid(Path root) throws IOException {
        try (var store = Stores.open("local?root=" + root, Options.of(directory.resolve("roots")))) {
            return store.validPaths().stream().map(StorePath::toString).sorted().toList();
        }
    }

    @Test
    void whatSomebodyDidOnBoardIsLearntInOnePass() throws Exception {
        startReceiver();
        delivered(first);
        delivered(second);
        mirrorIsTheStore();
        Files.delete(root().resolve("nix/var/nix/profiles/narlink/default-1-link"));
        delete(root().resolve("nix/var/nix/gcroots/narlink/profiles/default/1"));
        RealNix.run("nix-store", "--store", root().toString(), "--gc");
        assertFalse(valid().contains(plugin.toString()));
        Files.writeString(directory.resolve("manual"), "added by hand");
        RealNix.run(
                "nix-store",
                "--store",
                root().toString(),
                "--add",
                directory.resolve("manual").toString());
        assertEquals(0, pass().code());
        mirrorIsTheStore();
        // The next update is planned on what is there, and the lost path is sent again.
        var sent = programs.told(programs.narlink("send", "sat", first.toString(), "--store", earth, "--json"));
        assertEquals(2, sent.get("newPaths").getAsInt());
        assertEquals("acknowledged", sent.get("restsOn").getAsString());
        assertEquals(0, pass().code());
        mirrorIsTheStore();
    }

    @Test
    void lossesOfMemoryOnEitherEndAreMadeGood() throws Exception {
        startReceiver();
        delivered(first);
        endReceiver();
        delete(directory.resolve("flight"));
        programs.told(programs.narlink("satellite", "remove", "sat", "--json"));
        initFlight();
        addSatellite();
        startReceiver();
        assertEquals(0, pass().code());
        mirrorIsTheStore();
        for (var end : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(directory.resolve("ground").resolve("narlink.db" + end));
        }
        addSatellite();
        programs.told(programs.narlink("inventory", "sat", "--store", earth, "--json"));
        assertEquals(0, pass().code());
        mirrorIsTheStore();
        var sent = programs.told(programs.narlink("send", "sat", second.toString(), "--store", earth, "--json"));
        assertEquals(1, sent.get("newPaths").getAsInt(), "the library is known to be there");
        assertEquals(0, pass().code());
        mirrorIsTheStore();
    }

    @Test
    void garbageIsCollectedOnBothEnds() throws Exception {
        startReceiver();
        delivered(first);
        delivered(second);
        assertEquals(3, programs.narlink("gc", "sat", "--json").code(), "roots are to be asked for first");
        assertEquals(0, pass().code());
        var plan = programs.told(programs.narlink("gc", "sat", "--keep-generations", "1", "--dry-run", "--json"));
        var doomed = new TreeSet<String>();
        plan.getAsJsonArray("paths").forEach(path -> doomed.add(path.getAsString()));
        assertEquals(new TreeSet<>(List.of(first.toString(), plugin.toString())), doomed, plan.toString());
        // A root that somebody made meanwhile keeps one of them; Earth learns that.
        Files.createSymbolicLink(root().resolve("nix/var/nix/gcroots/manual"), Path.of(plugin.toString()));
        var ordered = programs.told(programs.narlink("gc", "sat", "--keep-generations", "1", "--json"));
        assertEquals(2, ordered.getAsJsonArray("commands").size(), "retention, then the paths");
        var pass = pass();
        assertEquals(0, pass.code(), pass.out() + pass.errors());
        assertTrue(pass.out().contains("deleted 1 of 2 paths"), pass.out());
        assertFalse(valid().contains(first.toString()));
        assertTrue(valid().contains(plugin.toString()));
        mirrorIsTheStore();
        try (var store = earth()) {
            assertFalse(store.roots().containsValue(first), "Earth may collect it too");
            assertTrue(store.roots().values().containsAll(List.of(second, library, plugin)));
        }
        var again = programs.told(programs.narlink("gc", "sat", "--json"));
        assertEquals(0, again.getAsJsonArray("paths").size(), "it is known to be alive");
        Files.delete(root().resolve("nix/var/nix/gcroots/manual"));
        programs.told(programs.narlink("inventory", "sat", "--json"));
        assertEquals(0, pass().code());
        programs.told(programs.narlink("gc", "sat", "--json"));
        assertEquals(0, pass().code());
        assertFalse(valid().contains(plugin.toString()));
        mirrorIsTheStore();
    }

    @Test
    void whatRotsOnBoardIsFoundAndSentAgain() throws Exception {
        startReceiver();
        delivered(first);
        var file = root().resolve("nix/store/" + library.baseName() + "/data");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        Files.write(file, bytes);
        delete(root().resolve("nix/store/" + plugin.baseName()));
        assertFalse(RealNix.verifies(root()));
        programs.told(programs.narlink("verify", "sat", "--json"));
        var pass = pass();
        assertEquals(0, pass.code(), pass.out() + pass.errors());
        assertTrue(pass.errors().contains("paths are damaged on board"), pass.errors());
        assertTrue(RealNix.verifies(root()));
        mirrorIsTheStore();
        assertEquals(0, status().get("damagedPaths").getAsInt());
    }

    @Test
    void aFixIsMadeOfTheGenerationThatFailed() throws Exception {
        byte[] contents = new byte[100_000];
        new SplittableRandom(2).nextBytes(contents);
        StorePath sick;
        StorePath fix;
        try (var store = earth()) {
            sick = SampleClosure.add(store, "tool-2.0", new TreeSet<>(List.of(library)), contents);
            contents[70_000] ^= 1;
            fix = SampleClosure.add(store, "tool-2.1", new TreeSet<>(List.of(library)), contents);
        }
        startReceiver();
        delivered(first);
        programs.told(
                programs.narlink("send", "sat", sick.toString(), "--store", earth, "--activate", "exit 1", "--json"));
        assertEquals(Narlink.FAILED_ON_BOARD, pass().code());
        mirrorIsTheStore();
        assertEquals(Narlink.LEFT, programs.narlink("gc", "sat", "--json").code());
        assertEquals(0, pass().code());
        var plan = programs.told(programs.narlink("gc", "sat", "--keep-generations", "1", "--dry-run", "--json"));
        assertFalse(plan.get("paths").toString().contains(sick.baseName()), "it is the best base for the fix");
        var sent = programs.told(programs.narlink("send", "sat", fix.toString(), "--store", earth, "--json"));
        assertTrue(sent.get("packBytes").getAsLong() < 3000, sent.toString());
        assertEquals(0, pass().code());
        mirrorIsTheStore();
    }

    @Test
    void filesAreEnough() throws Exception {
        programs.told(programs.narlink("send", "sat", first.toString(), "--store", earth, "--json"));
        for (int i = 0; i < 3; i++) exchangeFiles();
        mirrorIsTheStore();
        Files.writeString(directory.resolve("manual"), "added by hand");
        RealNix.run(
                "nix-store",
                "--store",
                root().toString(),
                "--add",
                directory.resolve("manual").toString());
        for (int i = 0; i < 4; i++) exchangeFiles();
        mirrorIsTheStore();
    }

    private void exchangeFiles() throws IOException, InterruptedException {
        var up = directory.resolve("up").toString();
        var down = directory.resolve("down").toString();
        int code =
                programs.narlink("export", "sat", "--bytes", "20M", "--out", up).code();
        assertTrue(code == 0 || code == Narlink.LEFT, "export ends with " + code);
        var received = programs.flight("receive", up, "--store", board, "--json");
        assertEquals(0, received.code(), received.out() + received.errors());
        assertEquals(
                0, programs.flight("report", "--out", down, "--store", board).code());
        var ingested = programs.narlink("ingest", "sat", down, "--json");
        assertEquals(0, ingested.code(), ingested.out() + ingested.errors());
    }

    @Test
    void anUpdateIsShownAndTriedOnEarthFirst() throws Exception {
        startReceiver();
        delivered(first);
        var diff = programs.told(programs.narlink("diff", "sat", second.toString(), "--store", earth, "--json"));
        var packages = diff.getAsJsonArray("packages").toString();
        assertTrue(packages.contains("{\"name\":\"tool\",\"before\":[\"1.0\"],\"after\":[\"1.1\"]"), packages);
        assertTrue(packages.contains("{\"name\":\"plugin\",\"before\":[\"1.0\"],\"after\":[]"), packages);
        var twin = directory.resolve("twin").toString();
        var made = refreshed(twin);
        assertEquals(valid().size(), made.get("copied").getAsInt());
        assertEquals(valid(), valid(Path.of(twin)));
        assertTrue(RealNix.verifies(Path.of(twin)));
        assertEquals(0, refreshed(twin).get("copied").getAsInt());
    }

    @Test
    void aTwinKeepsWhatIsKeptOnBoard() throws Exception {
        StorePath third;
        try (var store = earth()) {
            third = SampleClosure.add(store, "tool-1.2", new TreeSet<>(List.of(library)), new byte[5000]);
        }
        startReceiver();
        delivered(first);
        delivered(second);
        Files.delete(root().resolve("nix/var/nix/profiles/narlink/default-1-link"));
        delete(root().resolve("nix/var/nix/gcroots/narlink/profiles/default/1"));
        var twin = directory.resolve("twin");
        assertFalse(refreshed(twin.toString()).get("rootsKnown").getAsBoolean());
        assertEquals(0, pass().code());
        assertTrue(refreshed(twin.toString()).get("rootsKnown").getAsBoolean());
        var onBoard = valid();
        assertEquals(onBoard, valid(twin));
        // The update is imported and activated there, and nothing of it reaches the satellite.
        programs.told(programs.narlink(
                "send", "sat", third.toString(), "--store", earth, "--activate", "touch $NARLINK_STATE/ran", "--json"));
        var up = directory.resolve("up").toString();
        programs.narlink("export", "sat", "--bytes", "20M", "--out", up);
        var mission = programs.told(programs.narlink("init", "--json"))
                .get("missionKey")
                .getAsString();
        inTwin("init", "--satellite", "sat", "--trust", mission, "--json");
        var received = inTwin("receive", up, "--store", "local?root=" + twin, "--json");
        var profile = received.json().getAsJsonArray("profiles").get(0).getAsJsonObject();
        assertEquals(3, profile.get("generation").getAsInt(), "behind those on board: " + profile);
        assertTrue(Files.exists(directory.resolve("twin-flight/ran")));
        assertTrue(valid(twin).contains(third.toString()));
        assertEquals(onBoard, valid());
        // Another look at what is on board takes the update away again; collecting leaves what stays alive there.
        refreshed(twin.toString());
        assertEquals(onBoard, valid(twin));
        RealNix.run("nix-store", "--store", twin.toString(), "--gc");
        var kept = new ArrayList<>(onBoard);
        kept.removeAll(List.of(first.toString(), plugin.toString()));
        assertEquals(kept, valid(twin));
        assertEquals(2, refreshed(twin.toString()).get("copied").getAsInt());
        assertEquals(0, pass().code());
        mirrorIsTheStore();
    }

    private JsonObject refreshed(String twin) throws IOException, InterruptedException {
        return programs.told(programs.narlink("twin", "sat", twin, "--json"));
    }

    private Programs.Ended inTwin(String... arguments) throws IOException, InterruptedException {
        var ended = Programs.finish(
                Programs.startReceiver(directory.resolve("twin-flight"), List.of(), java.util.Map.of(), arguments));
        assertEquals(0, ended.code(), ended.out() + ended.errors());
        return ended;
    }

    private static void delete(Path tree) throws IOException {
        try (var files = Files.walk(tree)) {
            for (var file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                if (Files.isDirectory(file)) continue;
                var parent = file.getParent();
                if (parent != null && !Files.isWritable(parent)) parent.toFile().setWritable(true);
                Files.delete(file);
            }
        }
        try (var files = Files.walk(tree)) {
            for (var file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) Files.delete(file);
        }
    }
}
