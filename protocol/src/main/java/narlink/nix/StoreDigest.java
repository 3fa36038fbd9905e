package narlink.nix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import narlink.Sha256;

/// The digest of a store's valid paths, built so that a difference is found with few bytes (§9): element =
/// SHA-256("narlink-path-1" 00 basename 00 narHash); bucket i, by the first nix32 digit of the path, = SHA-256 of its
/// elements sorted by base name; digest = SHA-256("narlink-store-1" 00 bucket 0 … 31).
public final class StoreDigest {
    public static final int BUCKETS = 32;

    private static final byte[] PATH = "narlink-path-1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STORE = "narlink-store-1\0".getBytes(StandardCharsets.US_ASCII);

    private final List<SortedMap<StorePath, Sha256>> buckets = new ArrayList<>();

    public StoreDigest() {
        for (int i = 0; i < BUCKETS; i++) buckets.add(new TreeMap<>());
    }

    /// Adds a valid path, or replaces what was said of it.
    public void put(StorePath path, Sha256 narHash) {
        bucket(path).put(path, element(path, narHash));
    }

    public void remove(StorePath path) {
        bucket(path).remove(path);
    }

    public int size() {
        return buckets.stream().mapToInt(SortedMap::size).sum();
    }

    public Sha256 digest() {
        var digest = Sha256.digest();
        digest.update(STORE);
        for (int i = 0; i < BUCKETS; i++) {
            digest.update(bucket(i).bytes().buffer());
        }
        return Sha256.finish(digest);
    }

    /// The hash of bucket `index`.
    public Sha256 bucket(int index) {
        var digest = Sha256.digest();
        buckets.get(index)
                .values()
                .forEach(element -> digest.update(element.bytes().buffer()));
        return Sha256.finish(digest);
    }

    /// By the first nix32 digit: the upper five bits of the last byte.
    private SortedMap<StorePath, Sha256> bucket(StorePath path) {
        return buckets.get((path.digestBytes()[19] & 0xff) >>> 3);
    }

    private static Sha256 element(StorePath path, Sha256 narHash) {
        var digest = Sha256.digest();
        digest.update(PATH);
        digest.update(path.baseName().getBytes(StandardCharsets.US_ASCII));
        digest.update((byte) 0);
        digest.update(narHash.bytes().buffer());
        return Sha256.finish(digest);
    }
}
