package narlink.delta;

import java.util.Arrays;

/// All suffixes of a byte string in order, for finding where the longest beginning of another string occurs in it.
///
/// Built by induced sorting (Nong, Zhang, Chan 2009): a suffix is of type S if it is smaller than the next one, else
/// L. Once the leftmost ones of each run of S are in order, one pass upwards places all of L, one downwards all of S;
/// their own order comes from the same algorithm on a string of at most half the length.
final class SuffixArray {
    private static final int PAIRS = 1 << 16;

    private final byte[] text;
    private final int length;
    private final int[] order;
    private final int[] pairs; // Where suffixes that begin with these two bytes begin.

    /// Where a match begins.
    record Match(int position, int length) {}

    SuffixArray(byte[] text, int length) {
        this.text = text;
        this.length = length;
        var symbols = new int[length];
        for (int i = 0; i < length; i++) symbols[i] = text[i] & 0xff;
        this.order = length == 0 ? new int[0] : sort(symbols, 255);
        this.pairs = pairs();
    }

    private int[] pairs() {
        var counts = new int[PAIRS + 1];
        for (int i = 0; i < length; i++) counts[pair(text, i, length) + 1]++;
        for (int i = 0; i < PAIRS; i++) counts[i + 1] += counts[i];
        return counts;
    }

    /// The first two bytes; what is beyond the end counts as 0, which sorts in front just as the shorter suffix does.
    private static int pair(byte[] bytes, int at, int end) {
        return (bytes[at] & 0xff) << 8 | (at + 1 < end ? bytes[at + 1] & 0xff : 0);
    }

    /// The longest match of the beginning of `wanted[from…end)`.
    Match longest(byte[] wanted, int from, int end) {
        if (end - from < 2 || length == 0) return new Match(0, 0);
        int pair = pair(wanted, from, end);
        int low = pairs[pair];
        int high = pairs[pair + 1] - 1;
        if (low > high) return new Match(0, 0);
        int lowCommon = common(order[low], wanted, from, end, 0);
        int highCommon = common(order[high], wanted, from, end, 0);
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            int at = order[middle];
            int common = common(at, wanted, from, end, Math.min(lowCommon, highCommon));
            boolean isBelow = from + common < end
                    && (at + common == length || (text[at + common] & 0xff) < (wanted[from + common] & 0xff));
            if (isBelow) {
                low = middle;
                lowCommon = common;
            } else {
                high = middle;
                highCommon = common;
            }
        }
        return lowCommon > highCommon ? new Match(order[low], lowCommon) : new Match(order[high], highCommon);
    }

    private int common(int at, byte[] wanted, int from, int end, int known) {
        int first = at + known;
        int most = Math.min(length - first, end - from - known);
        int mismatch = Arrays.mismatch(text, first, first + most, wanted, from + known, from + known + most);
        return known + (mismatch < 0 ? most : mismatch);
    }

    private static int[] sort(int[] symbols, int largest) {
        int n = symbols.length;
        if (n == 1) return new int[] {0};
        return new Sorter(symbols, largest).sorted();
    }

    private static final class Sorter {
        private final int[] symbols;
        private final int n;
        private final int largest;
        private final boolean[] isSmall; // Type S.
        private final int[] largeEnds; // Where in the order the L and the S suffixes of a symbol begin.
        private final int[] smallStarts;
        private final int[] order;

        Sorter(int[] symbols, int largest) {
            this.symbols = symbols;
            this.n = symbols.length;
            this.largest = largest;
            this.isSmall = new boolean[n];
            this.order = new int[n];
            for (int i = n - 2; i >= 0; i--) {
                isSmall[i] = symbols[i] == symbols[i + 1] ? isSmall[i + 1] : symbols[i] < symbols[i + 1];
            }
            largeEnds = new int[largest + 2];
            smallStarts = new int[largest + 1];
            for (int i = 0; i < n; i++) {
                if (isSmall[i]) largeEnds[symbols[i] + 1]++;
                else smallStarts[symbols[i]]++;
            }
            for (int i = 0; i <= largest; i++) {
                smallStarts[i] += largeEnds[i];
                if (i < largest) largeEnds[i + 1] += smallStarts[i];
            }
        }

        int[] sorted() {
            int count = 0;
            for (int i = 1; i < n; i++) if (isLeftmost(i)) count++;
            var leftmost = new int[count];
            for (int i = 1, at = 0; i < n; i++) if (isLeftmost(i)) leftmost[at++] = i;
            induce(leftmost);
            if (count > 0) induce(inOrder(leftmost));
            return order;
        }

        private boolean isLeftmost(int i) {
            return i > 0 && !isSmall[i - 1] && isSmall[i];
        }

        private void induce(int[] leftmost) {
            Arrays.fill(order, -1);
            int[] next = smallStarts.clone();
            for (int position : leftmost) order[next[symbols[position]]++] = position;
            next = Arrays.copyOf(largeEnds, largest + 1);
            order[next[symbols[n - 1]]++] = n - 1;
            for (int i = 0; i < n; i++) {
                int before = order[i] - 1;
                if (before >= 0 && !isSmall[before]) order[next[symbols[before]]++] = before;
            }
            next = Arrays.copyOf(largeEnds, largest + 1);
            for (int i = n - 1; i >= 0; i--) {
                int before = order[i] - 1;
                if (before >= 0 && isSmall[before]) order[--next[symbols[before] + 1]] = before;
            }
        }

        /// Sorts the leftmost S by what stands up to the next of them, then by rank.
        private int[] inOrder(int[] leftmost) {
            int count = leftmost.length;
            var sorted = new int[count];
            for (int i = 0, at = 0; i < n; i++) if (isLeftmost(order[i])) sorted[at++] = order[i];
            int[] index = order; // Not needed until the next induction.
            for (int i = 0; i < count; i++) index[leftmost[i]] = i;
            var ranks = new int[count];
            int rank = 0;
            for (int i = 0; i < count; i++) {
                if (i > 0 && !isSame(index, leftmost, sorted[i - 1], sorted[i])) rank++;
                ranks[index[sorted[i]]] = rank;
            }
            int[] ranked = sort(ranks, rank);
            for (int i = 0; i < count; i++) sorted[i] = leftmost[ranked[i]];
            return sorted;
        }

        private boolean isSame(int[] index, int[] leftmost, int a, int b) {
            int endA = index[a] + 1 < leftmost.length ? leftmost[index[a] + 1] : n;
            int endB = index[b] + 1 < leftmost.length ? leftmost[index[b] + 1] : n;
            if (endA - a != endB - b) return false;
            return endA < n
                    && endB < n
                    && symbols[endA] == symbols[endB]
                    && Arrays.equals(symbols, a, endA, symbols, b, endB);
        }
    }
}
