package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.nix.StorePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GarbageTest {
    @TempDir
    Path directory = Path.of("");

    private static Bytes prefix(StorePath path) {
        return Bytes.of(path.digestBytes()).slice(0, 5);
    }

    @Test
    void justWhatWasNamedIsDeletedAndNothingThatIsNeeded() throws Exception {
        try (var small = new SmallStore(directory)) {
            var store = small.store;
            var library = small.add("0101010101", "library-1.0");
            var program = small.add("0202020202", "program-1.0", library);
            var rooted = small.add("0303030303", "rooted-1.0");
            var leaf = small.add("0404040404", "leaf-1.0");
            var below = small.add("0505050505", "below-1.0");
            var above = small.add("0606060606", "above-1.0", below);
            small.add("0707070707", "twin-1.0");
            small.add("0707070707", "twin-1.1");
            store.root(Map.of("keeps", rooted));
            var told = new Garbage(store)
                    .collect(List.of(
                            prefix(library),
                            prefix(rooted),
                            prefix(leaf),
                            prefix(above),
                            prefix(below),
                            Bytes.ofHex("0707070707"),
                            Bytes.ofHex("0909090909")));
            assertTrue(told.startsWith("deleted 3 of 7 paths, 1 were gone; "), told);
            assertTrue(told.contains("; 3 kept: "), told);
            assertTrue(told.contains(rooted.baseName() + " (alive)"), told);
            assertTrue(told.contains(library.baseName() + " (another path needs it)"), told);
            assertTrue(told.contains("0707070707 (ambiguous)"), told);
            var left = new TreeSet<>(store.validPaths());
            left.removeAll(List.of(library, program, rooted));
            assertEquals(2, left.size(), "the twins stay");
        }
    }

    @Test
    void whatIsGoneAlreadyIsNoFault() throws Exception {
        try (var small = new SmallStore(directory)) {
            var told = new Garbage(small.store).collect(List.of(Bytes.ofHex("0909090909")));
            assertEquals("deleted 0 of 1 paths, 1 were gone; 0 bytes freed", told);
        }
    }
}
