package narlink.inventory;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.StorePath;

/// The short name of a valid path with its contents (§13.1): 63 bits, never 0, so that ids can be compared as numbers
/// and 0 can mean none. Needs only the beginning of the NAR hash, which is all that is told of paths that Earth never
/// had.
public final class PathId {
    /// Bytes of a NAR hash that an id is made of.
    public static final int HASH_BYTES = 2;

    private static final byte[] DOMAIN = "narlink-id-1\0".getBytes(StandardCharsets.US_ASCII);

    private PathId() {}

    /// @param narHash its first [#HASH_BYTES] or more
    public static long of(StorePath path, Bytes narHash) {
        if (narHash.size() < HASH_BYTES) throw new IllegalArgumentException("NAR hash of " + narHash.size() + " bytes");
        var digest = Sha256.digest();
        digest.update(DOMAIN);
        digest.update(path.baseName().getBytes(StandardCharsets.US_ASCII));
        digest.update((byte) 0);
        digest.update(narHash.slice(0, HASH_BYTES).buffer());
        long id = ByteBuffer.wrap(digest.digest()).getLong() >>> 1;
        return id == 0 ? 1 : id;
    }
}
