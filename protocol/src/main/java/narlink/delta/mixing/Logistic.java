package narlink.delta.mixing;

/// Probabilities and their logits, in integers: a logit is ln(p / (1 - p)) in 256ths, a probability is in 65536ths
/// (§11.31).
final class Logistic {
    /// Logits are from -MAX to MAX.
    static final int MAX = 2815;

    private static final int STEP = 128;
    private static final int[] KNOTS = { // 65536 / (1 + e^-x) for x from 0 on, in halves
        32768, 40794, 47911, 53578, 57724, 60566, 62428, 63615, 64357, 64816, 65097, 65269, 65374, 65438, 65476, 65500,
        65514, 65523, 65528, 65531, 65533, 65534, 65535
    };
    private static final int[] SQUASHED = new int[2 * MAX + 1];
    private static final short[] STRETCHED = new short[1 << 12];

    static {
        for (int x = -MAX; x <= MAX; x++) SQUASHED[x + MAX] = x < 0 ? 65536 - interpolated(-x) : interpolated(x);
        int x = -MAX;
        for (int p = 0; p < STRETCHED.length; p++) {
            while (x < MAX && SQUASHED[x + MAX] < 16 * p + 8) x++;
            STRETCHED[p] = (short) x;
        }
    }

    private Logistic() {}

    private static int interpolated(int x) {
        int low = KNOTS[x / STEP];
        int high = KNOTS[x / STEP + 1];
        return low + (high - low) * (x % STEP) / STEP;
    }

    /// The probability, from 1 to 65535.
    static int squash(int logit) {
        return SQUASHED[clamp(logit) + MAX];
    }

    static int clamp(int logit) {
        return Math.max(-MAX, Math.min(MAX, logit));
    }

    /// The logit, of twelve bits of the probability.
    static int stretch(int probability) {
        return STRETCHED[probability >>> 4];
    }
}
