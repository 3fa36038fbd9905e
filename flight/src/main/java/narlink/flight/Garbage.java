package narlink.flight;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.nix.Store;
import narlink.nix.StorePath;

/// Deletes paths that Earth named, and none beside them. What a root on board needs, whoever made it, or what another
/// path needs, stays; Earth is told.
final class Garbage {
    private final Store store;

    Garbage(Store store) {
        this.store = store;
    }

    /// Deletes what it may.
    ///
    /// @param prefixes the beginning of the digest part of each path
    /// @return what became of it, in words: what stayed comes last, as much as is told
    String collect(List<Bytes> prefixes) throws IOException {
        var byDigest = new TreeMap<Bytes, StorePath>();
        for (var path : store.validPaths()) byDigest.put(Bytes.of(path.digestBytes()), path);
        var dead = store.dead();
        var doomed = new TreeSet<StorePath>();
        var kept = new ArrayList<String>();
        int gone = 0;
        for (var prefix : prefixes) {
            var found = found(prefix, byDigest);
            if (found.isEmpty()) gone++;
            else if (found.size() > 1) kept.add(prefix.hex() + " (ambiguous)");
            else if (dead.contains(found.first())) doomed.add(found.first());
            else kept.add(found.first().baseName() + " (alive)");
        }
        for (var path : needed(doomed, dead)) {
            doomed.remove(path);
            kept.add(path.baseName() + " (another path needs it)");
        }
        long freed = doomed.isEmpty() ? 0 : store.collectGarbage(doomed);
        store.sync();
        return "deleted %d of %d paths, %d were gone; %d bytes freed%s"
                .formatted(
                        doomed.size(),
                        prefixes.size(),
                        gone,
                        freed,
                        kept.isEmpty() ? "" : "; " + kept.size() + " kept: " + String.join(", ", kept));
    }

    private static SortedSet<StorePath> found(Bytes prefix, NavigableMap<Bytes, StorePath> byDigest) {
        var found = new TreeSet<StorePath>();
        for (var entry : byDigest.tailMap(prefix, true).entrySet()) {
            if (!entry.getKey().startsWith(prefix) || found.size() > 1) break;
            found.add(entry.getValue());
        }
        return found;
    }

    /// Those of the doomed that a path refers to which stays. Whatever refers to a dead path is dead too.
    private SortedSet<StorePath> needed(SortedSet<StorePath> doomed, SortedSet<StorePath> dead) throws IOException {
        var needed = new TreeSet<StorePath>();
        if (doomed.isEmpty()) return needed;
        Map<StorePath, SortedSet<StorePath>> references = new HashMap<>();
        store.infos(dead).forEach((path, info) -> references.put(path, info.references()));
        var staying = new TreeSet<>(dead);
        staying.removeAll(doomed);
        for (var wave = staying; !wave.isEmpty(); ) {
            var next = new TreeSet<StorePath>();
            for (var path : wave) next.addAll(references.getOrDefault(path, new TreeSet<>()));
            next.retainAll(doomed);
            next.removeAll(needed);
            needed.addAll(next);
            wave = next;
        }
        return needed;
    }
}
