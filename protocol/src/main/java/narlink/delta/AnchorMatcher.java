package narlink.delta;

import java.io.IOException;

/// Finds how a new image follows from a base where both are too large for a [Matcher]: blocks of the base are found
/// again wherever they stand in the new image, by a hash that rolls over it (Tridgell 1996), and grow over scattered
/// differences in both directions. What is left between two of them is matched finely with what is left of the base
/// there.
final class AnchorMatcher {
    private static final int MIN_BLOCK = 64;
    private static final int MAX_BLOCKS = 1 << 24;
    private static final long FACTOR = 0x9E3779B97F4A7C15L | 1;

    /// A region ends where it has gained nothing for so many bytes.
    private static final int PATIENCE = 1024;

    /// So many bytes of an image are matched finely at most.
    private static final long MOST_FINE = 128L << 20;

    private final Image base;
    private final Image image;
    private final int window;
    private final Matcher.Regions regions;
    private final int block;
    private final long leaving; // FACTOR to the power of `block`.
    private final int[] slots; // Number of a block plus 1, by its hash.
    private final int[] hashes;
    private long at; // Up to here regions were told.
    private long position; // In the base, behind the last region.
    private long fine = MOST_FINE;

    private AnchorMatcher(Image base, Image image, int window, Matcher.Regions regions) {
        this.base = base;
        this.image = image;
        this.window = window;
        this.regions = regions;
        int block = MIN_BLOCK;
        while (base.size() / block > MAX_BLOCKS) block *= 2;
        this.block = block;
        long power = 1;
        for (int i = 0; i < block; i++) power *= FACTOR;
        this.leaving = power;
        int slotCount = Integer.highestOneBit((int) Math.max(64, base.size() / block)) * 4;
        this.slots = new int[slotCount];
        this.hashes = new int[slotCount];
    }

    /// @param window so many bytes of each may be matched finely at a time
    static void match(Image base, Image image, int window, Matcher.Regions regions) throws IOException {
        var matcher = new AnchorMatcher(base, image, window, regions);
        matcher.index();
        matcher.run();
    }

    private void index() throws IOException {
        for (long start = 0; start + block <= base.size(); start += block) {
            long hash = 0;
            for (int i = 0; i < block; i++) hash = hash * FACTOR + base.at(start + i) + 1;
            int slot = slot(hash);
            if (slots[slot] != 0) continue; // The first one of its kind will do.
            slots[slot] = (int) (start / block) + 1;
            hashes[slot] = (int) (hash >>> 32);
        }
    }

    /// Of this hash, or free.
    private int slot(long hash) {
        int slot = (int) (hash * 0xC2B2AE3D27D4EB4FL >>> 33) & slots.length - 1;
        while (slots[slot] != 0 && hashes[slot] != (int) (hash >>> 32)) slot = slot + 1 & slots.length - 1;
        return slot;
    }

    private void run() throws IOException {
        long end = 0; // Behind the bytes that are hashed.
        long hash = 0;
        while (end < image.size()) {
            hash = hash * FACTOR + image.at(end++) + 1;
            if (end - at < block) continue;
            if (end - at > block) hash -= (image.at(end - block - 1) + 1) * leaving;
            if (!found(end - block, hash)) continue;
            end = at;
            hash = 0;
        }
        gap(image.size(), base.size());
    }

    /// Begins a region if the block of the image at `start` is in the base.
    private boolean found(long start, long hash) throws IOException {
        int slot = slots[slot(hash)];
        if (slot == 0) return false;
        long there = (long) (slot - 1) * block;
        for (int i = 0; i < block; i++) if (base.at(there + i) != image.at(start + i)) return false;
        long backward = grown(there - 1, start - 1, -1, Math.min(there, start - at));
        long from = start - backward;
        gap(from, there - backward);
        long most = Math.min(base.size() - there, image.size() - start) - block;
        long length = backward + block + grown(there + block, start + block, 1, most);
        regions.region(there - backward, from, length, 0);
        at = from + length;
        position = there - backward + length;
        return true;
    }

    /// How far a region reaches so that at least half of its end is equal.
    private long grown(long there, long here, int step, long most) throws IOException {
        long equal = 0;
        long best = 0;
        long length = 0;
        for (long i = 0; i < most && i - length < PATIENCE; ) {
            if (base.at(there + step * i) == image.at(here + step * i)) equal++;
            i++;
            if (2 * equal - i > best) {
                best = 2 * equal - i;
                length = i;
            }
        }
        return length;
    }

    /// Tells what is before a region that begins at `to` and at `baseTo` of the base.
    private void gap(long to, long baseTo) throws IOException {
        if (baseTo <= position) position = Math.max(0, baseTo - 2 * (to - at));
        long from = position;
        long spare = Math.max(0, baseTo - from - window);
        for (long start = at; start < to; start += window) {
            int length = (int) Math.min(window, to - start);
            long there = from + Math.min(spare, start - at);
            int baseLength = (int) Math.min(window, baseTo - there);
            if (length < MIN_BLOCK / 4 || baseLength <= 0 || fine < length) {
                regions.region(there, start, 0, length);
            } else {
                fine -= length;
                finely(there, baseLength, start, length);
            }
        }
    }

    private void finely(long there, int baseLength, long start, int length) throws IOException {
        Matcher.match(
                part(base, there, baseLength),
                part(image, start, length),
                (position, at, equal, inserted) -> regions.region(there + position, start + at, equal, inserted));
    }

    private static Image.Memory part(Image whole, long from, int length) throws IOException {
        byte[] bytes = new byte[length];
        whole.read(from, bytes, 0, length);
        var part = new Image.Memory();
        part.write(bytes, 0, length);
        return part;
    }
}
