package narlink.flight;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import narlink.Sha256;
import narlink.delta.Codec;
import narlink.delta.CorruptPackException;
import narlink.delta.Rewrite;
import narlink.delta.UnusableBaseException;
import narlink.nix.MissingPathsException;
import narlink.nix.NarException;
import narlink.nix.NarParser;
import narlink.nix.NarVisitor;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.Manifest;
import org.jspecify.annotations.Nullable;

/// Decodes the paths of a pack, one after the other, and lets none pass that is not a canonical NAR with the size and
/// the check that the manifest tells. The same on board and in the rehearsal on Earth.
public final class Unpacker implements Closeable {
    private final Manifest manifest;
    private final List<StorePath> known;
    private final Set<Integer> unusable;
    private final Store store;
    private final Path scratch;
    private final Codec.Decoder decoder;
    private final MessageDigest checks = Sha256.digest();
    private int next;

    /// @param known the manifest's known paths by name
    /// @param store where bases lie: known paths, and the deployment's own once they have been imported
    /// @param pack the pack's bytes; may block until they have arrived
    /// @param scratch directory for NARs that are too large for memory, one at a time
    public Unpacker(Manifest manifest, List<StorePath> known, Store store, InputStream pack, Path scratch)
            throws IOException {
        this(manifest, known, Set.of(), store, pack, scratch);
    }

    /// @param unusable indexes of paths that are not what they should be: nothing is made of them, nor does refer to
    /// them
    Unpacker(
            Manifest manifest,
            List<StorePath> known,
            Set<Integer> unusable,
            Store store,
            InputStream pack,
            Path scratch)
            throws IOException {
        this.unusable = Set.copyOf(unusable);
        this.manifest = manifest;
        this.known = List.copyOf(known);
        this.store = store;
        this.scratch = scratch;
        this.decoder = Codec.withId(manifest.codec())
                .orElseThrow(() -> new CorruptPackException("pack of codec " + manifest.codec() + ", unknown here"))
                .decoder(pack, scratch);
    }

    /// A path that was decoded and checked. Closing it drops its bytes.
    public static final class Unpacked implements Closeable {
        private final Manifest.Entry entry;
        private final Sha256 narHash;
        private final Spool spool;

        private Unpacked(Manifest.Entry entry, Sha256 narHash, Spool spool) {
            this.entry = entry;
            this.narHash = narHash;
            this.spool = spool;
        }

        public Manifest.Entry entry() {
            return entry;
        }

        public Sha256 narHash() {
            return narHash;
        }

        public InputStream nar() throws IOException {
            return spool.read();
        }

        @Override
        public void close() throws IOException {
            spool.close();
        }
    }

    /// The next path, or nothing behind the last one; then the pack's end and the digest over all checks have been
    /// looked at too.
    ///
    /// @throws CorruptPackException if the pack is not what the manifest says: for good
    /// @throws UnusableException if what it is to be made of, or refers to, is not in the store or damaged there
    public Optional<Unpacked> next() throws IOException {
        if (next == manifest.objects().size()) {
            end();
            return Optional.empty();
        }
        var entry = manifest.objects().get(next++);
        var needed = new TreeSet<>(entry.bases());
        needed.addAll(entry.references());
        needed.retainAll(unusable);
        if (!needed.isEmpty()) throw new UnusableException(entry.path(), List.copyOf(needed), List.of(), null);
        var spool = new Spool(scratch);
        try {
            return Optional.of(new Unpacked(entry, decode(entry, spool), spool));
        } catch (IOException | RuntimeException e) {
            spool.close();
            throw e;
        }
    }

    private Sha256 decode(Manifest.Entry entry, Spool spool) throws IOException {
        var checked = new Checked(entry.narSize(), spool);
        try {
            decoder.next(new Codec.NewPath(entry.path(), entry.narSize(), bases(entry)), checked);
            checked.parser.end();
            var hash = Sha256.finish(checked.hash);
            var references = entry.references().stream().map(this::path).toList();
            var check = Manifest.check(entry.path(), hash, entry.narSize(), references)
                    .bytes();
            if (check.startsWith(entry.check())) {
                checks.update(check.buffer());
                return hash;
            }
            throw new CorruptPackException(entry.path() + " decodes to other contents than the manifest says");
        } catch (UnusableBaseException e) {
            var damaged = entry.bases().stream()
                    .filter(index -> path(index).equals(e.path()))
                    .toList();
            throw new UnusableException(entry.path(), List.of(), damaged, e);
        } catch (CorruptPackException | NarException e) {
            // A base that the store takes for sound may still be another than Earth's.
            if (!entry.bases().isEmpty()) throw new UnusableException(entry.path(), List.of(), entry.bases(), e);
            throw e instanceof CorruptPackException corrupt
                    ? corrupt
                    : new CorruptPackException(entry.path() + " decodes to no proper NAR: " + e.getMessage(), e);
        }
    }

    /// A path can't be made, for what it needs can't be used: not by this pack, and whatever follows it neither.
    /// Another that does without will do.
    static final class UnusableException extends IOException {
        private static final long serialVersionUID = 1;

        private final transient List<Integer> damaged;

        /// @param known what is unusable, as the caller knows
        /// @param damaged what has turned out to be now
        UnusableException(StorePath path, List<Integer> known, List<Integer> damaged, @Nullable IOException cause) {
            super(
                    path + " needs what can't be used: "
                            + (cause == null ? "paths " + known + " of the manifest" : cause.getMessage()),
                    cause);
            this.damaged = damaged;
        }

        List<Integer> damaged() {
            return damaged;
        }
    }

    private List<Codec.Base> bases(Manifest.Entry entry) throws IOException {
        var references = entry.references().stream().map(this::path).toList();
        var bases = new ArrayList<Codec.Base>();
        for (int index : entry.bases()) {
            var path = path(index);
            var info = store.info(path)
                    .orElseThrow(() -> new UnusableBaseException(
                            path, new MissingPathsException(store.url(), new TreeSet<>(List.of(path)))));
            bases.add(new Codec.Base(
                    path,
                    info.narSize(),
                    Rewrite.between(path, info.references(), entry.path(), references),
                    out -> store.nar(path, out)));
        }
        return bases;
    }

    private StorePath path(int index) {
        return index < known.size()
                ? known.get(index)
                : manifest.objects().get(index - known.size()).path();
    }

    private void end() throws IOException {
        decoder.end();
        if (!Sha256.finish(checks).equals(manifest.checks())) {
            throw new CorruptPackException("the paths are not those that the manifest was signed for");
        }
    }

    @Override
    public void close() throws IOException {
        decoder.close();
    }

    /// Hashes and parses what goes through.
    private static final class Checked extends OutputStream {
        private final OutputStream to;
        private final MessageDigest hash = Sha256.digest();
        private final NarParser parser;

        Checked(long narSize, OutputStream to) {
            this.to = to;
            this.parser = new NarParser(new NarVisitor() {}, narSize);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            parser.feed(bytes, offset, length);
            hash.update(bytes, offset, length);
            to.write(bytes, offset, length);
        }
    }
}
