package narlink.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import java.util.Collections;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import narlink.testkit.Manifests;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class ManifestProperties {
    @Provide
    Arbitrary<Manifest> manifests() {
        return Manifests.manifests();
    }

    @Property(tries = 300)
    void whatIsWrittenIsRead(@ForAll("manifests") Manifest manifest) throws MalformedManifestException {
        assertEquals(manifest, ManifestFormat.read(ManifestFormat.write(manifest)));
    }

    @Property(tries = 300)
    void damageIsRefusedOrStillConsistent(@ForAll("manifests") Manifest manifest, @ForAll long seed) {
        byte[] object = Zstd.decompress(ManifestFormat.write(manifest), 1 << 20);
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 3; i++) object[random.nextInt(object.length)] ^= (byte) (1 << random.nextInt(8));
        try {
            ManifestFormat.read(Zstd.compress(object)); // The record's own checks ran.
        } catch (MalformedManifestException e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith("manifest refused: "));
        }
    }

    @Property
    void arbitraryBytesAreRefused(@ForAll @Size(max = 300) byte[] noise) {
        assertThrows(MalformedManifestException.class, () -> ManifestFormat.read(noise));
    }

    @Test
    void aBombIsNotUnfolded() {
        byte[] bomb = Zstd.compress(new byte[200 << 20]);
        var error = assertThrows(MalformedManifestException.class, () -> ManifestFormat.read(bomb));
        assertTrue(String.valueOf(error.getMessage()).contains("decompresses to more"), error.getMessage());
    }

    @Test
    void aMillionObjectsAreRefused() {
        refused("1000002 objects", manifest -> manifest.addAllNarSizes(Collections.nCopies(1_000_000, 8L)));
    }

    @Test
    void liesAreRefused() {
        refused("index", manifest -> manifest.setReferences(0, 40));
        refused("index", manifest -> manifest.setTargets(0, 7));
        refused("index", manifest -> manifest.setTargets(0, -1));
        refused("NAR of", manifest -> manifest.setNarSizes(0, Long.MIN_VALUE));
        refused("NAR of", manifest -> manifest.setNarSizes(0, 0));
        refused("NAR of", manifest -> manifest.setNarSizes(0, Long.MAX_VALUE));
        refused("columns", manifest -> manifest.setNames(ByteString.copyFromUtf8("a\nb\nc\n")));
        refused("name", manifest -> manifest.setNames(ByteString.copyFromUtf8("../../etc/passwd\nb\n")));
        refused(
                "stands twice",
                manifest -> manifest.setDigests(ByteString.copyFrom(new byte[40]))
                        .setNames(ByteString.copyFromUtf8("a\na\n")));
        refused("32 bytes", manifest -> manifest.setNarHashesDigest(ByteString.copyFrom(new byte[31])));
        refused("references", manifest -> manifest.setReferenceCounts(0, 1_000_000));
        refused("references", manifest -> manifest.setReferenceCounts(1, 0));
        refused("index", manifest -> manifest.setBases(0, 1));
        refused("index", manifest -> manifest.setBases(0, -1));
        refused("bases", manifest -> manifest.setBaseCounts(1, 1_000_000));
        refused("bases", manifest -> manifest.setBaseCounts(1, 0));
        refused("profile name", manifest -> manifest.setProfile("../system"));
        refused("profile name", manifest -> manifest.setProfile("system-1-link"));
        refused(
                "activation of kind",
                manifest -> manifest.setActivation(
                        narlink.v1.Activation.newBuilder().setKindValue(77)));
        refused(
                "time limit",
                manifest -> manifest.setActivation(narlink.v1.Activation.newBuilder()
                        .setKindValue(1)
                        .setCommand("true")
                        .setTimeLimitSeconds(-1)));
        refused(
                "known paths",
                manifest -> manifest.setKnown(ByteString.copyFrom(new byte[7])).setKnownPrefix(5));
        refused(
                "known path",
                manifest -> manifest.setKnown(ByteString.copyFrom(new byte[8])).setKnownPrefix(4));
        refused(
                "not sorted",
                manifest -> manifest.setKnown(ByteString.copyFrom(new byte[10])).setKnownPrefix(5));
    }

    /// A manifest of two paths, the second referring to the first, with one thing changed.
    private static void refused(String why, Consumer<narlink.v1.Manifest.Builder> lie) {
        var manifest = narlink.v1.Manifest.newBuilder()
                .setCodec(1)
                .setDigests(
                        ByteString.copyFrom(new byte[40]).substring(0, 39).concat(ByteString.copyFrom(new byte[] {1})))
                .setNames(ByteString.copyFromUtf8("a\nb\n"))
                .addNarSizes(120)
                .addNarSizes(120)
                .setNarHashPrefixes(ByteString.copyFrom(new byte[2 * Manifest.HASH_PREFIX]))
                .setNarHashesDigest(ByteString.copyFrom(new byte[32]))
                .addReferenceCounts(0)
                .addReferenceCounts(1)
                .addReferences(0)
                .addBaseCounts(0)
                .addBaseCounts(1)
                .addBases(0)
                .addTargets(1);
        try {
            ManifestFormat.read(Zstd.compress(manifest.build().toByteArray()));
        } catch (MalformedManifestException e) {
            throw new AssertionError("the honest one must pass", e);
        }
        lie.accept(manifest);
        byte[] object = Zstd.compress(manifest.build().toByteArray());
        var error = assertThrows(MalformedManifestException.class, () -> ManifestFormat.read(object));
        assertTrue(String.valueOf(error.getMessage()).contains(why), error.getMessage());
    }
}
