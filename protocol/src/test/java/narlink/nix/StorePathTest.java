package narlink.nix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.testkit.Vectors;
import org.junit.jupiter.api.Test;

final class StorePathTest {
    @Test
    void followsNixsGrammar() {
        for (var row : Vectors.nix().rows("store-path/index.tsv")) {
            if (row[0].startsWith("!")) {
                var path = row[0].substring(1).replaceFirst(" \\(.*", "");
                var refused = path.endsWith("hel") ? path + " lo" : path;
                assertThrows(IllegalArgumentException.class, () -> StorePath.parse(refused), refused);
            } else if (row[0].startsWith("=")) {
                assertEquals(
                        row[0].substring(1),
                        StorePath.parse(row[0].substring(1)).toString());
            } else {
                var path = StorePath.parse(row[3]);
                assertEquals(row[3], path.toString());
                assertEquals(row[1], path.name());
                assertEquals(path, StorePath.of(path.digestBytes(), path.name()));
            }
        }
    }

    @Test
    void aPathIsNoWayOutOfTheStore() {
        for (var path : List.of("", "/", "/nix/store", "/nix/store/", "/nix/store//x", "relative", "/etc/passwd")) {
            assertThrows(IllegalArgumentException.class, () -> StorePath.parse(path), path);
        }
        var digest = "11c320yp8fn9qfw847nk1136k93sfakx";
        for (var name : List.of("", "a\n", "a/../b", "a\0", "ä", "a b")) {
            assertThrows(IllegalArgumentException.class, () -> new StorePath(digest, name), name);
        }
        assertThrows(IllegalArgumentException.class, () -> StorePath.of(new byte[19], "a"));
    }

    @Test
    void isOrderedByTheBaseNamesBytes() {
        var digest = "00000000000000000000000000000000";
        var sorted = new TreeSet<StorePath>();
        for (var name : List.of("a", "a-b", "A", "a.b", "0")) {
            sorted.add(new StorePath(digest, name));
        }
        var byBytes = new TreeSet<Bytes>();
        sorted.forEach(path -> byBytes.add(Bytes.ofUtf8(path.baseName())));
        assertArrayEquals(
                byBytes.stream().map(Bytes::utf8).toArray(),
                sorted.stream().map(StorePath::baseName).toArray());
        assertTrue(new StorePath(digest, "z").compareTo(new StorePath("1" + digest.substring(1), "a")) < 0);
    }
}
