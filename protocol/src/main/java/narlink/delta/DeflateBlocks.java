package narlink.delta;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/// Collects the symbols of a deflate block and writes it in the shortest of the three ways (RFC 1951 §3.2.3), choosing
/// where two are alike as zlib does.
final class DeflateBlocks {
    private static final int LITERALS = 256;
    private static final int END = 256;
    private static final int LITERAL_CODES = 286;
    private static final int DISTANCE_CODES = 30;
    private static final int TRUNCATE_EVERY = 4096;
    private static final int FIRST_TRUNCATING_LEVEL = 3;
    private static final int STORED = 0;
    private static final int FIXED = 1;
    private static final int DYNAMIC = 2;

    private static final int[] LENGTH_EXTRA = {
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
    };
    private static final int[] DISTANCE_EXTRA = {
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13
    };
    private static final int[] CODE_LENGTH_EXTRA = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7};
    private static final int[] CODE_LENGTH_ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    private static final int[] LENGTH_BASE = bases(LENGTH_EXTRA);
    private static final int[] DISTANCE_BASE = bases(DISTANCE_EXTRA);
    private static final byte[] LENGTH_CODE = lengthCodes();
    private static final int[] FIXED_LENGTHS = fixedLengths();
    private static final int[] FIXED_CODES = Huffman.codes(FIXED_LENGTHS, FIXED_LENGTHS.length);
    private static final int[] FIXED_DISTANCE_LENGTHS = filled(DISTANCE_CODES, 5);
    private static final int[] FIXED_DISTANCE_CODES = Huffman.codes(FIXED_DISTANCE_LENGTHS, DISTANCE_CODES);

    private final OutputStream out;
    private final Deflate.Flavour flavour;
    private final char[] distances;
    private final byte[] lengths;
    private final int[] literalFrequency = new int[LITERAL_CODES];
    private final int[] distanceFrequency = new int[DISTANCE_CODES];
    private int symbols;
    private int matches;
    private long bits;
    private int bitCount;

    DeflateBlocks(OutputStream out, Deflate.Flavour flavour) {
        this.out = out;
        this.flavour = flavour;
        this.distances = new char[flavour.symbols()];
        this.lengths = new byte[flavour.symbols()];
        literalFrequency[END] = 1;
    }

    /// @param inputLength bytes of input from the block's start on
    /// @return whether the block is to end here
    boolean literal(int literal, int inputLength) {
        distances[symbols] = 0;
        lengths[symbols++] = (byte) literal;
        literalFrequency[literal]++;
        return isFull(inputLength);
    }

    /// As [#literal] for a match.
    boolean match(int distance, int length, int inputLength) {
        distances[symbols] = (char) distance;
        lengths[symbols++] = (byte) (length - 3);
        matches++;
        literalFrequency[LENGTH_CODE[length - 3] + LITERALS + 1]++;
        distanceFrequency[distanceCode(distance - 1)]++;
        return isFull(inputLength);
    }

    private boolean isFull(int inputLength) {
        if (flavour.truncates() && flavour.level() >= FIRST_TRUNCATING_LEVEL && symbols % TRUNCATE_EVERY == 0) {
            long outputBits = 8L * symbols;
            for (int i = 0; i < DISTANCE_CODES; i++)
                outputBits += (long) distanceFrequency[i] * (5 + DISTANCE_EXTRA[i]);
            if (matches < symbols / 2 && outputBits / 8 < inputLength / 2) return true;
        }
        return symbols == flavour.symbols() - 1;
    }

    /// Writes the block.
    ///
    /// @param start where in `window` its input begins; negative if that is gone
    void end(byte[] window, int start, int length, boolean last) throws IOException {
        var literals = Huffman.of(literalFrequency, LENGTH_EXTRA, LITERALS + 1, 15);
        var dists = Huffman.of(distanceFrequency, DISTANCE_EXTRA, 0, 15);
        var runs = new CodeLengths(literals, dists);
        var codeLengths = Huffman.of(runs.frequency, CODE_LENGTH_EXTRA, 0, 7);
        int lastOrder = CODE_LENGTH_ORDER.length - 1;
        while (lastOrder >= 3 && codeLengths.length(CODE_LENGTH_ORDER[lastOrder]) == 0) lastOrder--;
        long dynamicBits = literals.cost() + dists.cost() + codeLengths.cost() + 3L * (lastOrder + 1) + 14;
        long fixedBytes = (fixedCost() + 3 + 7) / 8;
        long best = Math.min((dynamicBits + 3 + 7) / 8, fixedBytes);
        if (length + 4 <= best && start >= 0) {
            stored(window, start, length, last);
        } else if (fixedBytes == best) {
            put((FIXED << 1) + (last ? 1 : 0), 3);
            data(FIXED_CODES, FIXED_LENGTHS, FIXED_DISTANCE_CODES, FIXED_DISTANCE_LENGTHS);
        } else {
            put((DYNAMIC << 1) + (last ? 1 : 0), 3);
            trees(literals, dists, runs, codeLengths, lastOrder);
            data(literals.codes(), literals.lengths(), dists.codes(), dists.lengths());
        }
        if (last) align();
        reset();
    }

    private void reset() {
        Arrays.fill(literalFrequency, 0);
        Arrays.fill(distanceFrequency, 0);
        literalFrequency[END] = 1;
        symbols = 0;
        matches = 0;
    }

    private long fixedCost() {
        long cost = 0;
        for (int i = 0; i < LITERAL_CODES; i++) {
            cost += (long) literalFrequency[i] * (FIXED_LENGTHS[i] + (i > END ? LENGTH_EXTRA[i - END - 1] : 0));
        }
        for (int i = 0; i < DISTANCE_CODES; i++) cost += (long) distanceFrequency[i] * (5 + DISTANCE_EXTRA[i]);
        return cost;
    }

    private void stored(byte[] window, int start, int length, boolean last) throws IOException {
        put((STORED << 1) + (last ? 1 : 0), 3);
        align();
        put(length & 0xffff, 16);
        put(~length & 0xffff, 16);
        for (int i = 0; i < length; i++) put(window[start + i] & 0xff, 8);
    }

    private void trees(Huffman literals, Huffman dists, CodeLengths runs, Huffman codeLengths, int lastOrder)
            throws IOException {
        put(literals.last() + 1 - 257, 5);
        put(dists.last() + 1 - 1, 5);
        put(lastOrder + 1 - 4, 4);
        for (int i = 0; i <= lastOrder; i++) put(codeLengths.length(CODE_LENGTH_ORDER[i]), 3);
        for (int i = 0; i < runs.count; i++) {
            int symbol = runs.symbols[i];
            put(codeLengths.code(symbol), codeLengths.length(symbol));
            put(runs.extra[i], CODE_LENGTH_EXTRA[symbol]);
        }
    }

    private void data(int[] codes, int[] codeLengths, int[] distanceCodes, int[] distanceLengths) throws IOException {
        for (int i = 0; i < symbols; i++) {
            int value = lengths[i] & 0xff;
            if (distances[i] == 0) {
                put(codes[value], codeLengths[value]);
                continue;
            }
            int code = LENGTH_CODE[value];
            put(codes[code + END + 1], codeLengths[code + END + 1]);
            put(value - LENGTH_BASE[code], LENGTH_EXTRA[code]);
            int distance = distances[i] - 1;
            int distanceCode = distanceCode(distance);
            put(distanceCodes[distanceCode], distanceLengths[distanceCode]);
            put(distance - DISTANCE_BASE[distanceCode], DISTANCE_EXTRA[distanceCode]);
        }
        put(codes[END], codeLengths[END]);
    }

    private void put(int value, int count) throws IOException {
        bits |= (long) value << bitCount;
        bitCount += count;
        while (bitCount >= 8) {
            out.write((int) bits & 0xff);
            bits >>>= 8;
            bitCount -= 8;
        }
    }

    private void align() throws IOException {
        if (bitCount > 0) put(0, 8 - bitCount);
    }

    private static int distanceCode(int distance) {
        if (distance < 4) return distance;
        int log = 31 - Integer.numberOfLeadingZeros(distance);
        return 2 * log + (distance >> (log - 1) & 1);
    }

    private static int[] bases(int[] extra) {
        var bases = new int[extra.length];
        for (int i = 1; i < extra.length; i++) bases[i] = bases[i - 1] + (1 << extra[i - 1]);
        if (extra.length == LENGTH_EXTRA.length) bases[extra.length - 1] = 255;
        return bases;
    }

    private static byte[] lengthCodes() {
        var codes = new byte[256];
        for (int code = 0; code < 28; code++) {
            Arrays.fill(codes, LENGTH_BASE[code], Math.min(256, LENGTH_BASE[code] + (1 << LENGTH_EXTRA[code])), (byte)
                    code);
        }
        codes[255] = 28;
        return codes;
    }

    private static int[] fixedLengths() {
        var fixed = filled(288, 8);
        Arrays.fill(fixed, 144, 256, 9);
        Arrays.fill(fixed, 256, 280, 7);
        return fixed;
    }

    private static int[] filled(int size, int value) {
        var array = new int[size];
        Arrays.fill(array, value);
        return array;
    }

    /// The code lengths of both trees as runs (RFC 1951 §3.2.7); a run does not cross from one tree to the other.
    private static final class CodeLengths {
        private final int[] symbols = new int[LITERAL_CODES + DISTANCE_CODES];
        private final int[] extra = new int[LITERAL_CODES + DISTANCE_CODES];
        private final int[] frequency = new int[19];
        private int count;

        CodeLengths(Huffman literals, Huffman dists) {
            add(literals);
            add(dists);
        }

        private void add(Huffman tree) {
            int before = -1;
            for (int i = 0; i <= tree.last(); ) {
                int length = tree.length(i);
                int most = length == 0 ? 138 : length == before ? 6 : 7;
                int run = 1;
                while (run < most && i + run <= tree.last() && tree.length(i + run) == length) run++;
                // A new length stands once before it is repeated.
                if (length == 0) zeros(run);
                else repeated(length, run, length != before);
                i += run;
                before = length;
            }
        }

        private void zeros(int run) {
            if (run < 3) for (int i = 0; i < run; i++) put(0, 0);
            else if (run <= 10) put(17, run - 3);
            else put(18, run - 11);
        }

        private void repeated(int length, int run, boolean isNew) {
            int left = run;
            if (isNew) {
                put(length, 0);
                left--;
            }
            if (left < 3) for (int i = 0; i < left; i++) put(length, 0);
            else put(16, left - 3);
        }

        private void put(int symbol, int extraBits) {
            symbols[count] = symbol;
            extra[count++] = extraBits;
            frequency[symbol]++;
        }
    }
}
