package narlink.ground.simulation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.NarWriter;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;

/// Engineers at work: a few packages that depend on each other, of which new versions are built again and again. Where
/// one changes, all that depend on it get other hashes, and hold the new names in their files.
final class Workshop {
    private final SplittableRandom random;
    private final List<Source> sources = new ArrayList<>();
    private final List<PathInfo> built = new ArrayList<>();
    private int versions;

    private record Source(String name, List<Integer> needs, byte[] contents) {}

    /// A path as it was built.
    record Built(PathInfo info, byte[] nar) {}

    /// @param packages in a closure
    /// @param bytes of a package's file, about
    Workshop(SplittableRandom random, int packages, int bytes) {
        this.random = random;
        for (int i = 0; i < packages; i++) {
            var needs = new TreeSet<Integer>();
            if (i > 0) needs.add(i - 1);
            if (i > 2 && random.nextBoolean()) needs.add(random.nextInt(i));
            byte[] contents = new byte[16 + random.nextInt(Math.max(1, 2 * bytes))];
            random.nextBytes(contents);
            // Half of it compresses.
            for (int j = 0; j < contents.length / 2; j++) contents[j] = (byte) ('a' + (contents[j] & 3));
            sources.add(new Source("package-" + i, List.copyOf(needs), contents));
        }
    }

    /// Changes something and builds it all; references first, the top last.
    List<Built> build() {
        int changes = versions == 0 ? 0 : 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) change(random.nextInt(sources.size()));
        versions++;
        var all = new ArrayList<Built>();
        built.clear();
        for (var source : sources) {
            var references = new TreeSet<StorePath>();
            source.needs().forEach(need -> references.add(built.get(need).path()));
            var made = make(source.name(), references, source.contents());
            built.add(made.info());
            all.add(made);
        }
        return all;
    }

    /// A path that nobody ordered.
    Built stray(List<StorePath> present) {
        var references = new TreeSet<StorePath>();
        if (!present.isEmpty() && random.nextBoolean()) references.add(present.get(random.nextInt(present.size())));
        byte[] contents = new byte[1 + random.nextInt(200)];
        random.nextBytes(contents);
        return make("stray", references, contents);
    }

    private void change(int index) {
        var source = sources.get(index);
        byte[] contents = source.contents();
        int at = random.nextInt(contents.length);
        int more = random.nextInt(64);
        byte[] changed = Arrays.copyOf(contents, contents.length + more);
        System.arraycopy(contents, at, changed, at + more, contents.length - at);
        for (int i = at; i < at + more; i++) changed[i] = (byte) random.nextInt(256);
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        sources.set(index, new Source(source.name(), source.needs(), changed));
    }

    private static Built make(String name, TreeSet<StorePath> references, byte[] contents) {
        var text = new StringBuilder();
        references.forEach(path -> text.append(path).append("/bin\n"));
        byte[] nar = nar(text.toString().getBytes(StandardCharsets.UTF_8), contents);
        var hash = Sha256.of(nar);
        var path = StorePath.of(
                Sha256.of(Bytes.ofUtf8(name + hash))
                        .bytes()
                        .slice(0, StorePath.DIGEST_BYTES)
                        .toArray(),
                name);
        return new Built(
                new PathInfo(path, hash, nar.length, references, Optional.empty(), List.of(), Optional.empty()), nar);
    }

    private static byte[] nar(byte[] script, byte[] contents) {
        try {
            var nar = new ByteArrayOutputStream();
            var writer = new NarWriter(nar);
            writer.directory();
            writer.enter(Bytes.ofUtf8("data"));
            writer.file(false, contents.length);
            writer.bytes(contents, 0, contents.length);
            writer.enter(Bytes.ofUtf8("run"));
            writer.file(true, script.length);
            writer.bytes(script, 0, script.length);
            writer.leave();
            return nar.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("an array takes all", e);
        }
    }
}
