package narlink.ground;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.NarInfo;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What it costs the return link to learn what a store of 5,000 paths holds. Prints its figures.
final class ReconciliationTest {
    private static final int PATHS = 5000;

    @TempDir
    Path directory;

    private final SplittableRandom random = new SplittableRandom(3);

    @Test
    void aStoreThatNobodyKnows() throws IOException, InterruptedException {
        Orbit.fill(directory.resolve("board"), store(PATHS, List.of()));
        try (var orbit = orbit()) {
            // The first contact ends in the middle, and the receiver is begun anew.
            var half = orbit.contact(random, 0, 12);
            orbit.restartReceiver();
            var first = orbit.contact(random, 0, Integer.MAX_VALUE);
            assertTrue(orbit.inSync());
            assertEquals(orbit.onBoard(), orbit.mirrored());
            long names = half.bytes() + first.bytesUntilSync();
            System.out.printf(
                    "%d unknown paths: %d B, of which names %d B%n", PATHS, half.bytes() + first.bytes(), names);
            assertTrue(names <= 160_000, "names took " + names);
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
        Orbit.fill(board, store(2, paths.subList(4000, 4010)));
        var heard = orbit.contact(random, 0, Integer.MAX_VALUE);
        assertTrue(orbit.inSync());
        assertEquals(orbit.onBoard(), orbit.mirrored());
        System.out.printf("5 of %d paths differ, 2 of them unknown: %d B%n", PATHS, heard.bytes());
        assertTrue(heard.bytes() <= 1500, "took " + heard.bytes());
        assertEquals(0, orbit.contact(random, 0, Integer.MAX_VALUE).bytes(), "equal digests cost nothing");
    }

    @Test
    void aStoreThatEarthKnowsAfterItsDatabaseWasLost() throws IOException, InterruptedException {
        var infos = store(PATHS, List.of());
        Orbit.fill(directory.resolve("earth"), infos);
        Orbit.fill(directory.resolve("earth"), store(PATHS, List.of()));
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

    /// As they might be in a real store: by names, references and sizes.
    private List<PathInfo> store(int count, List<StorePath> others) {
        String[] words = {"python3.11", "perl5.38", "glibc", "libx11", "boost", "font", "gst", "module", "hook", "data"
        };
        String[] outputs = {"", "", "", "", "-dev", "-lib", "-bin", "-man", "-doc"};
        var paths = new ArrayList<>(others);
        var infos = new ArrayList<PathInfo>();
        for (int i = 0; i < count; i++) {
            byte[] digest = new byte[20];
            byte[] hash = new byte[32];
            random.nextBytes(digest);
            random.nextBytes(hash);
            var path = StorePath.of(
                    digest,
                    words[random.nextInt(words.length)] + "-" + Integer.toString(random.nextInt(40_000), 36) + "-"
                            + random.nextInt(10) + "." + random.nextInt(30) + outputs[random.nextInt(outputs.length)]);
            var references = new TreeSet<StorePath>();
            for (int r = random.nextInt(7); r > 0 && !paths.isEmpty(); r--) {
                references.add(paths.get((int) (Math.pow(random.nextDouble(), 4) * paths.size())));
            }
            paths.add(path);
            infos.add(new PathInfo(
                    path,
                    new Sha256(Bytes.of(hash)),
                    8L * (long) Math.exp(3 + 11 * random.nextDouble()),
                    references,
                    Optional.empty(),
                    List.of(),
                    Optional.empty()));
        }
        return infos;
    }
}
