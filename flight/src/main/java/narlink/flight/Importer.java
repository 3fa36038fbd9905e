package narlink.flight;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import narlink.nix.DamagedPathException;
import narlink.nix.DifferentPathException;
import narlink.nix.Nix32;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.MalformedManifestException;
import narlink.pack.Manifest;
import narlink.pack.Outline;
import narlink.wire.SatelliteName;

/// Hands a deployment's paths to the store, references first, each with a root of its own from before it is valid until
/// the deployment has ended, and signed with the on-board Nix key once it has been checked.
final class Importer {
    private static final System.Logger LOG = System.getLogger(Importer.class.getName());

    /// Bytes of NARs between two syncs of the store.
    private static final long SYNC_BYTES = 64 << 20;

    private final Store store;
    private final SecretKey nixKey;
    private final SatelliteName satellite;
    private final Path scratch;
    private final Runnable progress;
    /// Bases that were read through by this process.
    private final Set<StorePath> sound = new HashSet<>();
    /// Paths that this process imported, or looked at.
    private final Set<StorePath> trusted = new HashSet<>();

    Importer(Store store, SecretKey nixKey, SatelliteName satellite, Path scratch, Runnable progress) {
        this.store = store;
        this.nixKey = nixKey;
        this.satellite = satellite;
        this.scratch = scratch;
        this.progress = progress;
    }

    /// What an import has come to.
    ///
    /// @param known with what was found to be unusable or, at its end, different
    /// @param stopped why it can't go on; empty where all paths are valid and durable
    record Outcome(KnownPaths known, Optional<IOException> stopped) {}

    /// Imports all paths of the deployment, telling `synced` what is durable; waits in `pack` for what has not
    /// arrived yet. Paths that were there before with other contents are left as they are.
    ///
    /// @param known as [#known] found them
    /// @param durable so many paths were durable when this process began: others that are valid are suspect, for an
    ///     import that was not synced may have lost contents in a power cut
    Outcome run(int deployment, Manifest manifest, KnownPaths known, int durable, PackStream pack, Synced synced)
            throws IOException {
        if (manifest.objects().isEmpty()) return new Outcome(known, Optional.empty());
        var different = new ArrayList<Integer>();
        var settled = new Settled(manifest, synced);
        pack.onGap(settled::now); // A pass may end here.
        try (var unpacker = new Unpacker(manifest, known.paths(), known.indexes(), store, pack, scratch)) {
            for (var next = unpacker.next(); next.isPresent(); next = unpacker.next()) {
                try (var path = next.get()) {
                    var entry = path.entry();
                    boolean suspect = settled.done >= durable && !trusted.contains(entry.path());
                    if (!add(deployment, manifest, known, path, suspect)) {
                        different.add(known.paths().size() + settled.done);
                    }
                    trusted.add(entry.path());
                    settled.add(entry.narSize());
                }
            }
            settled.now();
            return new Outcome(known.without(different), Optional.empty());
        } catch (Unpacker.UnusableException e) {
            settled.now();
            var found = known.without(e.damaged());
            e.damaged().stream()
                    .filter(index -> index < known.paths().size())
                    .forEach(index -> sound.remove(known.paths().get(index)));
            return new Outcome(found, Optional.of(e));
        }
    }

    /// Hears how many paths are durable, and which of them newly so.
    interface Synced {
        void on(int done, List<StorePath> fresh) throws IOException;
    }

    /// Makes imports durable in batches, and tells which are.
    private final class Settled {
        private final Manifest manifest;
        private final Synced told;
        private int done;
        private int synced;
        private long unsynced;

        Settled(Manifest manifest, Synced told) {
            this.manifest = manifest;
            this.told = told;
        }

        void add(long narSize) throws IOException {
            done++;
            unsynced += narSize;
            if (unsynced >= SYNC_BYTES) now();
        }

        void now() throws IOException {
            if (unsynced > 0) store.sync();
            unsynced = 0;
            var fresh = manifest.objects().subList(synced, done).stream()
                    .map(Manifest.Entry::path)
                    .toList();
            synced = done;
            told.on(done, fresh);
        }
    }

