package narlink.ground;

import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import narlink.Bytes;
import narlink.Sha256;
import narlink.inventory.PathId;
import narlink.nix.PathInfo;
import narlink.nix.StoreDigest;
import narlink.nix.StorePath;
import narlink.wire.Report;
import narlink.wire.StoreQuestion;

/// What Earth knows of a satellite's store.
///
/// @param verified the state of the store that these paths were found to be, question by question; empty where they
///     never were, or have changed since
public record Mirror(SortedMap<StorePath, Item> paths, Optional<Bytes> verified) {
    public Mirror {
        paths = Collections.unmodifiableSortedMap(new TreeMap<>(paths));
    }

    /// Whether the satellite has said so itself.
    public enum Belief {
        /// Told by a human, or to be expected, and not contradicted.
        PREDICTED,
        /// It is there, but its files are not what was registered, so that nothing can be made of it.
        DAMAGED,
        /// It is there with other contents than Earth's, so that nothing can be made of it.
        DIFFERENT,
        /// Follows from what was reported.
        ACKNOWLEDGED
    }

    /// @param narHash the whole, or the beginning that a [PathId] needs where no more was told
    /// @param narSize 0 where it was not told
    /// @param references empty where they are not known
    public record Item(
            StorePath path, Bytes narHash, long narSize, Optional<SortedSet<StorePath>> references, Belief belief) {
        public Item {
            if (narHash.size() < PathId.HASH_BYTES) throw new IllegalArgumentException("NAR hash of " + path);
            references = references.map(paths -> Collections.unmodifiableSortedSet(new TreeSet<>(paths)));
        }

        /// One whose references are not known.
        public Item(StorePath path, Sha256 narHash, long narSize, Belief belief) {
            this(path, narHash.bytes(), narSize, Optional.empty(), belief);
        }

        /// Of a store on Earth.
        static Item of(PathInfo info, Belief belief) {
            return new Item(
                    info.path(), info.narHash().bytes(), info.narSize(), Optional.of(info.references()), belief);
        }

        Item as(Belief other) {
            return new Item(path, narHash, narSize, references, other);
        }

        public long id() {
            return PathId.of(path, narHash);
        }

        /// Whether all of the NAR hash is known.
        public boolean isWhole() {
            return narHash.size() == Sha256.LENGTH;
        }

        /// Whether it has these contents, as far as is known.
        public boolean has(Sha256 contents) {
            return contents.bytes().startsWith(narHash);
        }

        /// Whether a path can be made of it, given that Earth has these contents.
        public boolean isBase(Sha256 contents) {
            return belief != Belief.DAMAGED && belief != Belief.DIFFERENT && has(contents);
        }
    }

    public static Mirror of(Collection<Item> items) {
        return of(items, Optional.empty());
    }

    public static Mirror of(Collection<Item> items, Optional<Bytes> verified) {
        var paths = new TreeMap<StorePath, Item>();
        items.forEach(item -> paths.put(item.path(), item));
        return new Mirror(paths, verified);
    }

    /// Everything believed to be there, by report or by word.
    public Set<StorePath> believed() {
        return paths.keySet();
    }

    /// [#believed] without what is damaged: that has to be sent again.
    Set<StorePath> sound() {
        return paths.values().stream()
                .filter(item -> item.belief() != Belief.DAMAGED)
                .map(Item::path)
                .collect(Collectors.toSet());
    }

    public long acknowledged() {
        return paths.size() - count(Belief.PREDICTED);
    }

    public long count(Belief belief) {
        return paths.values().stream().filter(item -> item.belief() == belief).count();
    }

    /// What is believed to be damaged.
    Report.Damage damage() {
        var damage = Report.Damage.NONE;
        for (var item : paths.values()) {
            if (item.belief() == Belief.DAMAGED) damage = damage.with(item.id());
        }
        return damage;
    }

    /// The store digest of just these paths; empty where the NAR hash of one is not known as a whole.
    public Optional<Sha256> digest() {
        if (!paths.values().stream().allMatch(Item::isWhole)) return Optional.empty();
        var digest = new StoreDigest();
        paths.values().forEach(item -> digest.put(item.path(), new Sha256(item.narHash())));
        return Optional.of(digest.digest());
    }

    /// Whether a store with this digest holds just these paths.
    ///
    /// @param storeDigest the whole of it, or as much as a report tells
    public boolean is(Bytes storeDigest) {
        var told = Optional.of(beginning(storeDigest));
        return verified.equals(told)
                || digest().map(Sha256::bytes).map(Mirror::beginning).equals(told);
    }

    static Bytes beginning(Bytes digest) {
        return digest.slice(0, StoreQuestion.DIGEST_BYTES);
    }

    /// Changes whenever a path comes, goes, or gets other contents.
    public static long fingerprint(Collection<Item> items) {
        return items.stream().mapToLong(Item::id).reduce(0, (a, b) -> a ^ b);
    }
}
