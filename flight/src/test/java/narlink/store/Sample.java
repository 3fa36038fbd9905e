package narlink.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.testkit.NarTree;

/// A made-up store path with its NAR.
record Sample(PathInfo info, Bytes nar) {
    static final SecretKey KEY = SecretKey.generate("narlink-sample-1");

    static StorePath path(String name) {
        var hash = Sha256.of(name.getBytes(StandardCharsets.UTF_8)).bytes();
        return StorePath.of(hash.slice(0, StorePath.DIGEST_BYTES).toArray(), name);
    }

    /// A directory that names what it refers to, signed by [#KEY].
    static Sample of(String name, StorePath... references) {
        var text = new StringBuilder("I am " + name + '\n');
        Arrays.stream(references).forEach(path -> text.append(path).append('\n'));
        var tree = NarTree.directory(Map.of("bin", NarTree.directory(Map.of(name, NarTree.file(text.toString())))));
        return of(name, tree.nar(), references);
    }

    static Sample of(String name, byte[] nar, StorePath... references) {
        var info = new PathInfo(
                path(name),
                Sha256.of(nar),
                nar.length,
                new TreeSet<>(Arrays.asList(references)),
                Optional.empty(),
                List.of(),
                Optional.empty());
        return new Sample(info.signedBy(KEY), Bytes.of(nar));
    }

    StorePath path() {
        return info.path();
    }

    InputStream stream() {
        return new ByteArrayInputStream(nar.toArray());
    }

    void addTo(Store store) throws IOException {
        store.add(info, stream());
    }

    /// The same path, announced alike but for the signatures.
    Sample unsigned() {
        return new Sample(info.withSignatures(List.of()), nar);
    }

    /// The same announcement with other bytes.
    Sample sending(byte[] other) {
        return new Sample(info, Bytes.of(other));
    }
}
