package narlink.delta;

import java.io.IOException;
import java.io.OutputStream;

/// Compresses as zlib and GNU gzip do, bit for bit, so that what they compressed can travel unpacked. `java.util.zip`
/// is no substitute: its zlib may be any of several that choose other matches.
///
/// The theory: a window of two times 32 KiB slides over the input; positions with equal three bytes are chained, newest
/// first ([#head], [#previous]); position 0 ends a chain. Fast levels take the first match, slow ones look whether the
/// next position has a better one. What makes the programs differ is in [Flavour].
final class Deflate {
    /// How a program compresses.
    ///
    /// @param level 1 to 9
    /// @param hashBits of three bytes' hash
    /// @param symbols that one block holds
    /// @param truncates whether GNU gzip's test for ending a block early is made
    record Flavour(int level, int hashBits, int symbols, boolean truncates) {
        static Flavour gnu(int level) {
            return new Flavour(level, 15, 1 << 15, true);
        }

        /// zlib with its default memory level, as in Python, Perl, Java, and in zip files.
        static Flavour zlib(int level) {
            return new Flavour(level, 15, 1 << 14, false);
        }

        /// zlib with the highest memory level.
        static Flavour zlibLarge(int level) {
            return new Flavour(level, 16, 1 << 15, false);
        }
    }

    static final int LEVELS = 9;
    private static final int SIZE = 1 << 15;
    private static final int MASK = SIZE - 1;
    private static final int MIN_MATCH = 3;
    private static final int MAX_MATCH = 258;
    private static final int MIN_LOOKAHEAD = MAX_MATCH + MIN_MATCH + 1;
    private static final int MAX_DISTANCE = SIZE - MIN_LOOKAHEAD;
    private static final int TOO_FAR = 4096;

    /// By level: good length, lazy or insert limit, nice length, chain length.
    private static final int[][] EFFORT = {
        {4, 4, 8, 4},
        {4, 5, 16, 8},
        {4, 6, 32, 32},
        {4, 4, 16, 16},
        {8, 16, 32, 32},
        {8, 16, 128, 128},
        {8, 32, 128, 256},
        {32, 128, 258, 1024},
        {32, 258, 258, 4096}
    };

    private static final int LAST_FAST_LEVEL = 3;

    private final byte[] input;
    private final Flavour flavour;
    private final int[] effort;
    private final DeflateBlocks blocks;
    private final byte[] window = new byte[2 * SIZE + MAX_MATCH];
    private final char[] head;
    private final char[] previous = new char[SIZE];
    private final int hashShift;
    private int read;
    private int start;
    private int lookahead;
    private int blockStart;
    private int matchStart;
    private int matchLength;
    private int previousLength = MIN_MATCH - 1;

    private Deflate(byte[] input, Flavour flavour, OutputStream out) {
        this.input = input;
        this.flavour = flavour;
        this.effort = EFFORT[flavour.level() - 1];
        this.blocks = new DeflateBlocks(out, flavour);
        this.head = new char[1 << flavour.hashBits()];
        this.hashShift = (flavour.hashBits() + 2) / 3;
    }

    /// Writes `input` as a raw deflate stream. What `out` throws comes through, so it can stop a vain attempt.
    static void deflate(byte[] input, Flavour flavour, OutputStream out) throws IOException {
        var deflate = new Deflate(input, flavour, out);
        if (flavour.level() <= LAST_FAST_LEVEL) deflate.fast();
        else deflate.slow();
    }

    private void fast() throws IOException {
        while (more()) {
            int candidate = lookahead >= MIN_MATCH ? insert(start) : 0;
            if (candidate != 0 && start - candidate <= MAX_DISTANCE) matchLength = longestMatch(candidate);
            boolean full;
            if (matchLength >= MIN_MATCH) {
                full = blocks.match(start - matchStart, matchLength, start - blockStart);
                lookahead -= matchLength;
                skipMatch();
            } else {
                full = blocks.literal(window[start] & 0xff, start - blockStart);
                lookahead--;
                start++;
            }
            if (full) flush(false);
        }
        flush(true);
    }

