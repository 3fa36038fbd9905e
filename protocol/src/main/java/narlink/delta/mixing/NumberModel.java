package narlink.delta.mixing;

import java.io.IOException;
import java.util.Arrays;

/// Codes the numbers of regions (§11.41), by those before them, of whatever kind.
public final class NumberModel {
    /// What a number means.
    public enum Kind {
        SEEK,
        PAIRS,
        COPY,
        ADD,
        INSERT
    }

    /// The last numbers of each kind, which the models of all streams share.
    public static final class Recent {
        private final long[][] last = new long[Kind.values().length][4];

        /// Takes note of a number.
        public void add(Kind kind, long value) {
            long[] numbers = last[kind.ordinal()];
            System.arraycopy(numbers, 0, numbers, 1, numbers.length - 1);
            numbers[0] = value;
        }

        private long last(Kind kind) {
            return last[kind.ordinal()][0];
        }

        /// A number of which only the highest bits count.
        private int about(Kind kind, int back) {
            long value = last[kind.ordinal()][back];
            int length = length(value);
            return length <= 5 ? (int) value : length * 8 + (int) (value >>> length - 4 & 7);
        }
    }

    private static final int CONTEXTS = 8;
    private static final int LENGTH_BITS = 6;
    private static final int SLOTS = 1 << 18;
    private static final int MIX = 0x2545F491;

    private final Predictor bits;
    private final Recent recent;
    private final int[] contexts = new int[CONTEXTS];

    public NumberModel(BinaryCoder coder, Recent recent) {
        this.bits = new Predictor(coder, new int[SLOTS], CONTEXTS, 12, new int[] {64 * 5, 128 * 5}, 5, 64 * 5);
        this.recent = recent;
    }

    /// Codes a number from 0 on: how many bits it has, then those below the highest.
    public long code(Kind kind, long number) throws IOException {
        int insert = recent.about(Kind.INSERT, 0);
        int same = recent.about(kind, 0);
        long lastLong = recent.last(kind);
        Arrays.setAll(contexts, i -> switch (i) {
            case 0 -> 0;
            case 1 -> same;
            case 2 -> same + 512 * recent.about(kind, 1);
            case 3 -> insert + 512 * recent.about(Kind.ADD, 0);
            case 4 -> insert + 512 * recent.about(Kind.SEEK, 0);
            case 5 -> (int) lastLong;
            case 6 -> (int) recent.last(Kind.INSERT);
            default ->
                length(recent.last(Kind.SEEK))
                        | length(recent.last(Kind.COPY)) << 6
                        | length(recent.last(Kind.ADD)) << 12;
        });
        for (int i = 0; i < CONTEXTS; i++) contexts[i] = (contexts[i] * 8 + kind.ordinal()) * MIX + i;
        int length = length(number);
        int coded = 1;
        for (int i = LENGTH_BITS - 1; i >= 0; i--) coded = coded << 1 | bit(kind, coded, length >> i & 1);
        length = coded & (1 << LENGTH_BITS) - 1;
        long value = length == 0 ? 0 : 1;
        for (int i = length - 2; i >= 0; i--) {
            int done = length - 2 - i;
            int prefix = done < 12 ? (int) value : 1 << 13 | done;
            value = value << 1 | bit(kind, 64 + (length << 16) + prefix, (int) (number >> i & 1));
        }
        recent.add(kind, value);
        return value;
    }

    private int bit(Kind kind, int node, int bit) throws IOException {
        for (int i = 0; i < CONTEXTS; i++) bits.context(i, contexts[i] + node * 0x3D4D51CB);
        int place = Math.min(node, 63) * 5 + kind.ordinal();
        bits.choose(0, place);
        bits.chooseFinal(kind.ordinal());
        int length = node < 64 ? node : 64 + (node >> 16);
        return bits.code(bit, 1, place, length * 5 + kind.ordinal());
    }

    private static int length(long number) {
        return 64 - Long.numberOfLeadingZeros(number);
    }
}
