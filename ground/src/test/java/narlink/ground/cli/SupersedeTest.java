package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.ground.SampleClosure;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A newer deployment takes the place of one that is half-way there: what has arrived is kept and counted on, the rest
/// never
/// goes up, and nothing of it stays behind on either side.
final class SupersedeTest {
    @TempDir
    Path directory;

    @Test
    void whatHasArrivedIsKeptAndTheRestIsDropped() throws Exception {
        var programs = new Programs(directory);
        var earth = "file://" + directory.resolve("earth");
        var board = "file://" + directory.resolve("board");
        StorePath library;
        StorePath first;
        StorePath second;
        try (var store = Stores.open(earth, Options.of(directory.resolve("roots")))) {
            library = path(store, "library-1.0", 1, List.of());
            first = path(store, "system-1.0", 2, List.of(library));
            second = path(store, "system-2.0", 3, List.of(library));
        }
        var mission = programs.told(programs.narlink("init", "--json"))
                .get("missionKey")
                .getAsString();
        var flight = programs.told(programs.flight("init", "--satellite", "sat", "--trust", mission, "--json"));
        var key = flight.get("flightKey").getAsString();
        programs.told(programs.narlink("satellite", "add", "sat", "--flight-key", key, "--json"));
        programs.told(
                programs.narlink("send", "sat", first.toString(), "--store", earth, "--symbol-size", "64", "--json"));

        // Of four blocks the first three: the library is whole then.
        pass(programs, board, "360k");
        assertEquals(1, deployment(programs, 0).get("pathsDone").getAsInt());

        var sent = programs.told(programs.narlink("send", "sat", second.toString(), "--store", earth, "--json"));
        assertEquals(1, sent.get("newPaths").getAsInt(), "the library is on board already");
        assertEquals("SUPERSEDED", deployment(programs, 0).get("state").getAsString());
        pass(programs, board, "9M");
        assertEquals("SUPERSEDED", deployment(programs, 0).get("state").getAsString());
        assertEquals("CONFIRMED", deployment(programs, 1).get("state").getAsString());

        try (var to = Stores.open(board, Options.of(directory.resolve("roots")))) {
            assertEquals(new TreeSet<>(List.of(library, second)), to.validPaths());
            assertTrue(to.roots().keySet().stream().noneMatch(name -> name.startsWith("sat/")), "" + to.roots());
        }
        try (var files = Files.list(directory.resolve("flight/deployments/1"))) {
            assertEquals(
                    List.of("announcement", "status"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        try (var packs = Files.list(directory.resolve("ground/packs"))) {
            assertFalse(packs.anyMatch(file -> file.toString().endsWith(".pack")), "nothing will be sent again");
        }
    }

    /// So much noise that it takes blocks of its own.
    private static StorePath path(Store store, String name, int seed, List<StorePath> references) throws IOException {
        byte[] contents = new byte[200_000];
        new SplittableRandom(seed).nextBytes(contents);
        return SampleClosure.add(store, name, new TreeSet<>(references), contents);
    }

    private void pass(Programs programs, String board, String bytes) throws Exception {
        var up = directory.resolve("up").toString();
        var down = directory.resolve("down").toString();
        programs.narlink("export", "sat", "--bytes", bytes, "--out", up, "--json");
        programs.told(programs.flight("receive", up, "--store", board, "--json"));
        var report = programs.flight("report", "--out", down, "--store", board);
        assertEquals(0, report.code(), report.errors());
        programs.told(programs.narlink("ingest", "sat", down, "--json"));
    }

    private static JsonObject deployment(Programs programs, int index) throws Exception {
        return programs.told(programs.narlink("status", "sat", "--json"))
                .getAsJsonArray("deployments")
                .get(index)
                .getAsJsonObject();
    }
}
