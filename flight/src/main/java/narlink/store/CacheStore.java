package narlink.store;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import narlink.Sha256;
import narlink.nix.DamagedPathException;
import narlink.nix.DifferentPathException;
import narlink.nix.MissingPathsException;
import narlink.nix.NarException;
import narlink.nix.NarInfo;
import narlink.nix.NarParser;
import narlink.nix.NarVisitor;
import narlink.nix.PathInfo;
import narlink.nix.Store;
import narlink.nix.StorePath;
import org.tukaani.xz.XZIOException;
import org.tukaani.xz.XZInputStream;

/// A binary cache directory as Nix's `file://` stores have it: a store where there is no Nix, and one that
/// `nix copy --from` reads. A path is valid when its narinfo is there, so that comes last. What we write is not
/// compressed.
public final class CacheStore implements Store {
    private static final String ABOUT = "nix-cache-info";
    private static final String NARINFO = ".narinfo";
    private static final String UNFINISHED = "narlink-unfinished";
    private static final int PIECE = 64 * 1024;
    private static final int XZ_MEMORY_KIB = 80 * 1024; // `xz -9` needs 65 MiB.
    private static final int ZSTD_WINDOW_LOG = 27; // 128 MiB, what `zstd -d` takes without being asked.

    private final Path directory;
    private final Options options;
    private final RootLinks roots;

    CacheStore(Path directory, Options options) throws IOException {
        this.directory = directory;
        this.options = options;
        roots = new RootLinks(directory.resolve("narlink-roots"));
        var about = directory.resolve(ABOUT);
        if (Files.exists(about) && !read(about).contains("StoreDir: " + StorePath.STORE_DIR + '\n')) {
            throw new IOException(directory + " is a cache of another store directory than " + StorePath.STORE_DIR);
        }
    }

    @Override
    public Optional<PathInfo> info(StorePath path) throws IOException {
        return narInfo(path).map(NarInfo::info);
    }

    Optional<NarInfo> narInfo(StorePath path) throws IOException {
        return narInfo(path.digest()).filter(narInfo -> narInfo.info().path().equals(path));
    }

    private Optional<NarInfo> narInfo(String hashPart) throws IOException {
        var file = directory.resolve(hashPart + NARINFO);
        try {
            var narInfo = NarInfo.parse(read(file));
            if (!narInfo.info().path().digest().equals(hashPart)) {
                throw new IOException(file + " is about another path; remove it");
            }
            return Optional.of(narInfo);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is no narinfo: " + e.getMessage() + "; remove it", e);
        }
    }

    private static String read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(NarInfo.MAX_LENGTH + 1);
            if (bytes.length > NarInfo.MAX_LENGTH) {
                throw new IOException(file + " is too long to be true");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    @Override
    public Optional<StorePath> find(String hashPart) throws IOException {
        if (!StorePath.isHashPart(hashPart)) {
            throw new IllegalArgumentException("not a hash part: \"" + hashPart + '"');
        }
        return narInfo(hashPart).map(narInfo -> narInfo.info().path());
    }

    @Override
    public SortedSet<StorePath> validPaths() throws IOException {
        var paths = new TreeSet<StorePath>();
        if (!Files.isDirectory(directory)) {
            return paths;
        }
        try (var files = Files.newDirectoryStream(directory, "*" + NARINFO)) {
            for (var file : files) {
                var name = String.valueOf(file.getFileName());
                var hashPart = name.substring(0, name.length() - NARINFO.length());
                if (StorePath.isHashPart(hashPart)) {
                    find(hashPart).ifPresent(paths::add);
                }
            }
        }
        return paths;
    }

    @Override
    public void nar(StorePath path, OutputStream out) throws IOException {
        var narInfo = narInfo(path).orElseThrow(() -> new MissingPathsException(url(), List.of(path)));
        var parser = new NarParser(NarVisitor.NONE, narInfo.info().narSize());
        var digest = Sha256.digest();
        var piece = new byte[PIECE];
        try (var file = opened(narInfo);
                var in = uncompressed(file, narInfo)) {
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                parser.feed(piece, 0, read);
                digest.update(piece, 0, read);
                out.write(piece, 0, read);
            }
            parser.end();
        } catch (NarException | XZIOException | ZstdIOException | EOFException e) {
            throw new DamagedPathException(path, e.toString());
        }
        var hash = Sha256.finish(digest);
        if (!hash.equals(narInfo.info().narHash())) {
            throw new DamagedPathException(
                    path, "its NAR hash is " + hash + ", not " + narInfo.info().narHash());
        }
    }

    private InputStream opened(NarInfo narInfo) throws IOException {
        var file = directory.resolve(narInfo.url());
        try {
            return Files.newInputStream(file);
        } catch (NoSuchFileException e) {
            throw new DamagedPathException(narInfo.info().path(), file + " is missing");
        }
    }

