package narlink.ground.simulation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import narlink.Sha256;
import narlink.nix.DamagedPathException;
import narlink.nix.DifferentPathException;
import narlink.nix.MissingPathsException;
import narlink.nix.NarException;
import narlink.nix.NarParser;
import narlink.nix.NarVisitor;
import narlink.nix.PathInfo;
import narlink.nix.Store;
import narlink.nix.StorePath;

/// A store as Nix's is, with what was learnt of it the hard way: valid is not durable; what was not synced may be gone
/// after a power cut, or be valid without its contents; a connection that imported keeps what it imported alive; a
/// failed import leaves a path's files behind; collecting refuses what is alive, by roots or by the profiles' links.
final class SimulatedStore implements Store {
    private static final long SIZE = 1L << 40;
    /// Bytes that are left where a path's files were, after an import that did not come to its end.
    private static final int LEFTOVER = 4096;

    private final String url;
    private final Path profiles;
    private final Power power;
    private final Optional<SimulatedDisk> disk;
    private final Watcher watcher;
    private final Map<StorePath, Held> paths = new LinkedHashMap<>();
    private final SortedMap<String, StorePath> roots = new TreeMap<>();
    private final Set<StorePath> temporaryRoots = new HashSet<>();
    private final Set<StorePath> leftovers = new TreeSet<>();
    private boolean full;
    private int failures;

    /// Hears what narlink does to it.
    interface Watcher {
        void added(PathInfo info, byte[] nar);

        void deleted(Collection<StorePath> paths);

        Watcher NONE = new Watcher() {
            @Override
            public void added(PathInfo info, byte[] nar) {}

            @Override
            public void deleted(Collection<StorePath> paths) {}
        };
    }

    /// @param synced whether its contents outlive a power cut
    /// @param registered whether that it is valid does: what is repaired in place stays so
    private record Held(PathInfo info, byte[] nar, boolean synced, boolean registered) {
        static Held durable(PathInfo info, byte[] nar) {
            return new Held(info, nar, true, true);
        }
    }

    /// @param disk where the links of its profiles lie; empty where it has none
    SimulatedStore(String url, Path profiles, Power power, Optional<SimulatedDisk> disk, Watcher watcher) {
        this.url = url;
        this.profiles = profiles;
        this.power = power;
        this.disk = disk;
        this.watcher = watcher;
    }

    /// What the next start finds. Nix's database keeps the order of registrations.
    SimulatedStore afterwards(Power next, SimulatedDisk disk, boolean cut) {
        var left = new SimulatedStore(url, profiles, next, Optional.of(disk), watcher);
        left.roots.putAll(roots);
        left.leftovers.addAll(leftovers);
        left.full = full;
        for (var held : paths.values()) {
            var info = held.info();
            if (!cut || held.synced()) {
                if (left.paths.keySet().containsAll(others(info))) left.paths.put(info.path(), held);
                continue;
            }
            boolean lost = !held.registered() && power.random.nextInt(3) == 0;
            boolean gone = lost || !left.paths.keySet().containsAll(others(info));
            if (gone) {
                power.trace.fault(Fault.UNSYNCED_LOST);
                continue;
            }
            boolean empty = power.random.nextBoolean();
            if (empty) power.trace.fault(Fault.VALID_BUT_EMPTY);
            left.paths.put(info.path(), Held.durable(info, empty ? new byte[held.nar().length] : held.nar()));
        }
        return left;
    }

    private static Collection<StorePath> others(PathInfo info) {
        var others = new TreeSet<>(info.references());
        others.remove(info.path());
        return others;
    }

    void full(boolean full) {
        this.full = full;
    }

    /// The next requests fail.
    void fail(int count) {
        failures = count;
    }

