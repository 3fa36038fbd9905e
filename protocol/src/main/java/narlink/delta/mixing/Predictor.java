package narlink.delta.mixing;

import java.io.IOException;
import java.util.Arrays;

/// Codes bits by what several contexts predict, and learns from what they were (§11.32 to §11.34). Each context has, in
/// a table that all share, a slot for each bit of a group of four: the probability of a 1, how often it was met, and a
/// check against other contexts that fell on the same slot. Its prediction is mixed in the domain of logits, together
/// with what slots of that state have proved to be worth; by several sets of weights, each chosen by something that
/// tells who is right; their results are mixed again, and corrected by what they were worth in two small contexts.
public final class Predictor {
    private static final int P_SHIFT = 12; // In a slot: 20 bits of probability, 7 of check, 5 of count.
    private static final int P_BITS = 20;
    private static final int CHECK_MASK = 0xfe0;
    private static final int COUNT_MASK = 0x1f;
    private static final int UNKNOWN = 1 << 31;

    private static final int WORTH_BITS = 22;
    private static final int WORTH_RATE = 6;
    private static final int LEVELS = 32; // Of probabilities, in a state.
    private static final int LEVEL = 144;
    private static final int STATES = LEVELS * (COUNT_MASK + 1);

    private static final int ONE = 1 << 16; // A weight.
    private static final int BIAS = 256;
    private static final int FINAL_RATE = 2;

    private static final int KNOTS = 33; // Of a correction.
    private static final int KNOT = 160;

    private static final int[] RATES = new int[COUNT_MASK + 1];

    /// What slots of each level are worth as long as nothing is known of them.
    private static final int[] UNTRIED = new int[LEVELS];

    private static final int[] IDENTITY = new int[KNOTS];

    static {
        for (int i = 0; i < KNOTS; i++) IDENTITY[i] = Logistic.squash((i - KNOTS / 2) * KNOT) << WORTH_BITS - 16;
        for (int i = 0; i < LEVELS; i++) {
            UNTRIED[i] = Logistic.squash((i - LEVELS / 2) * LEVEL + LEVEL / 2) << WORTH_BITS - 16;
        }
        for (int count = 0; count <= COUNT_MASK; count++) RATES[count] = (1 << 17) / (2 * count + 3);
    }

    private final BinaryCoder coder;
    private final int[] slots;
    private final int rate;
    private final int contexts;
    private final int[] lines;
    private final int[] checks;
    private final int[] slotAt;
    private final int[] stateAt;
    private final int[] worths;
    private final int[] inputs;
    private final int[][] weights;
    private final int[] chosen;
    private final int[] logits;
    private final int[] outputs;
    private final int[] finalWeights;
    private int finalChosen;
    private final int[][] corrections;
    private final int[] correctedAt = new int[2];

    /// @param slots a power of two
    /// @param rate how fast weights are learned
    /// @param corrections numbers of small contexts, of the two kinds
    /// @param finals number of sets of final weights
    /// @param sets numbers of sets of weights
    public Predictor(
            BinaryCoder coder, int[] slots, int contexts, int rate, int[] corrections, int finals, int... sets) {
        this.coder = coder;
        this.slots = slots;
        this.rate = rate;
        this.contexts = contexts;
        this.lines = new int[contexts];
        this.checks = new int[contexts];
        this.slotAt = new int[contexts];
        this.stateAt = new int[contexts];
        this.worths = new int[contexts * STATES];
        for (int i = 0; i < worths.length; i += LEVELS) System.arraycopy(UNTRIED, 0, worths, i, LEVELS);
        this.inputs = new int[Math.ceilDiv(2 * contexts + 1, 8) * 8]; // Whole vectors; the rest stays 0.
        inputs[2 * contexts] = BIAS;
        this.weights = new int[sets.length][];
        for (int i = 0; i < sets.length; i++) {
            weights[i] = new int[sets[i] * inputs.length];
            Arrays.fill(weights[i], ONE * 6 / 10 / contexts);
        }
        this.chosen = new int[sets.length];
        this.logits = new int[sets.length];
        this.outputs = new int[sets.length];
        this.finalWeights = new int[finals * sets.length];
        Arrays.fill(finalWeights, ONE / sets.length);
        this.corrections = new int[][] {identities(corrections[0]), identities(corrections[1])};
    }

    private static int[] identities(int corrections) {
        int[] knots = new int[corrections * KNOTS];
        for (int i = 0; i < knots.length; i += KNOTS) System.arraycopy(IDENTITY, 0, knots, i, KNOTS);
        return knots;
    }

