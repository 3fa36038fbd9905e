package narlink.testkit;

import java.util.List;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// Arbitrary store paths, and what a store may know of them.
public final class StorePaths {
    private static final int REFERENCES = 6;

    private StorePaths() {}

    public static Arbitrary<StorePath> paths() {
        var digests = Arbitraries.bytes().array(byte[].class).ofSize(StorePath.DIGEST_BYTES);
        var names = Arbitraries.strings()
                .withCharRange('0', '9')
                .withCharRange('a', 'z')
                .withCharRange('A', 'Z')
                .withChars("+-._?=")
                .ofMinLength(1)
                .ofMaxLength(211)
                .filter(name -> !name.matches("\\.\\.?(-.*)?"));
        return Combinators.combine(digests, names).as(StorePath::of);
    }

    public static Arbitrary<Sha256> hashes() {
        return Arbitraries.bytes().array(byte[].class).ofSize(Sha256.LENGTH).map(bytes -> new Sha256(Bytes.of(bytes)));
    }

    /// Without signatures; about any contents.
    public static Arbitrary<PathInfo> infos() {
        return Combinators.combine(
                        paths(),
                        hashes(),
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        paths().set().ofMaxSize(REFERENCES),
                        paths().optional(),
                        hashes().map(hash -> "text:sha256:" + hash).optional())
                .as((path, hash, size, references, deriver, ca) ->
                        new PathInfo(path, hash, size, new TreeSet<>(references), deriver, List.of(), ca));
    }
}
