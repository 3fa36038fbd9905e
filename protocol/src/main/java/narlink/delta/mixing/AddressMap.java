package narlink.delta.mixing;

import java.util.Arrays;

/// Where what stood at an address of a base's ELF file stands in the new one: as the regions say, and as addresses that
/// were met before have turned out (§11.38).
public final class AddressMap {
    /// Shorter regions may be where they are by chance.
    private static final int WIDE = 64;

    private static final int LEARNED_BITS = 16;
    private static final int MAX_TRUST = 3;
    static final long UNKNOWN = -1;

    private final Elves olds;
    private final Elves news;
    private Regions all = new Regions(0);
    private Regions wide = new Regions(0);
    private final long[] learnedIn = new long[1 << LEARNED_BITS]; // Start of the file.
    private final long[] learnedFrom = new long[1 << LEARNED_BITS];
    private final long[] learnedTo = new long[1 << LEARNED_BITS];
    private final int[] trust = new int[1 << LEARNED_BITS];
    private Elf old = Elf.NONE;
    private Elf now = Elf.NONE;
    private boolean isExact;

    /// @param news files of the new image; may grow
    public AddressMap(Elves olds, Elves news) {
        this.olds = olds;
        this.news = news;
    }

    /// Takes the place of earlier regions: `length` bytes of the base at `position` are nearly those of the image at
    /// `place`. One within another one counts for nothing, and short ones only for themselves.
    public void regions(long[] positions, long[] places, long[] lengths, int count) {
        var order = new Integer[count];
        for (int i = 0; i < count; i++) order[i] = i;
        Arrays.sort(order, (a, b) -> Long.compare(positions[a], positions[b]));
        all = new Regions(count);
        wide = new Regions(count);
        for (int i : order) {
            all.add(positions[i], places[i], lengths[i]);
            if (lengths[i] >= WIDE) wide.add(positions[i], places[i], lengths[i]);
        }
    }

    /// Regions by their position in the base, none within another one.
    private static final class Regions {
        private final long[] positions;
        private final long[] places;
        private final long[] ends;
        private int count;

        Regions(int most) {
            positions = new long[most];
            places = new long[most];
            ends = new long[most];
        }

        void add(long position, long place, long length) {
            if (length == 0 || count > 0 && position + length <= ends[count - 1]) return;
            positions[count] = position;
            places[count] = place;
            ends[count++] = position + length;
        }

        /// The last one that begins at or before `position`; -1 if none does.
        int before(long position) {
            int low = 0;
            int high = count;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (positions[middle] <= position) low = middle + 1;
                else high = middle;
            }
            return low - 1;
        }

        boolean has(int region, long position) {
            return region >= 0 && position < ends[region];
        }

        /// The one before, or the next one where that is nearer; -1 if there is none.
        int nearest(long position) {
            int before = before(position);
            if (before + 1 == count || has(before, position)) return before;
            if (before < 0) return before + 1;
            return positions[before + 1] - position < position - ends[before] ? before + 1 : before;
        }

        long place(int region, long position) {
            return places[region] + position - positions[region];
        }
    }

    /// Goes to a place.
    void at(long position, long place) {
        old = olds.at(position);
        now = news.at(place);
    }

    Elf old() {
        return old;
    }

    Elf now() {
        return now;
    }

    /// Whether the last address that was mapped lies in a region, not only near one.
    boolean isExact() {
        return isExact;
    }

    /// By the regions; what is in no file moves with the end of its segment.
    long mapped(long address) {
        isExact = false;
        int segment = old.segmentOf(address);
        if (segment < 0) return UNKNOWN;
        long position = old.placeOf(segment, address);
        if (position < 0) {
            long end = now.fileEnd(segment);
            return end < 0 ? UNKNOWN : address - old.fileEnd(segment) + end;
        }
        int region = all.before(position);
        isExact = all.has(region, position);
        if (isExact) return now.addressOf(all.place(region, position));
        region = wide.nearest(position);
        return region < 0 ? UNKNOWN : now.addressOf(wide.place(region, position));
    }

    /// As it was the last time.
    long learned(long address) {
        int slot = slot(address);
        return isKnown(slot, address) ? learnedTo[slot] : UNKNOWN;
    }

    /// What proved true again is only given up when it was wrong twice.
    void learn(long address, long is) {
        int slot = slot(address);
        boolean known = isKnown(slot, address);
        if (known && learnedTo[slot] == is) {
            trust[slot] = Math.min(trust[slot] + 1, MAX_TRUST);
            return;
        }
        if (!known || trust[slot] == 0) {
            learnedIn[slot] = old.start();
            learnedFrom[slot] = address;
            learnedTo[slot] = is;
        }
        trust[slot] = 0;
    }

    private boolean isKnown(int slot, long address) {
        return learnedFrom[slot] == address && learnedIn[slot] == old.start() && address != 0;
    }

    private int slot(long address) {
        return (int) ((address + (old.start() << 20)) * 0x9E3779B97F4A7C15L >>> 64 - LEARNED_BITS);
    }
}