    /// Tells a context, for the next bits.
    public void context(int number, int value) {
        int hash = value * 0x9E3779B1 + number * 0x632BE5AB;
        hash = (hash ^ hash >>> 15) * 0x85EBCA6B;
        hash ^= hash >>> 13;
        lines[number] = hash & slots.length - 1;
        checks[number] = hash * 0xC2B2AE35 >>> 20 & CHECK_MASK;
    }

    /// Chooses a set of weights.
    public void choose(int number, int set) {
        chosen[number] = set * inputs.length;
    }

    public void chooseFinal(int set) {
        finalChosen = set * weights.length;
    }

    /// @param node from 1 to 15: a 1 and the bits of the group so far
    public int code(int bit, int node, int firstCorrection, int secondCorrection) throws IOException {
        predict(node);
        int mixed = mix();
        int probability = Logistic.squash(mixed);
        int corrected =
                2 * probability + correct(0, firstCorrection, mixed) + correct(1, secondCorrection, mixed) + 2 >> 2;
        int coded = coder.code(bit, Math.max(1, Math.min((1 << 16) - 1, corrected)));
        learn(coded, probability);
        return coded;
    }

    private void predict(int node) {
        for (int i = 0; i < contexts; i++) {
            int at = lines[i] ^ node;
            int slot = slots[at];
            if ((slot & CHECK_MASK) != checks[i]) slots[at] = slot = UNKNOWN | checks[i];
            slotAt[i] = at;
            int logit = Logistic.stretch(slot >>> 16);
            int count = slot & COUNT_MASK;
            int level = Math.max(0, Math.min(LEVELS - 1, (logit + LEVELS / 2 * LEVEL) / LEVEL));
            int state = i * STATES + count * LEVELS + level;
            stateAt[i] = state;
            inputs[2 * i] = count == 0 ? 0 : logit;
            inputs[2 * i + 1] = Logistic.stretch(worths[state] >>> WORTH_BITS - 16);
        }
    }

    private int mix() {
        int sum = 0;
        for (int i = 0; i < weights.length; i++) {
            logits[i] = Logistic.clamp(dot(inputs, weights[i], chosen[i]) >> 16);
            outputs[i] = Logistic.squash(logits[i]);
            sum += logits[i] * (finalWeights[finalChosen + i] >> 2) >> 6;
        }
        return Logistic.clamp(sum >> 8);
    }

    private static int dot(int[] inputs, int[] weights, int from) {
        int sum = 0;
        for (int i = 0; i < inputs.length; i++) sum += inputs[i] * weights[from + i];
        return sum;
    }

    /// What `logit` was worth in a small context: between two knots, of which the nearer one learns.
    private int correct(int kind, int context, int logit) {
        int at = Math.max(0, Math.min((KNOTS - 1) * KNOT - 1, logit + KNOTS / 2 * KNOT));
        int knot = context * KNOTS + at / KNOT;
        int part = at % KNOT;
        correctedAt[kind] = part < KNOT / 2 ? knot : knot + 1;
        int[] values = corrections[kind];
        return ((values[knot] >> WORTH_BITS - 16) * (KNOT - part) + (values[knot + 1] >> WORTH_BITS - 16) * part)
                / KNOT;
    }

    private void learn(int bit, int probability) {
        int goal = bit << 16;
        for (int i = 0; i < weights.length; i++) {
            train(inputs, weights[i], chosen[i], (goal - outputs[i] >> 4) * rate);
            finalWeights[finalChosen + i] += logits[i] * ((goal - probability >> 4) * FINAL_RATE) + (1 << 15) >> 16;
        }
        int worth = bit << WORTH_BITS;
        for (int i = 0; i < contexts; i++) {
            int slot = slots[slotAt[i]];
            int p = slot >>> P_SHIFT;
            int count = slot & COUNT_MASK;
            p += (int) ((long) ((bit << P_BITS) - p) * RATES[count] >> 16);
            p = Math.max(1, Math.min((1 << P_BITS) - 1, p));
            slots[slotAt[i]] = p << P_SHIFT | slot & CHECK_MASK | Math.min(count + 1, COUNT_MASK);
            worths[stateAt[i]] += worth - worths[stateAt[i]] >> WORTH_RATE;
        }
        for (int i = 0; i < corrections.length; i++) {
            corrections[i][correctedAt[i]] += worth - corrections[i][correctedAt[i]] >> WORTH_RATE;
        }
    }

    private static void train(int[] inputs, int[] weights, int from, int error) {
        for (int i = 0; i < inputs.length; i++) weights[from + i] += inputs[i] * error + (1 << 16) >> 17;
    }
}
