package narlink.delta.lzma;

import java.util.function.IntUnaryOperator;

/// The latest place of each hash. As large as the hashes need, or as the places need where these are fewer: then places
/// are looked up by the hash of what stands there.
final class Heads {
    private final int[] places; // Each plus one; 0 is none.
    private final boolean isDirect;
    private final IntUnaryOperator hash;

    /// @param mask of hashes
    /// @param count of places
    /// @param hash of what stands at a place
    Heads(int mask, int count, IntUnaryOperator hash) {
        int slots = slots(mask, count);
        this.places = new int[slots];
        this.isDirect = slots == mask + 1;
        this.hash = hash;
    }

    static int slots(int mask, int count) {
        int fewest = Integer.highestOneBit(Math.max(1, count + count / 4)) << 1;
        return Math.min(mask + 1, fewest);
    }

    /// Puts `place` in.
    ///
    /// @return the one before with this hash, plus one; 0 if there was none
    int exchange(int value, int place) {
        int at = isDirect ? value : value * 0x9E3779B1 >>> Integer.numberOfLeadingZeros(places.length - 1);
        if (!isDirect) {
            while (places[at] != 0 && hash.applyAsInt(places[at] - 1) != value) at = at + 1 & places.length - 1;
        }
        int before = places[at];
        places[at] = place + 1;
        return before;
    }
}
