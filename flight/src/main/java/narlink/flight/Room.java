package narlink.flight;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.Manifest;

/// Whether the disk has room for what a deployment brings, asked before the first import: a shortage is told, not run
/// into.
///
/// @param reserve bytes that are to stay free for others
record Room(Store store, Disk disk, long reserve) {
    static final long DEFAULT_RESERVE = 64 << 20;

    private static final System.Logger LOG = System.getLogger(Room.class.getName());
    /// What a file system may take for a node beside the bytes in it.
    private static final long NODE_BYTES = 4096;
    /// Bytes without which the state directory counts as full: less than one block may take.
    static final long LEAST = 1 << 20;

    /// Why the paths that are still to come can't all be imported, with the figures. What failed imports left is
    /// removed first, if that is what is short.
    Optional<String> shortage(Manifest manifest) throws IOException {
        var missing = new ArrayList<StorePath>();
        var present = store.infos(
                manifest.objects().stream().map(Manifest.Entry::path).toList());
        long bytes = 0;
        long largest = 0;
        for (var entry : manifest.objects()) {
            if (present.containsKey(entry.path())) continue;
            missing.add(entry.path());
            bytes += entry.narSize();
            largest = Math.max(largest, entry.narSize());
        }
        if (missing.isEmpty()) return Optional.empty();
        // Where some of it is here already, the same share of the nodes is.
        long nodes = Math.ceilDiv(
                manifest.nodes() * missing.size(), manifest.objects().size());
        var need = new Need(bytes + nodes * NODE_BYTES, largest, nodes);
        if (lacking(need).isEmpty()) return Optional.empty();
        try {
            long freed = store.collectGarbage(missing);
            LOG.log(System.Logger.Level.INFO, "removed {0} bytes that failed imports had left", freed);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "what failed imports left can't be removed", e);
        }
        return lacking(need);
    }

    /// @param store bytes in the store
    /// @param scratch bytes beside the state, for one NAR
    private record Need(long store, long scratch, long nodes) {}

    private Optional<String> lacking(Need need) throws IOException {
        // Store and state may share a file system.
        long inStore = need.store() + need.scratch() + reserve;
        if (store.freeBytes() < inStore) return Optional.of(paused("bytes in the store", inStore, store.freeBytes()));
        long inState = need.scratch() + reserve;
        if (disk.freeBytes() < inState) {
            return Optional.of(paused("bytes in the state directory", inState, disk.freeBytes()));
        }
        var nodes = store.freeNodes();
        return nodes.isPresent() && nodes.getAsLong() < need.nodes()
                ? Optional.of(paused("inodes in the store", need.nodes(), nodes.getAsLong()))
                : Optional.empty();
    }

    static String paused(String what, long need, long free) {
        return String.format(Locale.ROOT, "PAUSED(disk): needs %,d %s, %,d are free; make room", need, what, free);
    }
}
