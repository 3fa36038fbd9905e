package narlink.ground;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import narlink.Sha256;
import narlink.nix.StoreDigest;
import narlink.nix.StorePath;

/// What Earth knows of a satellite's store.
public record Mirror(SortedMap<StorePath, Item> paths) {
    public Mirror {
        paths = Collections.unmodifiableSortedMap(new TreeMap<>(paths));
    }

    /// Whether the satellite has said so itself.
    public enum Belief {
        /// Told by a human, and not contradicted.
        PREDICTED,
        /// It is there with other contents than Earth's, so that nothing can be made of it.
        DAMAGED,
        /// Follows from a report.
        ACKNOWLEDGED
    }

    public record Item(StorePath path, Sha256 narHash, long narSize, Belief belief) {
        Item as(Belief other) {
            return new Item(path, narHash, narSize, other);
        }
    }

    public static Mirror of(Collection<Item> items) {
        var paths = new TreeMap<StorePath, Item>();
        items.forEach(item -> paths.put(item.path(), item));
        return new Mirror(paths);
    }

    /// Everything believed to be there, by report or by word.
    public Set<StorePath> believed() {
        return paths.keySet();
    }

    public long acknowledged() {
        return paths.values().stream()
                .filter(item -> item.belief() == Belief.ACKNOWLEDGED)
                .count();
    }

    public Sha256 digest() {
        var digest = new StoreDigest();
        paths.values().forEach(item -> digest.put(item.path(), item.narHash()));
        return digest.digest();
    }
}
