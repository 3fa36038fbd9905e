package narlink.ground;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.SplittableRandom;
import narlink.nix.NarInfo;
import narlink.testkit.SampleStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What it costs the return link to learn what a store of 5,000 paths holds. Prints its figures.
final class ReconciliationTest {
    private static final int PATHS = 5000;

    @TempDir
    Path directory;

    private final SplittableRandom random = new SplittableRandom(3);
    private final SampleStore store = new SampleStore(random);

    @Test
    void aStoreThatNobodyKnows() throws IOException, InterruptedException {
        Orbit.fill(directory.resolve("board"), store.paths(PATHS));
        try (var orbit = orbit()) {
            // The first contact ends in the middle, and the receiver is begun anew.
            var half = orbit.contact(random, 0, 12);
            orbit.restartReceiver();
            var first = orbit.contact(random, 0, Integer.MAX_VALUE);
            assertTrue(orbit.inSync());
            assertEquals(orbit.onBoard(), orbit.mirrored());
            long bytes = half.bytes() + first.bytes();
            System.out.printf("%d unknown paths: %d B%n", PATHS, bytes);
            assertTrue(bytes <= 160_000, "took " + bytes);
            fewDiffer(orbit);
        }
    }

    /// Three paths are collected by hand, and two are added that Earth does not know.
    private void fewDiffer(Orbit orbit) throws IOException, InterruptedException {
        var board = directory.resolve("board");
        var paths = new ArrayList<>(orbit.ledger.mirror(Orbit.NAME).believed());
        for (int i = 0; i < 3; i++) {
            Files.delete(board.resolve(NarInfo.fileName(paths.get(i * 1000))));
        }
        Orbit.fill(board, new SampleStore(random).paths(2));
        var heard = orbit.contact(random, 0, Integer.MAX_VALUE);
        assertTrue(orbit.inSync());
        assertEquals(orbit.onBoard(), orbit.mirrored());
        System.out.printf("5 of %d paths differ, 2 of them unknown: %d B%n", PATHS, heard.bytes());
        assertTrue(heard.bytes() <= 1500, "took " + heard.bytes());
        assertEquals(0, orbit.contact(random, 0, Integer.MAX_VALUE).bytes(), "equal digests cost nothing");
    }

    @Test
    void aStoreThatEarthKnowsAfterItsDatabaseWasLost() throws IOException, InterruptedException {
        var infos = store.paths(PATHS);
        Orbit.fill(directory.resolve("earth"), infos);
        Orbit.fill(directory.resolve("earth"), new SampleStore(random).paths(PATHS));
        Orbit.fill(directory.resolve("board"), infos);
        try (var orbit = orbit()) {
            var heard = orbit.contact(random, 0, Integer.MAX_VALUE);
            assertTrue(orbit.inSync());
            assertEquals(orbit.onBoard(), orbit.mirrored());
            System.out.printf("%d paths that Earth has, and as many others: %d B%n", PATHS, heard.bytes());
            assertTrue(heard.bytes() <= 20_000, "took " + heard.bytes());
        }
    }

    private Orbit orbit() throws IOException {
        return new Orbit(directory, "file://" + directory.resolve("board"));
    }
}