    /// A bit of some path's contents flips.
    ///
    /// @return which
    Optional<StorePath> rot() {
        if (paths.isEmpty()) return Optional.empty();
        var path = List.copyOf(paths.keySet()).get(power.random.nextInt(paths.size()));
        var held = held(path).orElseThrow();
        byte[] nar = held.nar().clone();
        nar[power.random.nextInt(nar.length)] ^= (byte) (1 << power.random.nextInt(8));
        paths.put(path, new Held(held.info(), nar, held.synced(), held.registered()));
        return Optional.of(path);
    }

    /// Puts a path there, whoever does so.
    void put(PathInfo info, byte[] nar) {
        paths.put(info.path(), Held.durable(info, nar));
    }

    private Optional<Held> held(StorePath path) {
        return Optional.ofNullable(paths.get(path));
    }

    /// All valid paths with what was registered of them, as nobody's process sees them.
    SortedMap<StorePath, PathInfo> all() {
        var all = new TreeMap<StorePath, PathInfo>();
        paths.values().forEach(held -> all.put(held.info().path(), held.info()));
        return all;
    }

    /// Whether a valid path has the contents that it was registered with.
    boolean isSound(StorePath path) {
        return held(path)
                .filter(held -> Sha256.of(held.nar()).equals(held.info().narHash()))
                .isPresent();
    }

    /// Deletes what no root needs, whoever does so.
    ///
    /// @return how many paths
    int collect() {
        var dead = new TreeSet<>(paths.keySet());
        dead.removeAll(alive());
        paths.keySet().removeAll(dead);
        leftovers.clear();
        return dead.size();
    }

    private Set<StorePath> alive() {
        var alive = new HashSet<StorePath>();
        var wave = new ArrayList<StorePath>(roots.values());
        wave.addAll(profileRoots().values());
        wave.addAll(temporaryRoots);
        while (!wave.isEmpty()) {
            var path = wave.removeLast();
            var held = held(path);
            if (held.isPresent() && alive.add(path))
                wave.addAll(held.get().info().references());
        }
        return alive;
    }

    private SortedMap<String, StorePath> profileRoots() {
        var found = new TreeMap<String, StorePath>();
        if (disk.isEmpty()) return found;
        disk.get().links(profiles).forEach((name, target) -> {
            if (target.startsWith(StorePath.STORE_DIR))
                found.put(profiles.resolve(name).toString(), StorePath.parse(target));
        });
        return found;
    }

    private void request() throws IOException {
        power.check();
        if (failures == 0) return;
        failures--;
        power.trace.fault(Fault.STORE_ERROR);
        throw new IOException("error: the daemon has closed the connection");
    }

    @Override
    public Optional<PathInfo> info(StorePath path) throws IOException {
        request();
        return held(path).map(Held::info);
    }

    @Override
    public SortedMap<StorePath, PathInfo> infos(Collection<StorePath> wanted) throws IOException {
        request();
        var infos = new TreeMap<StorePath, PathInfo>();
        for (var path : wanted) held(path).ifPresent(held -> infos.put(path, held.info()));
        return infos;
    }

    @Override
    public Optional<StorePath> find(String hashPart) throws IOException {
        request();
        return paths.keySet().stream()
                .filter(path -> path.digest().equals(hashPart))
                .findFirst();
    }

    @Override
    public SortedSet<StorePath> validPaths() throws IOException {
        request();
        return new TreeSet<>(paths.keySet());
    }

    @Override
    public void nar(StorePath path, OutputStream out) throws IOException {
        request();
        var held = held(path).orElseThrow(() -> new MissingPathsException(url, List.of(path)));
        out.write(held.nar());
        var hash = Sha256.of(held.nar());
        if (!hash.equals(held.info().narHash())) throw new DamagedPathException(path, "its NAR hash is " + hash.hex());
    }

    @Override
    public void add(PathInfo info, InputStream nar) throws IOException {
        request();
        var present = held(info.path());
        if (present.isEmpty()) {
            take(info, nar);
        } else if (!present.get().info().narHash().equals(info.narHash())) {
            throw new DifferentPathException(info.path(), present.get().info().narHash(), info.narHash());
        }
    }

