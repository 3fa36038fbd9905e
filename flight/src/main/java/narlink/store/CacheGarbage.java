package narlink.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import narlink.nix.NarInfo;
import narlink.nix.StorePath;

/// Deletes given paths from a binary cache directory. All or nothing of them: nothing goes if one is alive.
final class CacheGarbage {
    private final CacheStore store;
    private final Path directory;

    CacheGarbage(CacheStore store, Path directory) {
        this.store = store;
        this.directory = directory;
    }

    /// Deletes `paths` and says how many bytes that freed.
    long collect(Collection<StorePath> paths) throws IOException {
        var doomed = new TreeSet<>(paths);
        var kept = store.validPaths();
        kept.removeAll(doomed);
        requireDead(doomed, kept);
        var needed = new HashSet<String>();
        for (var path : kept) {
            store.narInfo(path).ifPresent(narInfo -> needed.add(narInfo.url()));
        }
        long freed = 0;
        for (var path : doomed) {
            freed += delete(path, needed);
        }
        FileSystem.directory(directory);
        return freed;
    }

    private void requireDead(Set<StorePath> doomed, Set<StorePath> kept) throws IOException {
        var rooted = new TreeSet<>(store.roots().values());
        rooted.addAll(new RootLinks(store.profiles()).all().values());
        for (var root : rooted) {
            if (doomed.contains(root)) {
                throw new IOException(root + " is alive: a GC root or profile leads to it; nothing was deleted");
            }
        }
        for (var info : store.infos(kept).values()) {
            for (var reference : info.references()) {
                if (doomed.contains(reference)) {
                    throw new IOException(
                            reference + " is alive: " + info.path() + " refers to it; nothing was deleted, list both");
                }
            }
        }
    }

    private long delete(StorePath path, Set<String> needed) throws IOException {
        var narInfo = store.narInfo(path);
        if (narInfo.isEmpty()) {
            return 0;
        }
        Files.delete(directory.resolve(NarInfo.fileName(path)));
        FileSystem.directory(directory); // No narinfo may come back whose NAR is gone.
        var nar = directory.resolve(narInfo.get().url());
        if (needed.contains(narInfo.get().url())) { // Another path has the same contents.
            return 0;
        }
        try {
            long size = Files.size(nar);
            Files.delete(nar);
            return size;
        } catch (NoSuchFileException e) { // A path without its NAR was damaged anyway.
            return 0;
        }
    }
}
