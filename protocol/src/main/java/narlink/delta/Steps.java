package narlink.delta;

import java.io.IOException;
import narlink.delta.mixing.NumberModel.Kind;

/// What is to be done next for an image, read ahead (§11.14): so the bytes are coded by what is known of all places.
final class Steps {
    /// So many are read at a time.
    static final int MOST = 1 << 16;

    private final long baseSize;
    private final long[] positions;
    private final long[] places;
    private final long[] copied;
    private final long[] added;
    private final long[] inserted;
    private int count;
    private long position;
    private long place;
    private long left;
    private long pairs; // That are left of the region.

    Steps(long baseSize, long imageSize) {
        this.baseSize = baseSize;
        this.left = imageSize;
        int most = (int) Math.min(MOST, imageSize);
        this.positions = new long[most];
        this.places = new long[most];
        this.copied = new long[most];
        this.added = new long[most];
        this.inserted = new long[most];
    }

    int count() {
        return count;
    }

    long position(int step) {
        return positions[step];
    }

    long copied(int step) {
        return copied[step];
    }

    long added(int step) {
        return added[step];
    }

    long inserted(int step) {
        return inserted[step];
    }

    long[] positions() {
        return positions;
    }

    long[] places() {
        return places;
    }

    /// Bytes that are nearly the base's, of each step.
    long[] lengths() {
        var lengths = new long[count];
        for (int i = 0; i < count; i++) lengths[i] = copied[i] + added[i];
        return lengths;
    }

    /// Reads the next steps.
    ///
    /// @return whether there are any
    boolean read(Source source) throws IOException {
        count = 0;
        while (left > 0 && count < positions.length) {
            if (pairs > 0) pair(source);
            else begin(source);
            if (pairs == 0 && left > 0) insert(source);
        }
        return count > 0;
    }

    private void begin(Source source) throws IOException {
        long seek = source.number(Kind.SEEK, "seek", Long.MAX_VALUE);
        position = Math.addExact(position, seek >>> 1 ^ -(seek & 1));
        pairs = source.number(Kind.PAIRS, "number of pairs", left);
        if (pairs == 0) next(0, 0);
        else pair(source);
    }

    private void pair(Source source) throws IOException {
        long copy = source.number(Kind.COPY, "copy", left);
        long add = source.number(Kind.ADD, "add", left - copy);
        if (copy + add == 0) throw new CorruptPackException("a pair of nothing");
        if (position < 0 || position > baseSize - copy - add) {
            throw new CorruptPackException(
                    copy + add + " bytes at " + position + " of a base of " + baseSize + " bytes");
        }
        next(copy, add);
        pairs--;
    }

    private void next(long copy, long add) {
        positions[count] = position;
        places[count] = place;
        copied[count] = copy;
        added[count] = add;
        inserted[count++] = 0;
        position += copy + add;
        place += copy + add;
        left -= copy + add;
    }

    private void insert(Source source) throws IOException {
        long insert = source.number(Kind.INSERT, "insert", left);
        int step = count - 1;
        if (copied[step] + added[step] + insert == 0) throw new CorruptPackException("a region of nothing");
        inserted[step] = insert;
        place += insert;
        left -= insert;
    }
}
