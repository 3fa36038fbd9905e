package narlink.nix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import narlink.testkit.StorePaths;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class NarInfoProperties {
    private static final SecretKey KEY = SecretKey.generate("any-1");

    @Provide
    Arbitrary<PathInfo> infos() {
        return StorePaths.infos();
    }

    @Property
    void parsingUndoesWriting(@ForAll("infos") PathInfo info) {
        var narInfo = NarInfo.uncompressed(info.signedBy(KEY));
        assertEquals(narInfo, NarInfo.parse(narInfo.text()));
        assertTrue(NarInfo.parse(narInfo.text()).info().isSignedBy(List.of(KEY.publicKey())));
    }

    /// But for what the fingerprint leaves out: deriver and content address, which Nix doesn't sign either.
    @Property
    void aSignatureIsOfThisPathOnly(@ForAll("infos") PathInfo info, @ForAll("infos") PathInfo other) {
        var moved = other.withSignatures(info.signedBy(KEY).signatures());
        assertEquals(info.fingerprint().equals(other.fingerprint()), moved.isSignedBy(List.of(KEY.publicKey())));
    }

    @Property
    void changedTextIsReadOrRefused(@ForAll("infos") PathInfo info, @ForAll long seed) {
        var random = new Random(seed);
        var text = new StringBuilder(NarInfo.uncompressed(info.signedBy(KEY)).text());
        for (int i = 0; i < 3; i++) {
            text.setCharAt(random.nextInt(text.length()), "\n :/.az0\0é".charAt(random.nextInt(10)));
        }
        try {
            var cache = Path.of("/a/cache");
            var url = NarInfo.parse(text.toString()).url();
            assertTrue(cache.resolve(url).normalize().startsWith(cache), url);
        } catch (IllegalArgumentException refused) {
            return;
        }
    }
}