    private InputStream uncompressed(InputStream file, NarInfo narInfo) throws IOException {
        return switch (narInfo.compression()) {
            case "none" -> file;
            case "zstd" -> new ZstdInputStream(file).setLongMax(ZSTD_WINDOW_LOG);
            case "xz" -> new XZInputStream(file, XZ_MEMORY_KIB);
            default ->
                throw new IOException(narInfo.info().path() + " is compressed with " + narInfo.compression() + " in "
                        + url() + "; narlink reads none, zstd and xz");
        };
    }

    @Override
    public void add(PathInfo info, InputStream nar) throws IOException {
        var present = info(info.path());
        if (present.isPresent()) {
            if (!present.get().narHash().equals(info.narHash())) {
                throw new DifferentPathException(info.path(), present.get().narHash(), info.narHash());
            }
            return;
        }
        repair(info, nar);
    }

    @Override
    public void repair(PathInfo info, InputStream nar) throws IOException {
        requireReferences(info);
        var address = AddressCheck.of(info, options.trustedKeys());
        var narInfo = NarInfo.uncompressed(info);
        var target = directory.resolve(narInfo.url());
        Files.createDirectories(directory.resolve("nar"));
        Files.createDirectories(directory.resolve(UNFINISHED));
        sweep();
        if (!Files.exists(directory.resolve(ABOUT))) {
            publish(directory.resolve(ABOUT), "StoreDir: " + StorePath.STORE_DIR + '\n');
        }
        publish(target, sink -> {
            new CheckedNar(info, nar, address).copyTo(sink);
            address.end();
        });
        FileSystem.directory(directory.resolve("nar")); // Before the narinfo that promises it.
        publish(directory.resolve(NarInfo.fileName(info.path())), narInfo.text());
    }

    private void requireReferences(PathInfo info) throws IOException {
        var missing = new TreeSet<StorePath>();
        for (var reference : info.references()) {
            if (!reference.equals(info.path()) && info(reference).isEmpty()) {
                missing.add(reference);
            }
        }
        if (!missing.isEmpty()) {
            throw new MissingPathsException(url(), missing);
        }
    }

    private void publish(Path target, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        publish(target, sink -> sink.write(bytes, 0, bytes.length));
    }

    private interface Content {
        void copyTo(CheckedNar.Sink sink) throws IOException;
    }

    /// Puts a file under its name only when all of it is on the disk; the name itself may be lost until a sync.
    private void publish(Path target, Content content) throws IOException {
        var unfinished = Files.createTempFile(directory.resolve(UNFINISHED), "", "");
        boolean done = false;
        try (var channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
            channel.lock(); // Says that somebody is at work here.
            content.copyTo(Channels.newOutputStream(channel)::write);
            channel.force(true);
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            done = true;
        } finally {
            if (!done) {
                Files.deleteIfExists(unfinished);
            }
        }
    }

    /// Removes what imports left that a power cut ended.
    private void sweep() throws IOException {
        try (var files = Files.newDirectoryStream(directory.resolve(UNFINISHED))) {
            for (var file : files) {
                if (isAbandoned(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static boolean isAbandoned(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) { // Another thread of ours writes it.
            return false;
        } catch (NoSuchFileException e) { // Finished in this moment.
            return false;
        }
    }

    @Override
    public void root(Map<String, StorePath> added) throws IOException {
        roots.put(added);
    }

    @Override
    public void unroot(String name) throws IOException {
        roots.remove(name);
    }

    @Override
    public Map<String, StorePath> roots() throws IOException {
        return roots.all();
    }

    @Override
    public Map<String, StorePath> allRoots() throws IOException {
        var all = new TreeMap<String, StorePath>();
        roots.all().forEach((name, path) -> all.put(roots.directory() + "/" + name, path));
        new RootLinks(profiles()).all().forEach((name, path) -> all.put(profiles() + "/" + name, path));
        return all;
    }

    @Override
    public SortedSet<StorePath> dead() throws IOException {
        var dead = validPaths();
        var roots = new TreeSet<>(allRoots().values());
        roots.retainAll(dead);
        dead.removeAll(closure(roots));
        return dead;
    }

    @Override
    public long collectGarbage(Collection<StorePath> paths) throws IOException {
        return new CacheGarbage(this, directory).collect(paths);
    }

    @Override
    public void sync() throws IOException {
        if (Files.isDirectory(directory)) {
            FileSystem.everything(directory);
        }
    }

    @Override
    public Path profiles() {
        return directory.resolve("narlink-profiles");
    }

    @Override
    public Optional<Path> physical(StorePath path) {
        return Optional.empty();
    }

    @Override
    public String url() {
        return "file://" + directory;
    }

    @Override
    public long freeBytes() throws IOException {
        var there = directory;
        while (!Files.isDirectory(there)) {
            there = Objects.requireNonNull(there.getParent(), "there is no / here");
        }
        return Files.getFileStore(there).getUsableSpace();
    }

    @Override
    public void close() {}
}