    @Override
    public void repair(PathInfo info, InputStream nar) throws IOException {
        request();
        take(info, nar);
    }

    private void take(PathInfo info, InputStream nar) throws IOException {
        var missing = new TreeSet<>(others(info));
        missing.removeAll(paths.keySet());
        if (!missing.isEmpty()) throw new MissingPathsException(url, missing);
        if (full) throw new IOException("error: writing to file: No space left on device");
        leftovers.add(info.path());
        power.boundary();
        var bytes = new ByteArrayOutputStream();
        nar.transferTo(bytes);
        byte[] contents = bytes.toByteArray();
        var parser = new NarParser(NarVisitor.NONE, info.narSize());
        parser.feed(contents, 0, contents.length);
        parser.end();
        if (!Sha256.of(contents).equals(info.narHash())) throw new NarException(contents.length, "its hash is another");
        power.boundary();
        boolean registered = held(info.path()).filter(Held::registered).isPresent();
        paths.put(info.path(), new Held(info, contents, false, registered));
        temporaryRoots.add(info.path());
        leftovers.remove(info.path());
        watcher.added(info, contents);
        power.boundary();
    }

    @Override
    public void root(Map<String, StorePath> added) throws IOException {
        request();
        for (var root : new TreeMap<>(added).entrySet()) {
            power.boundary();
            roots.put(root.getKey(), root.getValue());
        }
    }

    @Override
    public void unroot(String name) {
        power.boundary();
        roots.remove(name);
    }

    @Override
    public Map<String, StorePath> roots() {
        power.check();
        return Collections.unmodifiableMap(new TreeMap<>(roots));
    }

    @Override
    public Map<String, StorePath> allRoots() throws IOException {
        release();
        request();
        var all = new TreeMap<String, StorePath>();
        roots.forEach((name, path) -> all.put("/nix/var/nix/gcroots/narlink/" + name, path));
        all.putAll(profileRoots());
        all.values().retainAll(paths.keySet());
        return all;
    }

    @Override
    public void release() {
        power.check();
        temporaryRoots.clear();
    }

    @Override
    public SortedSet<StorePath> dead() throws IOException {
        release();
        request();
        var dead = new TreeSet<>(paths.keySet());
        dead.removeAll(alive());
        return dead;
    }

    @Override
    public long collectGarbage(Collection<StorePath> doomed) throws IOException {
        release();
        request();
        var alive = alive();
        long freed = 0;
        var gone = new TreeSet<StorePath>();
        for (var path : doomed) {
            if (alive.contains(path)) throw new IOException("error: cannot delete path '" + path + "': still alive");
            var referrer = paths.values().stream()
                    .map(Held::info)
                    .filter(info -> others(info).contains(path) && !doomed.contains(info.path()))
                    .findFirst();
            if (referrer.isPresent()) {
                throw new IOException("error: cannot delete path '" + path + "': "
                        + referrer.get().path() + " refers to it");
            }
        }
        power.boundary();
        for (var path : doomed) {
            var held = held(path);
            if (held.isPresent()) {
                freed += held.get().nar().length;
                paths.remove(path);
                gone.add(path);
            } else if (leftovers.remove(path)) {
                freed += LEFTOVER;
            }
        }
        watcher.deleted(gone);
        power.boundary();
        return freed;
    }

    @Override
    public void sync() throws IOException {
        request();
        power.boundary();
        paths.replaceAll((path, held) -> Held.durable(held.info(), held.nar()));
        power.boundary();
    }

    @Override
    public Path profiles() {
        return profiles;
    }

    @Override
    public Optional<Path> physical(StorePath path) {
        return Optional.empty();
    }

    @Override
    public String url() {
        return url;
    }

    @Override
    public long freeBytes() throws IOException {
        request();
        return full ? 0 : SIZE;
    }

    @Override
    public void close() {}
}
