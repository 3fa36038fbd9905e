package narlink.nix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.testkit.NarTree;
import narlink.testkit.Vectors;
import org.junit.jupiter.api.Test;

final class ContentAddressTest {
    private static final SortedSet<StorePath> NONE = new TreeSet<>();

    @Test
    void leadsToThePathsThatNixComputed() {
        for (var row : Vectors.nix().rows("store-path/index.tsv")) {
            if (row.length < 5) {
                continue;
            }
            var hash = row[2].replaceFirst(".*:sha256:([0-9a-f]{64}):.*", "$1");
            var references = new TreeSet<StorePath>();
            if (row[2].startsWith("text:/")) {
                references.add(StorePath.parse(row[2].substring(5, row[2].indexOf(":sha256"))));
            }
            if (row[4].contains("inner: ")) {
                var inner = row[4].replaceFirst(".*inner: fixed:out:(.*):", "fixed:$1");
                assertEquals(
                        Optional.of(StorePath.parse(row[3])),
                        ContentAddress.parse(inner).path(row[1], NONE, false));
            } else if (row[2].startsWith("text:")) {
                assertEquals(
                        Optional.of(StorePath.parse(row[3])),
                        ContentAddress.parse("text:sha256:" + hash).path(row[1], references, false));
            } else if (row[2].startsWith("source:")) {
                assertEquals(
                        Optional.of(StorePath.parse(row[3])),
                        ContentAddress.parse("fixed:r:sha256:" + hash).path(row[1], NONE, false));
            }
        }
    }

    @Test
    void aNarsHashMustBeTheAddressToo() {
        byte[] nar = NarTree.file("plain\n").nar();
        var address = new ContentAddress(
                ContentAddress.Method.NAR, "sha256", Sha256.of(nar).bytes());
        var path = address.path("plain.txt", NONE, false).orElseThrow();
        var info = new PathInfo(
                path,
                Sha256.of(nar),
                nar.length,
                NONE,
                Optional.empty(),
                List.of(),
                Optional.of(
                        "fixed:r:sha256:" + Nix32.encode(Sha256.of(nar).bytes().toArray())));
        assertTrue(info.caLeadsToPath());
        var other = Sha256.of("other".getBytes(StandardCharsets.UTF_8));
        assertFalse(
                new PathInfo(path, other, nar.length, NONE, Optional.empty(), List.of(), info.ca()).caLeadsToPath());
        var elsewhere = new StorePath("0".repeat(32), "plain.txt");
        assertFalse(new PathInfo(elsewhere, Sha256.of(nar), nar.length, NONE, Optional.empty(), List.of(), info.ca())
                .caLeadsToPath());
    }

    @Test
    void refusesWhatItCannotCompute() {
        for (var text :
                List.of("", "text:", "text:md5:00", "fixed:sha256:", "fixed:r:sha257:00", "fixed:git:sha1:00")) {
            assertThrows(IllegalArgumentException.class, () -> ContentAddress.parse(text), text);
        }
        var flat = new ContentAddress(ContentAddress.Method.FLAT, "md5", Bytes.of(new byte[16]));
        assertEquals(Optional.empty(), flat.path("a", NONE, true));
        var text = new ContentAddress(ContentAddress.Method.TEXT, "sha256", Bytes.of(new byte[32]));
        assertEquals(Optional.empty(), text.path("a", NONE, true));
    }
}
