package narlink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import narlink.Sha256;
import narlink.nix.StorePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which names in a base stand for which in the new path.
final class RewriteTest {
    private static StorePath path(String generation, String name) {
        byte[] digest = Sha256.of((generation + name).getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .bytes()
                .slice(0, StorePath.DIGEST_BYTES)
                .toArray();
        return StorePath.of(digest, name);
    }

    private static List<StorePath> paths(String generation, String... names) {
        var paths = new ArrayList<StorePath>();
        for (var name : names) paths.add(path(generation, name));
        return paths;
    }

    private static List<Rewrite> between(List<StorePath> olds, List<StorePath> news) {
        return Rewrite.between(path("old", "tool-1.0"), olds, path("new", "tool-1.1"), news);
    }

    @Test
    void aPathIsRewrittenToItsSuccessor() {
        var own = new Rewrite(path("old", "tool-1.0"), path("new", "tool-1.1"));
        assertEquals(List.of(own), between(List.of(), List.of()));
        var same = path("old", "tool-1.0");
        assertEquals(List.of(), Rewrite.between(same, List.of(same), same, List.of(same)));
    }

    @Test
    void whatBothReferToStays() {
        assertEquals(
                1,
                between(paths("both", "glibc-2.40"), paths("both", "glibc-2.40"))
                        .size());
    }

    @Test
    void aRebuiltReferenceGoesByItsName() {
        var rewrites = between(paths("old", "zlib-1.3", "ssl-3.0"), paths("new", "ssl-3.0", "zlib-1.3"));
        assertTrue(rewrites.contains(new Rewrite(path("old", "zlib-1.3"), path("new", "zlib-1.3"))));
        assertTrue(rewrites.contains(new Rewrite(path("old", "ssl-3.0"), path("new", "ssl-3.0"))));
        assertEquals(3, rewrites.size());
    }

    @Test
    void anUpdatedOneGoesByTheNearestVersion() {
        var rewrites = between(paths("old", "ssl-3.0.1"), paths("new", "ssl-1.1", "ssl-3.0.2", "zlib-1.3"));
        assertEquals(new Rewrite(path("old", "ssl-3.0.1"), path("new", "ssl-3.0.2")), rewrites.getLast());
    }

    @Test
    void whatHasNoSuccessorStays() {
        assertEquals(
                1, between(paths("old", "ssl-3.0"), paths("new", "zlib-1.3")).size());
        assertEquals(1, between(paths("old", "ssl-3.0"), List.of()).size());
    }

    @ParameterizedTest
    @CsvSource({
        "hello, hello, '', ''",
        "hello-2.12, hello, 2.12, ''",
        "gnu-hello-2.12-dev, gnu-hello, 2.12, dev",
        "hello-2.12-patched, hello, 2.12-patched, ''",
        "hello-, hello, '', ''",
        "python3-3.12.1-lib, python3, 3.12.1, lib",
        "source-code, source-code, '', ''",
    })
    void namesAreSplitAsNixDoes(String whole, String name, String version, String output) {
        assertEquals(new PackageName(name, version, output), PackageName.of(whole));
    }

    @Test
    void theMoreOfTheVersionTheMoreAlike() {
        assertEquals(0, likeness("ssl-3.0", "tls-3.0"));
        assertEquals(0, likeness("ssl-3.0", "ssl-3.0-dev"));
        assertEquals(1, likeness("ssl-3.0", "ssl-1.1"));
        assertEquals(3, likeness("ssl-3.0", "ssl-3.1"));
        assertEquals(4, likeness("ssl-3.0", "ssl-3.0.1"));
        assertEquals(5, likeness("ssl-3.0", "ssl-3.0"));
    }

    private static int likeness(String one, String other) {
        return PackageName.of(one).likeness(PackageName.of(other));
    }
}
