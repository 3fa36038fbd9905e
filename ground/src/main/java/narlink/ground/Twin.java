package narlink.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.nix.StorePath;

/// Makes a store on Earth hold what a satellite's mirror says, so that an update can be tried on Earth first.
public final class Twin {
    private final Mirror mirror;
    private final SecretKey key;

    /// @param key signs what is copied; the twin has to trust it
    public Twin(Mirror mirror, SecretKey key) {
        this.mirror = mirror;
        this.key = key;
    }

    /// What became of it.
    ///
    /// @param lacking paths of the mirror that no store on Earth has with these contents, or whose references are such
    public record Made(int copied, int deleted, List<StorePath> lacking) {}

    /// Copies what is missing and deletes what is too much.
    public Made refresh(Store twin, List<Store> earth) throws IOException {
        int deleted = delete(twin);
        var lacking = new TreeSet<>(mirror.believed());
        lacking.removeAll(twin.validPaths());
        int copied = 0;
        for (var store : earth) {
            var found = new TreeMap<StorePath, PathInfo>();
            for (var info : store.infos(lacking).values()) {
                var item = mirror.paths().get(info.path());
                if (item != null && item.has(info.narHash())) found.put(info.path(), info);
            }
            for (var path : store.inReferenceOrder(found.keySet())) {
                var info = Optional.ofNullable(found.get(path)).orElseThrow();
                if (info.references().stream().anyMatch(other -> !other.equals(path) && lacking.contains(other)))
                    continue;
                copy(store, info, twin);
                lacking.remove(path);
                copied++;
            }
        }
        twin.sync();
        twin.release();
        return new Made(copied, deleted, List.copyOf(lacking));
    }

    private int delete(Store twin) throws IOException {
        var surplus = new ArrayList<StorePath>();
        for (var info : twin.infos(twin.validPaths()).values()) {
            var item = mirror.paths().get(info.path());
            if (item == null || !item.has(info.narHash())) surplus.add(info.path());
        }
        var alive = new TreeSet<>(surplus);
        alive.removeAll(twin.dead());
        if (!alive.isEmpty()) {
            throw new IOException("roots in " + twin.url() + " hold what is not on board: " + alive.first()
                    + "; remove them, or make the twin anew elsewhere");
        }
        if (!surplus.isEmpty()) twin.collectGarbage(surplus);
        return surplus.size();
    }

    private void copy(Store from, PathInfo info, Store twin) throws IOException {
        var file = Files.createTempFile("narlink-twin", ".nar");
        try {
            try (var out = Files.newOutputStream(file)) {
                from.nar(info.path(), out);
            }
            try (var in = Files.newInputStream(file)) {
                twin.add(info.signedBy(key), in);
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
