package narlink.ground;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.wire.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What it costs the return link to learn what became of a store of 1,000 paths, case by case. Prints a table of it, in
/// bytes of frames, reports left out.
final class ReturnLinkTest {
    private static final int PATHS = 1000;
    /// Of what a few paths may cost.
    private static final long FEW = 1500;

    @TempDir
    Path directory;

    private final SplittableRandom random = new SplittableRandom(5);

    @Test
    void whateverBecameOfTheStore() throws IOException, InterruptedException {
        try (var orbit = new Orbit(directory, "file://" + directory.resolve("board"))) {
            orbit.addMany(random, PATHS);
            heard(orbit, "first contact, all of it known to Earth", 4 * PATHS);
            heard(orbit, "nothing has changed", 0);

            try (var hand = orbit.openBoard()) {
                var dead = new ArrayList<>(hand.dead());
                var kept = new TreeSet<StorePath>(hand.closure(dead.subList(30, dead.size())));
                dead.removeAll(kept);
                hand.collectGarbage(dead);
                heard(orbit, "garbage collected by hand: " + dead.size() + " paths gone", FEW);
            }

            orbit.add(random, "by-hand-1.0", false, true);
            orbit.add(random, "by-hand-1.1", false, true);
            heard(orbit, "added by hand: 2 paths that Earth never had", FEW);

            orbit.damage(random);
            orbit.damage(random);
            orbit.order(new Command.Action.Verify());
            orbit.up(random, 0);
            heard(orbit, "2 files corrupted, then verified", FEW);
            assertEquals(2, orbit.damagedByMirror().size());

            long answers = orbit.contact(random, 0, 1000).bytes();
            orbit.send(orbit.add(random, "tool-1.0", true, false));
            orbit.up(random, 0);
            heard(orbit, "an update", answers);
            var sick = orbit.add(random, "tool-2.0", true, false);
            orbit.send(sick, Activation.of(new Activation.Program.Command("exit 1")));
            orbit.up(random, 0);
            heard(orbit, "an update that was rolled back", 0);
            assertTrue(orbit.mirrorHas(List.of(sick)), "the fix can be made of it");
            orbit.send(orbit.add(random, "tool-2.1", true, false));
            orbit.up(random, 0);
            heard(orbit, "its fix", 0);

            orbit.forgetEverything();
            heard(orbit, "Earth's database lost", 4 * PATHS);
            orbit.forgetOnBoard();
            heard(orbit, "the receiver's state lost, and the satellite added anew", 4 * PATHS);
        }
    }

    private void heard(Orbit orbit, String what, long most) throws IOException, InterruptedException {
        var heard = orbit.contact(random, 0, Integer.MAX_VALUE);
        assertTrue(orbit.inSync(), what);
        assertEquals(orbit.onBoard(), orbit.mirrored(), what);
        System.out.printf("%-60s %6d B%n", what, heard.bytes());
        assertTrue(heard.bytes() <= most, what + " took " + heard.bytes());
    }
}
