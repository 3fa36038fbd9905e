package narlink.flight;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import narlink.Sha256;
import narlink.nix.DamagedPathException;
import narlink.nix.DifferentPathException;
import narlink.nix.MissingPathsException;
import narlink.nix.PathInfo;
import narlink.nix.Store;
import narlink.nix.StorePath;

/// A store as Nix's is when power fails: valid is not durable. A path that was not synced may be gone afterwards, or be
/// valid with contents that never reached the disk.
final class BrittleStore implements Store {
    private final Power power;
    private final Path profiles;
    private final Map<StorePath, Held> paths = new LinkedHashMap<>();
    private final Map<String, StorePath> roots = new HashMap<>();

    private record Held(PathInfo info, byte[] nar, boolean synced) {}

    BrittleStore(Power power, Path profiles) {
        this.power = power;
        this.profiles = profiles;
    }

    /// What a new start finds. Nix's database keeps the order of registrations.
    BrittleStore afterwards(Power next) {
        synchronized (power) {
            var left = new BrittleStore(next, profiles);
            left.roots.putAll(roots);
            for (var held : paths.values()) {
                boolean gone = !held.synced() && power.random.nextInt(3) == 0
                        || !left.paths.keySet().containsAll(others(held.info()));
                if (gone) continue;
                boolean damaged = !held.synced() && power.random.nextBoolean();
                byte[] nar = damaged ? new byte[held.nar().length] : held.nar();
                left.paths.put(held.info().path(), new Held(held.info(), nar, true));
            }
            return left;
        }
    }

    private static Collection<StorePath> others(PathInfo info) {
        var others = new TreeSet<>(info.references());
        others.remove(info.path());
        return others;
    }

    @Override
    public Optional<PathInfo> info(StorePath path) throws IOException {
        synchronized (power) {
            power.check();
            return Optional.ofNullable(paths.get(path)).map(Held::info);
        }
    }

    @Override
    public Optional<StorePath> find(String hashPart) throws IOException {
        return validPaths().stream()
                .filter(path -> path.digest().equals(hashPart))
                .findFirst();
    }

    @Override
    public SortedSet<StorePath> validPaths() throws IOException {
        synchronized (power) {
            power.check();
            return new TreeSet<>(paths.keySet());
        }
    }

    @Override
    public void nar(StorePath path, OutputStream out) throws IOException {
        byte[] nar;
        PathInfo info;
        synchronized (power) {
            power.check();
            var held = paths.get(path);
            if (held == null) throw new MissingPathsException(url(), new TreeSet<>(java.util.List.of(path)));
            nar = held.nar();
            info = held.info();
        }
        out.write(nar);
        if (!Sha256.of(nar).equals(info.narHash())) {
            throw new DamagedPathException(
                    path, "its NAR hash is " + Sha256.of(nar).hex());
        }
    }

    @Override
    public void add(PathInfo info, InputStream nar) throws IOException {
        var present = info(info.path());
        if (present.isEmpty()) put(info, nar);
        else if (!present.get().narHash().equals(info.narHash()))
            throw new DifferentPathException(info.path(), present.get().narHash(), info.narHash());
    }

    @Override
    public void repair(PathInfo info, InputStream nar) throws IOException {
        put(info, nar);
    }

    private void put(PathInfo info, InputStream nar) throws IOException {
        var bytes = new ByteArrayOutputStream();
        nar.transferTo(bytes);
        if (!Sha256.of(bytes.toByteArray()).equals(info.narHash())) throw new IOException("hash mismatch");
        synchronized (power) {
            power.boundary();
            var missing = new TreeSet<>(others(info));
            missing.removeAll(paths.keySet());
            if (!missing.isEmpty()) throw new MissingPathsException(url(), missing);
            if (!roots.containsValue(info.path())) throw new IllegalStateException(info.path() + " has no root");
            paths.put(info.path(), new Held(info, bytes.toByteArray(), false));
            power.boundary();
        }
    }

    @Override
    public void root(Map<String, StorePath> added) throws IOException {
        synchronized (power) {
            if (added.isEmpty()) return;
            power.boundary();
            roots.putAll(added);
            power.boundary();
        }
    }

    @Override
    public void unroot(String name) throws IOException {
        synchronized (power) {
            power.boundary();
            roots.remove(name);
            power.boundary();
        }
    }

    @Override
    public Map<String, StorePath> roots() throws IOException {
        synchronized (power) {
            power.check();
            return Map.copyOf(roots);
        }
    }

    @Override
    public Map<String, StorePath> allRoots() throws IOException {
        return roots();
    }

    @Override
    public SortedSet<StorePath> dead() throws IOException {
        var dead = validPaths();
        dead.removeAll(closure(roots().values().stream().filter(dead::contains).toList()));
        return dead;
    }

    @Override
    public long collectGarbage(Collection<StorePath> dead) throws IOException {
        power.check();
        return 0;
    }

    @Override
    public void sync() throws IOException {
        synchronized (power) {
            power.boundary();
            paths.replaceAll((path, held) -> new Held(held.info(), held.nar(), true));
            power.boundary();
        }
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
        return "brittle";
    }

    @Override
    public long freeBytes() {
        return 1L << 40;
    }

    @Override
    public void close() {}
}
