package narlink.ground;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.NarWriter;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.nix.StorePath;

/// Small closures for tests: a chain of packages with noise and text in them, put in a store.
public final class SampleClosure {
    private static final SecretKey KEY = SecretKey.generate("sample-1");

    private SampleClosure() {}

    /// @return the top of a closure of `paths` paths with about `bytes` bytes of files each
    public static StorePath make(Store store, long seed, int paths, int bytes) throws IOException {
        var random = new SplittableRandom(seed);
        var made = new ArrayList<StorePath>();
        for (int i = 0; i < paths; i++) {
            var references = new TreeSet<StorePath>();
            if (i > 0) references.add(made.get(i - 1));
            if (i > 2) references.add(made.get(random.nextInt(i)));
            made.add(add(store, "package-" + seed + "-" + i, references, contents(random, bytes)));
        }
        return made.getLast();
    }

    private static byte[] contents(SplittableRandom random, int bytes) {
        byte[] contents = new byte[random.nextInt(bytes / 2 + 1, bytes + 2)];
        random.nextBytes(contents);
        // Half of it compresses.
        for (int i = 0; i < contents.length / 2; i++) contents[i] = (byte) ('a' + (contents[i] & 3));
        return contents;
    }

    public static StorePath add(Store store, String name, TreeSet<StorePath> references, byte[] contents)
            throws IOException {
        byte[] bytes = nar(contents);
        var hash = Sha256.of(bytes);
        var path = StorePath.of(
                Sha256.of(Bytes.ofUtf8(name + hash)).bytes().slice(0, 20).toArray(), name);
        put(store, path, references, bytes);
        return path;
    }

    /// A path by name, whatever it holds.
    public static void put(Store store, StorePath path, TreeSet<StorePath> references, byte[] nar) throws IOException {
        var info = new PathInfo(
                path, Sha256.of(nar), nar.length, references, Optional.empty(), List.of(), Optional.empty());
        store.add(info.signedBy(KEY), new ByteArrayInputStream(nar));
    }

    /// A directory with a file of these contents.
    public static byte[] nar(byte[] contents) throws IOException {
        var nar = new ByteArrayOutputStream();
        var writer = new NarWriter(nar);
        writer.directory();
        writer.enter(Bytes.ofUtf8("data"));
        writer.file(contents.length % 2 == 0, contents.length);
        writer.bytes(contents, 0, contents.length);
        writer.enter(Bytes.ofUtf8("link"));
        writer.symlink(Bytes.ofUtf8("data"));
        writer.leave();
        return nar.toByteArray();
    }
}
