package narlink.store;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import narlink.nix.DifferentPathException;
import narlink.nix.MissingPathsException;
import narlink.nix.NarException;
import narlink.nix.NarVisitor;
import narlink.nix.PathInfo;
import narlink.nix.Store;
import narlink.nix.StorePath;

/// A store of real Nix, spoken to over its daemon's socket or over a `nix-daemon --stdio` of our own.
///
/// After any error the connection is dropped and the next request makes a new one; what became of the request is
/// found out by asking for the path's state, never by the error's text.
public final class DaemonStore implements Store {
    private static final System.Logger LOG = System.getLogger(DaemonStore.class.getName());
    private static final Path STATE = Path.of("nix/var/nix");
    private static final String OURS = "narlink";

    private final String url;
    private final Path root;
    private final Options options;
    private final Connection connection;
    private final RootLinks roots;
    private final boolean indirectRoots;

    /// @param root the directory that `nix/store` lies in
    DaemonStore(String url, Path root, Options options, Peer.Dialer dialer) throws IOException {
        this.url = url;
        this.root = root;
        this.options = options;
        connection = new Connection(url, options, dialer);
        connection.ask(Worker::version); // Says at once if there is no Nix. Also makes a new store's directories.
        var direct = new RootLinks(state().resolve("gcroots").resolve(OURS));
        indirectRoots = !direct.isWritable();
        roots = indirectRoots ? new RootLinks(options.own().toAbsolutePath().resolve("gcroots")) : direct;
        if (indirectRoots) {
            registerAll();
        }
    }

    /// The store of this machine: through the daemon if there is one, else directly.
    static DaemonStore system(Options options) throws IOException {
        var named = Optional.ofNullable(System.getenv("NIX_DAEMON_SOCKET_PATH"));
        var socket = Path.of(named.orElse("/nix/var/nix/daemon-socket/socket"));
        return new DaemonStore("daemon", Path.of("/"), options, () -> system(socket, options));
    }

    private static Peer system(Path socket, Options options) throws IOException {
        if (Files.exists(socket)) {
            try {
                return Peer.socket(socket);
            } catch (IOException e) {
                LOG.log(WARNING, "the socket is there, but no daemon; opening the store directly", e);
            }
        }
        return stdio("local", options);
    }

    /// A store in a directory: its paths are called `/nix/store/…` and lie in `DIR/nix/store`. Made on first use.
    static DaemonStore chroot(Path directory, Options options) throws IOException {
        return new DaemonStore(
                "local?root=" + directory, directory, options, () -> stdio(directory.toString(), options));
    }

    private static Peer stdio(String store, Options options) throws IOException {
        var command = new ArrayList<>(List.of("nix-daemon", "--stdio", "--store", store));
        options.nixSettings().forEach((name, value) -> command.addAll(List.of("--option", name, value)));
        try {
            return ProcessPeer.start(command);
        } catch (IOException e) {
            throw new IOException("there is no nix-daemon to run: install Nix, or use a file://DIR store", e);
        }
    }

    private Path state() {
        return root.resolve(STATE);
    }

    /// What Nix calls its version; for people.
    public String nixVersion() throws IOException {
        return connection.ask(Worker::version);
    }

    @Override
    public Optional<PathInfo> info(StorePath path) throws IOException {
        return Optional.ofNullable(infos(List.of(path)).get(path));
    }

    @Override
    public SortedMap<StorePath, PathInfo> infos(Collection<StorePath> paths) throws IOException {
        return connection.ask(worker -> new TreeMap<>(worker.infos(paths)));
    }

    @Override
    public Optional<StorePath> find(String hashPart) throws IOException {
        if (!StorePath.isHashPart(hashPart)) {
            throw new IllegalArgumentException("not a hash part: \"" + hashPart + '"');
        }
        return connection.ask(worker -> worker.find(hashPart));
    }

    @Override
    public SortedSet<StorePath> validPaths() throws IOException {
        return connection.ask(Worker::validPaths);
    }

    @Override
    public void nar(StorePath path, OutputStream out) throws IOException {
        var info = info(path).orElseThrow(() -> new MissingPathsException(url, List.of(path)));
        connection.once(worker -> {
            worker.nar(info, out);
            return info;
        });
    }

    @Override
    public void add(PathInfo info, InputStream nar) throws IOException {
        var known = infos(withReferences(info));
        if (isPresent(info, known)) {
            return;
        }
        requireReferences(info, known.keySet());
        try {
            send(info, nar, false);
        } catch (NarException e) {
            throw e; // Its end was held back, so it can't be valid.
        } catch (IOException e) { // Whatever it was: what counts is whether the path is valid now.
            if (!isValidNow(info, e)) {
                throw e;
            }
        }
        if (!isPresent(info, infos(List.of(info.path())))) {
            throw new IOException(url + ": Nix took " + info.path() + ", but it isn't valid");
        }
    }

