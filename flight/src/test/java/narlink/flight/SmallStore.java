package narlink.flight;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import narlink.Sha256;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import narlink.testkit.NarTree;

/// A binary cache directory as a store, with small files in it.
final class SmallStore implements AutoCloseable {
    private static final SecretKey KEY = SecretKey.generate("small-1");

    final Path directory;
    final Store store;

    SmallStore(Path directory) throws IOException {
        this.directory = directory.resolve("store");
        var options = Options.of(directory.resolve("roots")).trusting(List.of(KEY.publicKey()));
        store = Stores.open("file://" + this.directory, options);
    }

    /// Digest parts begin with these bytes; the rest comes of the name.
    StorePath add(String begin, String name, StorePath... references) throws IOException {
        byte[] nar = NarTree.file("I am " + begin + name).nar();
        var info = new PathInfo(
                path(begin, name),
                Sha256.of(nar),
                nar.length,
                new TreeSet<>(Arrays.asList(references)),
                Optional.empty(),
                List.of(),
                Optional.empty());
        store.add(info.signedBy(KEY), new ByteArrayInputStream(nar));
        return info.path();
    }

    static StorePath path(String begin, String name) {
        byte[] digest = Sha256.of((begin + name).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .bytes()
                .slice(0, StorePath.DIGEST_BYTES)
                .toArray();
        byte[] start = java.util.HexFormat.of().parseHex(begin);
        System.arraycopy(start, 0, digest, 0, start.length);
        return StorePath.of(digest, name);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
