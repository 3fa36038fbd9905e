package narlink.delta.mixing;

/// Remembers what followed the last time that it looked like now; the match model of a [DifferenceModel].
public final class Echo {
    private static final int MAX_LENGTH = (1 << 16) - 1;

    private final int[] places;
    private final int shift;
    private int at; // 0: none
    private int length;

    public Echo(int bits) {
        places = new int[1 << bits];
        shift = 32 - bits;
    }

    /// Where it looked like now; 0 if nowhere.
    public int at() {
        return length > 0 ? at : 0;
    }

    /// How many bytes it has been right for.
    public int length() {
        return length;
    }

    /// Goes on by a byte.
    ///
    /// @param length of the match with it; 0 ends it
    public void go(int length, int mask) {
        this.length = Math.min(length, MAX_LENGTH);
        at = at + 1 & mask;
    }

    /// @param hash of what it looks like
    /// @param now the place to come
    public void meet(int hash, int now) {
        int slot = (hash ^ hash >>> 15) * 0x2C1B3C6D >>> shift;
        if (length == 0 && places[slot] != 0) {
            at = places[slot];
            length = 1;
        }
        places[slot] = now;
    }
}