    private boolean isValidNow(PathInfo info, IOException trouble) throws IOException {
        try {
            return isPresent(info, infos(List.of(info.path())));
        } catch (IOException e) {
            e.addSuppressed(trouble);
            throw e;
        }
    }

    @Override
    public void repair(PathInfo info, InputStream nar) throws IOException {
        requireReferences(info, infos(withReferences(info)).keySet());
        send(info, nar, true);
    }

    private void send(PathInfo info, InputStream nar, boolean repair) throws IOException {
        connection.once(worker -> {
            worker.add(info, new CheckedNar(info, nar, NarVisitor.NONE), repair);
            return info;
        });
    }

    private static Collection<StorePath> withReferences(PathInfo info) {
        var paths = new TreeSet<>(info.references());
        paths.add(info.path());
        return paths;
    }

    private static boolean isPresent(PathInfo info, Map<StorePath, PathInfo> known) throws DifferentPathException {
        var present = known.get(info.path());
        if (present == null) {
            return false;
        }
        if (!present.narHash().equals(info.narHash())) {
            throw new DifferentPathException(info.path(), present.narHash(), info.narHash());
        }
        return true;
    }

    /// Nix would find a missing one only after it unpacked everything.
    private void requireReferences(PathInfo info, Collection<StorePath> valid) throws MissingPathsException {
        var missing = new TreeSet<>(info.references());
        missing.remove(info.path());
        missing.removeAll(valid);
        if (!missing.isEmpty()) {
            throw new MissingPathsException(url, missing);
        }
    }

    @Override
    public void root(Map<String, StorePath> added) throws IOException {
        roots.put(added);
        if (indirectRoots) {
            for (var name : added.keySet()) {
                register(roots.link(name));
            }
            FileSystem.everything(state());
        }
    }

    /// A registration may have been lost with the power.
    private void registerAll() throws IOException {
        try {
            for (var name : roots.all().keySet()) {
                register(roots.link(name));
            }
        } catch (IOException e) {
            connection.abort();
            throw e;
        }
    }

    private void register(Path link) throws IOException {
        connection.ask(worker -> {
            worker.addIndirectRoot(link);
            return link;
        });
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
        release();
        return connection.ask(Worker::findRoots);
    }

    /// A connection that tried an import holds a temporary root on its path.
    @Override
    public void release() throws IOException {
        connection.close();
    }

    @Override
    public SortedSet<StorePath> dead() throws IOException {
        release();
        var dead = connection.once(Worker::dead);
        dead.retainAll(validPaths());
        return dead;
    }

    @Override
    public long collectGarbage(Collection<StorePath> paths) throws IOException {
        release();
        return connection.once(worker -> worker.delete(paths));
    }

    /// Compares the store with what is recorded of it.
    ///
    /// @param checkContents reads and hashes all of it
    /// @return whether all is well
    public boolean verify(boolean checkContents, boolean repair) throws IOException {
        return connection.once(worker -> worker.verify(checkContents, repair));
    }

    /// Adds signatures to a valid path; Nix doesn't verify them.
    public void addSignatures(StorePath path, Collection<String> signatures) throws IOException {
        if (info(path).isEmpty()) { // Nix would die of it.
            throw new MissingPathsException(url, List.of(path));
        }
        connection.once(worker -> {
            worker.addSignatures(path, signatures);
            return path;
        });
    }

    @Override
    public void sync() throws IOException {
        var store = root.resolve("nix/store");
        FileSystem.everything(store);
        if (!Files.getFileStore(store).equals(Files.getFileStore(state()))) {
            FileSystem.everything(state());
        }
    }

    @Override
    public Path profiles() {
        return indirectRoots
                ? options.own().toAbsolutePath().resolve("profiles")
                : state().resolve("profiles").resolve(OURS);
    }

    @Override
    public Optional<Path> physical(StorePath path) {
        return Optional.of(root.resolve(path.toString().substring(1)));
    }

    @Override
    public String url() {
        return url;
    }

    @Override
    public long freeBytes() throws IOException {
        return Files.getFileStore(root.resolve("nix/store")).getUsableSpace();
    }

    @Override
    public OptionalLong freeNodes() throws IOException {
        return FileSystem.freeNodes(root.resolve("nix/store"));
    }

    @Override
    public void abort() {
        connection.abort();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