    /// The known paths by name, each under a root of this deployment, those that others are made of read through once.
    KnownPaths known(int deployment, Outline manifest) throws IOException {
        var known = KnownPaths.find(manifest, store);
        var missing = known.indexes();
        var roots = new HashMap<String, StorePath>();
        for (int i = 0; i < known.paths().size(); i++) {
            var path = known.paths().get(i);
            if (!missing.contains(i)) roots.put(rootPrefix(deployment) + path.baseName(), path);
        }
        store.root(roots);
        return known.checked(manifest, store, sound);
    }

    /// What the deployment brings, by what the store knows of the known paths.
    Manifest complete(Outline manifest, KnownPaths known) throws IOException, MalformedManifestException {
        return manifest.complete(known.board(manifest, store));
    }

    /// The targets, once [#run] is through.
    List<StorePath> targets(Outline manifest) throws IOException {
        var known = KnownPaths.find(manifest, store);
        var targets = new ArrayList<StorePath>();
        for (int target : manifest.targets()) {
            if (known.indexes().contains(target)) throw new IOException(known.reason(manifest));
            targets.add(target < known.paths().size() ? known.paths().get(target) : own(manifest, target));
        }
        return targets;
    }

    private StorePath own(Outline manifest, int index) throws IOException {
        var digest = Nix32.encode(
                manifest.items().get(index - manifest.known().size()).digest().toArray());
        return store.find(digest).orElseThrow(() -> new IOException(digest + " is not in the store any more"));
    }

    /// Gives a deployment's roots to the one that takes its place, so that nothing is collected in between.
    void bequeath(int deployment, int heir) throws IOException {
        var prefix = rootPrefix(deployment);
        var roots = new HashMap<String, StorePath>();
        store.roots().forEach((name, path) -> {
            if (name.startsWith(prefix)) roots.put(rootPrefix(heir) + name.substring(prefix.length()), path);
        });
        store.root(roots);
    }

    /// Looks at these again before they are counted on.
    void distrust(Collection<StorePath> paths) {
        sound.removeAll(paths);
        trusted.removeAll(paths);
    }

    /// Ends the deployment's roots; the profile's generation holds what it needs by now.
    void unroot(int deployment) throws IOException {
        var prefix = rootPrefix(deployment);
        for (var name : store.roots().keySet()) {
            if (name.startsWith(prefix)) store.unroot(name);
        }
        sound.clear();
        trusted.clear();
    }

    private boolean add(
            int deployment, Manifest manifest, KnownPaths known, Unpacker.Unpacked unpacked, boolean suspect)
            throws IOException {
        var entry = unpacked.entry();
        var references = new TreeSet<StorePath>();
        entry.references()
                .forEach(index -> references.add(
                        index < known.paths().size()
                                ? known.paths().get(index)
                                : manifest.objects()
                                        .get(index - known.paths().size())
                                        .path()));
        var info = new PathInfo(
                        entry.path(),
                        unpacked.narHash(),
                        entry.narSize(),
                        references,
                        Optional.empty(),
                        List.of(),
                        entry.contentAddress())
                .signedBy(nixKey);
        store.root(rootPrefix(deployment) + entry.path().baseName(), entry.path());
        try {
            if (suspect && lies(info)) {
                LOG.log(System.Logger.Level.WARNING, "{0} was damaged by a cut; importing it anew", entry.path());
                try (var nar = watched(unpacked.nar())) {
                    store.repair(info, nar);
                }
            } else {
                try (var nar = watched(unpacked.nar())) {
                    store.add(info, nar);
                }
            }
            return true;
        } catch (DifferentPathException e) {
            LOG.log(System.Logger.Level.WARNING, "left as it is: {0}", e.getMessage());
            return false;
        }
    }

    private InputStream watched(InputStream nar) {
        return new FilterInputStream(nar) {
            @Override
            public int read() throws IOException {
                progress.run();
                return super.read();
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                progress.run();
                return super.read(bytes, offset, length);
            }
        };
    }

    /// Whether the path is valid, but has not the contents that it was registered with.
    private boolean lies(PathInfo info) throws IOException {
        var present = store.info(info.path());
        if (present.isEmpty() || !present.get().narHash().equals(info.narHash())) return false;
        try {
            store.nar(info.path(), OutputStream.nullOutputStream());
            return false;
        } catch (DamagedPathException e) {
            LOG.log(System.Logger.Level.DEBUG, "suspect", e);
            return true;
        }
    }

    private String rootPrefix(int deployment) {
        return satellite + "/" + deployment + "/";
    }
}
