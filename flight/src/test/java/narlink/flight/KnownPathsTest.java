package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Manifest;
import narlink.pack.Outline;
import narlink.wire.Report.Unusable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KnownPathsTest {
    @TempDir
    Path directory = Path.of("");

    /// One path made of each of these.
    private static Outline outline(List<Bytes> known) {
        var entries = new ArrayList<Manifest.Entry>();
        for (int i = 0; i < known.size(); i++) {
            entries.add(new Manifest.Entry(
                    SmallStore.path("0a0a0a0a0a", "new-" + i),
                    100,
                    Bytes.of(new byte[Manifest.CHECK]),
                    List.of(),
                    Optional.empty(),
                    i == 0 ? List.of(i) : List.of(i, known.size())));
        }
        return Outline.of(new Manifest(
                2,
                entries,
                known,
                Sha256.of(new byte[0]),
                List.of(),
                List.of(known.size()),
                Optional.empty(),
                Activation.NONE));
    }

    private static Bytes prefix(String begin) {
        return Bytes.ofHex(begin);
    }

    @Test
    void onePathIsFoundByTheBeginningOfItsDigestAndNoneWhereTwoFit() throws Exception {
        try (var small = new SmallStore(directory)) {
            var one = small.add("0101010101", "one-1.0");
            small.add("0202020202", "twin-1.0");
            small.add("0202020202", "twin-1.1");
            var outline = outline(
                    List.of(prefix("0101010101"), prefix("0202020202"), prefix("0301010101"), prefix("0101010100")));
            var known = KnownPaths.find(outline, small.store);
            assertEquals(one, known.paths().getFirst());
            assertEquals(Set.of(1, 2, 3), known.indexes());
            assertEquals(List.of(), known.damaged());
            assertTrue(known.reason(outline)
                    .contains("no path in the store, or not just one, has a digest that begins" + " with 0202020202"));
            assertEquals(Set.of(one), known.board(outline, small.store).infos().keySet());
        }
    }

    @Test
    void aWholeDigestNamesItsPath() throws Exception {
        try (var small = new SmallStore(directory)) {
            var one = small.add("0101010101", "one-1.0");
            var two = SmallStore.path("0101010101", "two-1.0");
            var outline = outline(List.of(Bytes.of(one.digestBytes()), Bytes.of(two.digestBytes())));
            var known = KnownPaths.find(outline, small.store);
            assertEquals(one, known.paths().getFirst());
            assertEquals(List.of(new Unusable(1, false)), known.unusable());
        }
    }

    @Test
    void basesAreReadOnceAndDamagedOnesNamed() throws Exception {
        try (var small = new SmallStore(directory)) {
            var good = small.add("0101010101", "good-1.0");
            var bad = small.add("0202020202", "bad-1.0");
            damage(small, bad);
            var outline = outline(List.of(prefix("0101010101"), prefix("0202020202"), prefix("0303030303")));
            var sound = new HashSet<StorePath>();
            var known = KnownPaths.find(outline, small.store).checked(outline, small.store, sound);
            assertEquals(Set.of(good), sound);
            assertEquals(List.of(bad), known.damaged());
            assertEquals(List.of(new Unusable(2, false), new Unusable(1, true)), known.unusable());
            assertTrue(known.reason(outline).contains(bad.baseName() + " is damaged"), known.reason(outline));
            sound.add(bad);
            assertEquals(
                    List.of(),
                    KnownPaths.find(outline, small.store)
                            .checked(outline, small.store, sound)
                            .damaged());
        }
    }

    @Test
    void whatIsFoundDamagedLaterIsAddedOnce() throws Exception {
        try (var small = new SmallStore(directory)) {
            small.add("0101010101", "good-1.0");
            var outline = outline(List.of(prefix("0101010101"), prefix("0202020202")));
            var known = KnownPaths.find(outline, small.store).without(List.of(0, 1, 2));
            assertEquals(
                    List.of(new Unusable(1, false), new Unusable(0, true), new Unusable(2, true)), known.unusable());
            assertEquals(1, known.damaged().size(), "the other one is the manifest's own");
            assertTrue(known.reason(outline)
                    .contains(SmallStore.path("0a0a0a0a0a", "new-0").digest() + " is damaged"));
        }
    }

    private static void damage(SmallStore small, StorePath path) throws Exception {
        var hash = small.store.info(path).orElseThrow().narHash();
        try (var files = Files.walk(small.directory.resolve("nar"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                byte[] nar = Files.readAllBytes(file);
                if (!Sha256.of(nar).equals(hash)) continue;
                nar[nar.length / 2] ^= 1;
                Files.write(file, nar);
            }
        }
    }
}
