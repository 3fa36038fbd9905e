package narlink.delta;

import java.util.Arrays;

/// A prefix code for one deflate block, the very one that zlib builds: among equal frequencies it prefers the shallower
/// tree and then the smaller number, and too long codes are shortened in zlib's way.
final class Huffman {
    private final int[] lengths;
    private final int[] codes;
    private final int last;
    private final long cost;

    private Huffman(int[] lengths, int last, long cost) {
        this.lengths = lengths;
        this.codes = codes(lengths, last + 1);
        this.last = last;
        this.cost = cost;
    }

    /// @param extra bits that follow the codes of symbols from `extraFrom` on
    static Huffman of(int[] frequency, int[] extra, int extraFrom, int maxLength) {
        var builder = new Builder(frequency, maxLength);
        builder.build();
        long cost = 0;
        for (int i = 0; i <= builder.last; i++) {
            int more = i >= extraFrom ? extra[i - extraFrom] : 0;
            cost += (long) frequency[i] * (builder.length[i] + more);
        }
        return new Huffman(Arrays.copyOf(builder.length, frequency.length), builder.last, cost);
    }

    int length(int symbol) {
        return lengths[symbol];
    }

    int code(int symbol) {
        return codes[symbol];
    }

    int[] lengths() {
        return lengths;
    }

    int[] codes() {
        return codes;
    }

    /// The highest symbol that occurs.
    int last() {
        return last;
    }

    /// Bits of all symbols.
    long cost() {
        return cost;
    }

    /// Canonical codes, bits reversed as deflate writes them.
    static int[] codes(int[] lengths, int count) {
        var counts = new int[17];
        for (int i = 0; i < count; i++) counts[lengths[i]]++;
        counts[0] = 0;
        var next = new int[17];
        for (int bits = 1; bits <= 16; bits++) next[bits] = (next[bits - 1] + counts[bits - 1]) << 1;
        var codes = new int[lengths.length];
        for (int i = 0; i < count; i++) {
            if (lengths[i] != 0) codes[i] = Integer.reverse(next[lengths[i]]++) >>> (32 - lengths[i]);
        }
        return codes;
    }

    private static final class Builder {
        private final int symbols;
        private final int maxLength;
        private final int[] frequency;
        private final int[] parent;
        private final int[] length;
        private final int[] depth;
        private final int[] heap;
        private int heapSize;
        private int sorted; // The heap's end holds the nodes by falling frequency.
        private int last = -1;

        Builder(int[] frequency, int maxLength) {
            this.symbols = frequency.length;
            this.maxLength = maxLength;
            int nodes = 2 * symbols + 1;
            this.frequency = Arrays.copyOf(frequency, nodes);
            this.parent = new int[nodes];
            this.length = new int[nodes];
            this.depth = new int[nodes];
            this.heap = new int[nodes + 1];
            this.sorted = nodes;
        }

        void build() {
            for (int i = 0; i < symbols; i++) {
                if (frequency[i] != 0) {
                    heap[++heapSize] = i;
                    last = i;
                }
            }
            while (heapSize < 2) { // At least two codes, so that each has a bit.
                int node = last < 2 ? ++last : 0;
                heap[++heapSize] = node;
                frequency[node] = 1;
            }
            for (int i = heapSize / 2; i >= 1; i--) sink(i);
            int node = symbols;
            do {
                int least = heap[1];
                heap[1] = heap[heapSize--];
                sink(1);
                int second = heap[1];
                heap[--sorted] = least;
                heap[--sorted] = second;
                frequency[node] = frequency[least] + frequency[second];
                depth[node] = Math.max(depth[least], depth[second]) + 1;
                parent[least] = node;
                parent[second] = node;
                heap[1] = node++;
                sink(1);
            } while (heapSize >= 2);
            heap[--sorted] = heap[1];
            lengthen();
        }

        private void sink(int from) {
            int at = from;
            int value = heap[at];
            for (int child = at << 1; child <= heapSize; child <<= 1) {
                if (child < heapSize && isLess(heap[child + 1], heap[child])) child++;
                if (isLess(value, heap[child])) break;
                heap[at] = heap[child];
                at = child;
            }
            heap[at] = value;
        }

        private boolean isLess(int a, int b) {
            return frequency[a] < frequency[b] || (frequency[a] == frequency[b] && depth[a] <= depth[b]);
        }

        private void lengthen() {
            int end = 2 * symbols + 1;
            var counts = new int[maxLength + 1];
            int tooLong = 0;
            length[heap[sorted]] = 0;
            int at = sorted + 1;
            for (; at < end; at++) {
                int node = heap[at];
                int bits = length[parent[node]] + 1;
                if (bits > maxLength) {
                    bits = maxLength;
                    tooLong++;
                }
                length[node] = bits;
                if (node < symbols) counts[bits]++;
            }
            if (tooLong > 0) shorten(counts, tooLong);
        }

        private void shorten(int[] counts, int tooLong) {
            for (int left = tooLong; left > 0; left -= 2) {
                int bits = maxLength - 1;
                while (counts[bits] == 0) bits--;
                counts[bits]--;
                counts[bits + 1] += 2;
                counts[maxLength]--;
            }
            int at = 2 * symbols + 1;
            for (int bits = maxLength; bits > 0; bits--) {
                for (int n = counts[bits]; n > 0; ) {
                    int node = heap[--at];
                    if (node >= symbols) continue;
                    length[node] = bits;
                    n--;
                }
            }
        }
    }
}