    private void skipMatch() {
        if (matchLength <= effort[1] && lookahead >= MIN_MATCH) {
            for (int i = 1; i < matchLength; i++) insert(++start);
            start++;
        } else {
            start += matchLength;
        }
        matchLength = 0;
    }

    private void slow() throws IOException {
        boolean literalDue = false;
        matchLength = MIN_MATCH - 1;
        while (more()) {
            int candidate = lookahead >= MIN_MATCH ? insert(start) : 0;
            previousLength = matchLength;
            int previousMatch = matchStart;
            matchLength = MIN_MATCH - 1;
            if (candidate != 0 && previousLength < effort[1] && start - candidate <= MAX_DISTANCE) {
                matchLength = longestMatch(candidate);
                if (matchLength == MIN_MATCH && start - matchStart > TOO_FAR) matchLength = MIN_MATCH - 1;
            }
            if (previousLength >= MIN_MATCH && matchLength <= previousLength) {
                takePrevious(previousMatch);
                literalDue = false;
                continue;
            }
            if (literalDue && blocks.literal(window[start - 1] & 0xff, start - blockStart)) flush(false);
            literalDue = true;
            start++;
            lookahead--;
        }
        if (literalDue) blocks.literal(window[start - 1] & 0xff, start - blockStart);
        flush(true);
    }

    /// The match one position back was the better one.
    private void takePrevious(int previousMatch) throws IOException {
        int lastInsert = start + lookahead - MIN_MATCH;
        boolean full = blocks.match(start - 1 - previousMatch, previousLength, start - blockStart);
        lookahead -= previousLength - 1;
        for (int i = 2; i < previousLength; i++) {
            if (++start <= lastInsert) insert(start);
        }
        matchLength = MIN_MATCH - 1;
        start++;
        if (full) flush(false);
    }

    private boolean more() {
        if (lookahead < MIN_LOOKAHEAD) fill();
        return lookahead > 0;
    }

    private void fill() {
        do {
            if (start >= SIZE + MAX_DISTANCE) slide();
            int taken = Math.min(2 * SIZE - lookahead - start, input.length - read);
            System.arraycopy(input, read, window, start + lookahead, taken);
            read += taken;
            lookahead += taken;
        } while (lookahead < MIN_LOOKAHEAD && read < input.length);
    }

    private void slide() {
        System.arraycopy(window, SIZE, window, 0, SIZE);
        matchStart -= SIZE;
        start -= SIZE;
        blockStart -= SIZE;
        slide(head);
        slide(previous);
    }

    private static void slide(char[] positions) {
        for (int i = 0; i < positions.length; i++) {
            positions[i] = (char) Math.max(positions[i] - SIZE, 0);
        }
    }

    /// Puts the position at the head of its chain, and gives the head before.
    private int insert(int position) {
        int hash = ((window[position] & 0xff) << (2 * hashShift)
                        ^ (window[position + 1] & 0xff) << hashShift
                        ^ (window[position + 2] & 0xff))
                & (head.length - 1);
        int before = head[hash];
        previous[position & MASK] = (char) before;
        head[hash] = (char) position;
        return before;
    }

    private int longestMatch(int first) {
        int chain = previousLength >= effort[0] ? effort[3] >> 2 : effort[3];
        int best = previousLength;
        int nice = Math.min(effort[2], lookahead);
        int limit = Math.max(start - MAX_DISTANCE, 0);
        int candidate = first;
        do {
            if (window[candidate + best] == window[start + best]
                    && window[candidate + best - 1] == window[start + best - 1]) {
                int length = matching(candidate);
                if (length > best) {
                    matchStart = candidate;
                    best = length;
                    if (length >= nice) break;
                }
            }
            candidate = previous[candidate & MASK];
        } while (candidate > limit && --chain != 0);
        return Math.min(best, lookahead);
    }

    private int matching(int candidate) {
        int length = 0;
        while (length < MAX_MATCH && window[candidate + length] == window[start + length]) length++;
        return length;
    }

    private void flush(boolean last) throws IOException {
        blocks.end(window, blockStart, start - blockStart, last);
        blockStart = start;
    }
}
