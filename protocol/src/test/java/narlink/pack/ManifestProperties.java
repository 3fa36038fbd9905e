package narlink.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;
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
        var outline = Outline.of(manifest);
        assertEquals(outline, ManifestFormat.read(ManifestFormat.write(manifest)));
        assertEquals(manifest, outline.complete(new Board(List.of(), Map.of())));
    }

    @Property(tries = 300)
    void whatBothEndsKnowNeedNotBeTold(@ForAll("manifests") Manifest manifest, @ForAll long seed)
            throws MalformedManifestException {
        var board = board(manifest, new SplittableRandom(seed));
        assertEquals(manifest, Outline.of(manifest, board).complete(board));
    }

    /// One on which half of the known paths are there, some of them with the names of what the manifest brings.
    private static Board board(Manifest manifest, SplittableRandom random) {
        var known = new ArrayList<StorePath>();
        for (var prefix : manifest.known()) {
            byte[] digest = Arrays.copyOf(prefix.toArray(), StorePath.DIGEST_BYTES);
            var name = manifest.objects().isEmpty() || random.nextInt(4) == 0
                    ? "other-1.0"
                    : manifest.objects()
                            .get(random.nextInt(manifest.objects().size()))
                            .path()
                            .name();
            known.add(StorePath.of(digest, name));
        }
        var infos = new HashMap<StorePath, PathInfo>();
        for (var path : known) {
            if (random.nextBoolean()) continue;
            var references = new TreeSet<StorePath>();
            for (int i = random.nextInt(5); i > 0; i--) references.add(known.get(random.nextInt(known.size())));
            infos.put(
                    path,
                    new PathInfo(
                            path,
                            Sha256.of(new byte[1]),
                            random.nextLong(Manifest.MAX_NAR_SIZE),
                            references,
                            Optional.empty(),
                            List.of(),
                            Optional.empty()));
        }
        return new Board(known, infos);
    }

    @Test
    void ofARebuiltPathOnlyHashesAreTold() {
        var old = StorePath.of(bytes(1), "tool-1.0");
        var oldLibrary = StorePath.of(bytes(2), "library-2.0");
        var libc = StorePath.of(bytes(3), "libc-3");
        var known = List.of(oldLibrary, old, libc);
        var board = new Board(
                known, Map.of(oldLibrary, info(oldLibrary, libc, oldLibrary), old, info(old, oldLibrary, libc, old)));
        var manifest = new Manifest(
                2,
                List.of(
                        entry(StorePath.of(bytes(5), "library-2.0"), List.of(2, 3), 0),
                        entry(StorePath.of(bytes(4), "tool-1.0"), List.of(2, 3, 4), 1)),
                known.stream().map(path -> Bytes.of(path.digestBytes(), 0, 4)).toList(),
                Sha256.of(new byte[1]),
                List.of(),
                List.of(4),
                Optional.empty(),
                Activation.NONE);
        for (var item : Outline.of(manifest, board).items()) {
            assertEquals(Optional.empty(), item.name());
            assertEquals(0, item.size());
            assertEquals(List.of(), item.references());
        }
    }

    private static Manifest.Entry entry(StorePath path, List<Integer> references, int base) {
        return new Manifest.Entry(
                path, 1000, Bytes.of(new byte[Manifest.CHECK]), references, Optional.empty(), List.of(base));
    }

    private static PathInfo info(StorePath path, StorePath... references) {
        return new PathInfo(
                path,
                Sha256.of(new byte[1]),
                1000,
                new TreeSet<>(List.of(references)),
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    private static byte[] bytes(int value) {
        byte[] bytes = new byte[StorePath.DIGEST_BYTES];
        Arrays.fill(bytes, (byte) value);
        return bytes;
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
        byte[] bomb = Zstd.compress(narlink.v1.Manifest.newBuilder()
                .setNames(com.google.protobuf.ByteString.copyFrom(new byte[40 << 20]))
                .build()
                .toByteArray());
        var error = assertThrows(MalformedManifestException.class, () -> ManifestFormat.read(bomb));
        assertTrue(String.valueOf(error.getMessage()).contains("too large"), error.getMessage());
    }

    @Test
    void aMillionObjectsAreRefused() {
        refused("1000002 objects", manifest -> manifest.addAllSizes(Collections.nCopies(1_000_000, 8L)));
    }

    @Test
    void liesAreRefused() {
        refused("index", manifest -> manifest.setReferences(0, 40));
        refused("index", manifest -> manifest.setTargets(0, 7));
        refused("index", manifest -> manifest.setTargets(0, -1));
        refused("NAR of", manifest -> manifest.setSizes(0, Long.MIN_VALUE));
        refused("NAR of", manifest -> manifest.setSizes(0, 0));
        refused("NAR of", manifest -> manifest.setSizes(0, Long.MAX_VALUE));
        refused("columns", manifest -> manifest.setNames(ByteString.copyFromUtf8("a\nb\nc\n")));
        refused("name", manifest -> manifest.setNames(ByteString.copyFromUtf8("../../etc/passwd\nb\n")));
        refused("stands twice", manifest -> manifest.setDigests(ByteString.copyFrom(new byte[40])));
        refused("32 bytes", manifest -> manifest.setChecksDigest(ByteString.copyFrom(new byte[31])));
        refused("references", manifest -> manifest.setReferenceCounts(0, 1_000_000));
        refused("references", manifest -> manifest.setReferenceCounts(1, 0));
        refused("index", manifest -> manifest.setBases(0, 1));
        refused("index", manifest -> manifest.setBases(0, -1));
        refused("overflow", manifest -> manifest.setBases(0, Integer.MAX_VALUE));
        refused(
                "NAR of",
                manifest ->
                        manifest.setNames(ByteString.copyFromUtf8("a\n\n")).setSizes(1, -Manifest.MAX_NAR_SIZE - 1));
        refused("neither name nor base", manifest -> manifest.setNames(ByteString.copyFromUtf8("\nb\n")));
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
                manifest -> manifest.setKnown(ByteString.copyFrom(new byte[6])).setKnownPrefix(3));
        refused(
                "stands twice",
                manifest -> manifest.setKnown(ByteString.copyFrom(new byte[10])).setKnownPrefix(5));
    }

    /// A manifest of two paths, the second referring to the first, with one thing changed.
    private static void refused(String why, Consumer<narlink.v1.Manifest.Builder> lie) {
        var manifest = narlink.v1.Manifest.newBuilder()
                .setCodec(1)
                .setDigests(
                        ByteString.copyFrom(new byte[40]).substring(0, 39).concat(ByteString.copyFrom(new byte[] {1})))
                .setNames(ByteString.copyFromUtf8("a\nb\n"))
                .addSizes(120)
                .addSizes(120)
                .setChecks(ByteString.copyFrom(new byte[2 * Manifest.CHECK]))
                .setChecksDigest(ByteString.copyFrom(new byte[32]))
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
