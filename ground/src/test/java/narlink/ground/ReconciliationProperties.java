package narlink.ground;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.wire.Command;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/// Whatever happens on board and on Earth, and whatever of it is not heard: after one contact that is heard, the mirror
/// is the store.
final class ReconciliationProperties {
    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void afterOneContactTheMirrorIsTheStore(@ForAll long seed) throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("reconciliation");
        var random = new SplittableRandom(seed);
        try (var orbit = new Orbit(directory, "file://" + directory.resolve("board"))) {
            for (int i = random.nextInt(60); i > 0; i--) orbit.add(random, "launched", random.nextBoolean(), true);
            for (int i = 5 + random.nextInt(20); i > 0; i--) happen(orbit, random);
            orbit.contact(random, 0, 1000);
            assertEquals(orbit.onBoard(), orbit.mirrored());
            assertTrue(orbit.inSync());
            orbit.replay();
            assertEquals(orbit.onBoard(), orbit.mirrored(), "what comes again means nothing");
            assertEquals(0, orbit.contact(random, 0, 1000).answers(), "equal digests cost nothing");
            orbit.order(new Command.Action.Verify());
            orbit.up(random, 0);
            orbit.contact(random, 0, 1000);
            assertEquals(orbit.damagedOnBoard(), orbit.damagedByMirror());
            assertEquals(orbit.onBoard(), orbit.mirrored());
        } finally {
            delete(directory);
        }
    }

    private static void happen(Orbit orbit, SplittableRandom random) throws IOException, InterruptedException {
        switch (random.nextInt(15)) {
            case 0 -> orbit.add(random, "by-hand", random.nextBoolean(), true);
            case 1 -> collect(orbit, random);
            case 2 -> replace(orbit, random);
            case 3 -> orbit.contact(random, 0, 1000);
            case 4 -> orbit.contact(random, random.nextDouble(), random.nextInt(12));
            case 5 -> orbit.restartReceiver();
            case 6 -> predict(orbit, random);
            case 7 -> deliver(orbit, random);
            case 8 -> orbit.damage(random);
            case 9 -> orbit.order(new Command.Action.Verify());
            case 10 -> orbit.orderCollection();
            case 11 -> orbit.send(orbit.add(random, "update", true, false));
            case 12 -> orbit.up(random, 0);
            case 13 -> orbit.up(random, random.nextDouble());
            default -> {
                if (random.nextInt(3) == 0) orbit.forgetEverything();
                else if (random.nextInt(3) == 0) orbit.forgetOnBoard();
            }
        }
    }

    /// Somebody deletes on board what nothing refers to.
    private static void collect(Orbit orbit, SplittableRandom random) throws IOException {
        try (var hand = orbit.openBoard()) {
            for (int i = random.nextInt(4); i > 0; i--) {
                var dead = unreferenced(hand);
                if (!dead.isEmpty()) hand.collectGarbage(List.of(dead.get(random.nextInt(dead.size()))));
            }
        }
    }

    /// A path is deleted and comes back with other contents.
    private static void replace(Orbit orbit, SplittableRandom random) throws IOException {
        StorePath path;
        try (var hand = orbit.openBoard()) {
            var dead = unreferenced(hand);
            if (dead.isEmpty()) return;
            path = dead.get(random.nextInt(dead.size()));
            hand.collectGarbage(List.of(path));
        }
        byte[] contents = new byte[50];
        random.nextBytes(contents);
        orbit.putOnBoard(path, new TreeSet<>(), contents);
    }

    /// What a report of a deployment comes to: some of its paths have arrived, and Earth knows of some of these.
    private static void deliver(Orbit orbit, SplittableRandom random) throws IOException {
        for (int i = random.nextInt(4); i > 0; i--) {
            var path = orbit.add(random, "delivered", true, true);
            if (random.nextBoolean()) continue;
            orbit.ledger.believe(
                    Orbit.NAME,
                    List.of(Mirror.Item.of(orbit.earth.info(path).orElseThrow(), Mirror.Belief.ACKNOWLEDGED)));
        }
    }

    /// Earth expects what does not come.
    private static void predict(Orbit orbit, SplittableRandom random) throws IOException {
        var path = orbit.add(random, "expected", true, false);
        orbit.ledger.believe(
                Orbit.NAME, List.of(Mirror.Item.of(orbit.earth.info(path).orElseThrow(), Mirror.Belief.PREDICTED)));
    }

    /// Dead paths that nothing refers to.
    private static List<StorePath> unreferenced(Store store) throws IOException {
        var paths = new ArrayList<>(store.dead());
        for (var info : store.infos(paths).values()) {
            info.references().stream().filter(path -> !path.equals(info.path())).forEach(paths::remove);
        }
        return paths;
    }

    private static void delete(Path tree) throws IOException {
        try (var files = Files.walk(tree)) {
            for (var file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) Files.delete(file);
        }
    }
}
