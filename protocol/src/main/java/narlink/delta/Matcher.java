package narlink.delta;

import java.io.IOException;

/// Finds how a new image follows from a base: approximately equal regions, as bsdiff does (Percival 2003), with what is
/// between them inserted. Exact matches are looked up in a suffix array; one that lies on another diagonal than the
/// last begins a region when it explains clearly more bytes than going on would. Regions then grow over scattered
/// differences in both directions.
final class Matcher {
    /// So many bytes more must a match on a new diagonal explain.
    private static final int GAIN = 8;

    private final SuffixArray suffixes;
    private final byte[] base;
    private final int baseSize;
    private final byte[] wanted;
    private final int size;
    private final Regions regions;

    /// Takes regions in order; together they are the new image.
    @FunctionalInterface
    interface Regions {
        /// @param position in the base, from which `length` bytes are nearly those of the new image at `at`
        /// @param inserted bytes that follow in the new image
        void region(long position, long at, long length, long inserted) throws IOException;
    }

    private int at; // Up to here regions were told.
    private int diagonal; // Position in the base minus position in the new image, of the open region.

    private Matcher(Image.Memory base, Image.Memory image, Regions regions) {
        this.base = base.bytes();
        this.baseSize = (int) base.size();
        this.wanted = image.bytes();
        this.size = (int) image.size();
        this.regions = regions;
        this.suffixes = new SuffixArray(this.base, baseSize);
    }

    static void match(Image.Memory base, Image.Memory image, Regions regions) throws IOException {
        new Matcher(base, image, regions).run();
    }

    private void run() throws IOException {
        int scan = 0;
        int length = 0;
        while (scan < size) {
            int score = 0; // Bytes of the match that the open region explains too.
            int scored = scan += length;
            var match = new SuffixArray.Match(0, 0);
            length = 0;
            while (scan < size) {
                match = suffixes.longest(wanted, scan, size);
                length = match.length();
                for (; scored < scan + length; scored++) if (explains(scored)) score++;
                if ((length == score && length != 0) || length > score + GAIN) break;
                if (explains(scan)) score--;
                scan++;
            }
            if (length != score || scan >= size) begin(Math.min(scan, size), match.position());
        }
        if (at < size) regions.region(at + diagonal, at, 0, size - at);
    }

    private boolean explains(int position) {
        int there = position + diagonal;
        return there >= 0 && there < baseSize && base[there] == wanted[position];
    }

    /// Ends the open region and opens one where `position` of the base meets `scan`.
    private void begin(int scan, int position) throws IOException {
        int forward = forward(scan);
        int backward = scan < size ? backward(scan, position) : 0;
        int overlap = at + forward - (scan - backward);
        if (overlap > 0) {
            int kept = split(scan - backward, overlap, position - scan);
            forward += kept - overlap;
            backward -= kept;
        }
        int next = scan - backward;
        regions.region(at + diagonal, at, forward, next - at - forward);
        at = next;
        diagonal = position - scan;
    }

    /// How far the open region reaches so that at least half of its end is equal.
    private int forward(int scan) {
        int equal = 0;
        int best = 0;
        int bestLength = 0;
        for (int i = 0; at + i < scan && at + i + diagonal < baseSize && at + i + diagonal >= 0; ) {
            if (base[at + i + diagonal] == wanted[at + i]) equal++;
            i++;
            if (2 * equal - i > best) {
                best = 2 * equal - i;
                bestLength = i;
            }
        }
        return bestLength;
    }

    private int backward(int scan, int position) {
        int equal = 0;
        int best = 0;
        int bestLength = 0;
        for (int i = 1; i <= scan - at && i <= position; i++) {
            if (base[position - i] == wanted[scan - i]) equal++;
            if (2 * equal - i > best) {
                best = 2 * equal - i;
                bestLength = i;
            }
        }
        return bestLength;
    }

    /// Both regions claim `overlap` bytes from `from` on.
    ///
    /// @return how many of them the earlier one explains better
    private int split(int from, int overlap, int nextDiagonal) {
        int lead = 0;
        int best = 0;
        int bestLength = 0;
        for (int i = 0; i < overlap; i++) {
            if (base[from + i + diagonal] == wanted[from + i]) lead++;
            if (base[from + i + nextDiagonal] == wanted[from + i]) lead--;
            if (lead > best) {
                best = lead;
                bestLength = i + 1;
            }
        }
        return bestLength;
    }
}
