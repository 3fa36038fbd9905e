package narlink.flight;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import narlink.Bytes;
import narlink.nix.DifferentPathException;
import narlink.nix.Nix32;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.Manifest;
import narlink.wire.SatelliteName;
import org.jspecify.annotations.Nullable;

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

    Importer(Store store, SecretKey nixKey, SatelliteName satellite, Path scratch) {
        this.store = store;
        this.nixKey = nixKey;
        this.satellite = satellite;
        this.scratch = scratch;
    }

    /// The manifest does not fit this store: a path that it counts on is not here.
    static final class MissingKnownPathException extends IOException {
        private static final long serialVersionUID = 1;

        MissingKnownPathException(String message) {
            super(message);
        }
    }

    /// Imports all paths of the deployment, telling `synced` how many are durable; waits in `pack` for what has not
    /// arrived yet.
    ///
    /// @return paths that were there before with other contents, and were left as they are
    List<StorePath> run(int deployment, Manifest manifest, InputStream pack, IntConsumer synced) throws IOException {
        var known = known(deployment, manifest);
        var different = new ArrayList<StorePath>();
        if (manifest.objects().isEmpty()) {
            return different;
        }
        try (var unpacker = new Unpacker(manifest, known, store, pack, scratch)) {
            long unsynced = 0;
            int done = 0;
            for (var next = unpacker.next(); next.isPresent(); next = unpacker.next()) {
                try (var path = next.get()) {
                    if (!add(deployment, manifest, known, path))
                        different.add(path.entry().path());
                    unsynced += path.entry().narSize();
                }
                done++;
                if (unsynced >= SYNC_BYTES) {
                    store.sync();
                    synced.accept(done);
                    unsynced = 0;
                }
            }
            store.sync();
            synced.accept(done);
        }
        return different;
    }

    /// The targets, once [#run] is through.
    List<StorePath> targets(int deployment, Manifest manifest) throws IOException {
        var known = known(deployment, manifest);
        return manifest.targets().stream()
                .map(index -> path(index, manifest, known))
                .toList();
    }

    /// Ends the deployment's roots; the profile's generation holds what it needs by now.
    void unroot(int deployment) throws IOException {
        var prefix = rootPrefix(deployment);
        for (var name : store.roots().keySet()) {
            if (name.startsWith(prefix)) store.unroot(name);
        }
    }

    private boolean add(int deployment, Manifest manifest, List<StorePath> known, Unpacker.Unpacked unpacked)
            throws IOException {
        var entry = unpacked.entry();
        var references = new TreeSet<StorePath>();
        entry.references().forEach(index -> references.add(path(index, manifest, known)));
        var info = new PathInfo(
                entry.path(),
                unpacked.narHash(),
                entry.narSize(),
                references,
                Optional.empty(),
                List.of(),
                entry.contentAddress());
        store.root(rootPrefix(deployment) + entry.path().baseName(), entry.path());
        try (var nar = unpacked.nar()) {
            store.add(info.signedBy(nixKey), nar);
            return true;
        } catch (DifferentPathException e) {
            LOG.log(System.Logger.Level.WARNING, "left as it is: {0}", e.getMessage());
            return false;
        }
    }

    /// The known paths by name, each under a root of this deployment.
    private List<StorePath> known(int deployment, Manifest manifest) throws IOException {
        var known = new ArrayList<StorePath>(manifest.known().size());
        var byDigest = new KnownPaths(store);
        for (var prefix : manifest.known()) {
            var path = byDigest.find(prefix)
                    .orElseThrow(() -> new MissingKnownPathException(
                            "needs a path that is not in the store, its digest beginning with " + prefix.hex()
                                    + "; send again to plan against what is on board"));
            store.root(rootPrefix(deployment) + path.baseName(), path);
            known.add(path);
        }
        return known;
    }

    private static StorePath path(int index, Manifest manifest, List<StorePath> known) {
        return index < known.size()
                ? known.get(index)
                : manifest.objects().get(index - known.size()).path();
    }

    private String rootPrefix(int deployment) {
        return satellite + "/" + deployment + "/";
    }

    /// Finds paths by the first bytes of their digest part.
    private static final class KnownPaths {
        private final Store store;
        private @Nullable NavigableMap<Bytes, StorePath> all;

        KnownPaths(Store store) {
            this.store = store;
        }

        Optional<StorePath> find(Bytes prefix) throws IOException {
            if (prefix.size() == 20) return store.find(Nix32.encode(prefix.toArray()));
            if (all == null) {
                all = new TreeMap<>();
                for (var path : store.validPaths()) all.put(Bytes.of(path.digestBytes()), path);
            }
            var entry = all.ceilingEntry(prefix);
            if (entry == null || !entry.getKey().startsWith(prefix)) return Optional.empty();
            var following = all.higherEntry(entry.getKey());
            boolean ambiguous = following != null && following.getKey().startsWith(prefix);
            return ambiguous ? Optional.empty() : Optional.of(entry.getValue());
        }
    }
}
