package narlink.delta.lzma;

import java.util.Arrays;

/// The probabilities of LZMA's symbols and what they depend on: codes by them, and tells what coding would cost.
final class Model {
    static final int SHORTEST = 2;
    static final int LONGEST = 273;
    static final int MOST_POSITION_BITS = 4;

    /// Distances that are remembered, to be met again.
    static final int REPEATS = 4;

    private static final int LITERAL = 0x300; // Probabilities of literals in one context.
    private static final int SLOT_BITS = 6;
    private static final int SLOTS = 1 << SLOT_BITS;
    private static final int LENGTH_CLASSES = 4;
    private static final int FIRST_FOOTED = 4; // Slots from here on have more bits.
    private static final int FIRST_DIRECT = 14; // And from here on such as are coded directly.
    private static final int NEAR = 1 << FIRST_DIRECT / 2; // Distances that have a price of their own.
    private static final int ALIGNED_BITS = 4;
    private static final int ALIGNED = 1 << ALIGNED_BITS;
    private static final int MATCHES_A_PRICE = 1 << 7;

    private final int literalBits;
    private final int literalMask;
    private final int positionMask;
    private final short[] literals;
    private final short[] isMatch = Range.odds(States.COUNT << MOST_POSITION_BITS);
    private final short[] isRepeat = Range.odds(States.COUNT);
    private final short[] isOther = Range.odds(States.COUNT); // Than the first of the distances.
    private final short[] isThird = Range.odds(States.COUNT); // Or the fourth.
    private final short[] isFourth = Range.odds(States.COUNT);
    private final short[] isLong = Range.odds(States.COUNT << MOST_POSITION_BITS);
    private final short[] slots = Range.odds(LENGTH_CLASSES * SLOTS);
    private final short[] footers = Range.odds(NEAR);
    private final short[] aligned = Range.odds(ALIGNED);
    private final Lengths matches;
    private final Lengths repeats;

    private final int usedSlots;
    private final int[] slotPrices = new int[LENGTH_CLASSES * SLOTS];
    private final int[] nearPrices = new int[LENGTH_CLASSES * NEAR];
    private final int[] alignedPrices = new int[ALIGNED];
    private int matchesSince = MATCHES_A_PRICE;
    private int alignedSince = ALIGNED;

    private int state;
    private final int[] distances = new int[REPEATS];

    /// @param properties as LZMA2 tells them: (pb * 5 + lp) * 9 + lc
    Model(int properties, int dictionary, Style style) {
        literalBits = properties % 9;
        literalMask = (1 << properties / 9 % 5) - 1;
        positionMask = (1 << properties / 45) - 1;
        literals = Range.odds(LITERAL * (literalMask + 1) << literalBits);
        int nice = style.isNormal() ? style.nice() : 0;
        matches = new Lengths(positionMask + 1, nice);
        repeats = new Lengths(positionMask + 1, nice);
        usedSlots = 2 * (32 - Integer.numberOfLeadingZeros(dictionary - 1));
    }

    int state() {
        return state;
    }

    /// The distance that is remembered at `index`, the latest first.
    int distance(int index) {
        return distances[index];
    }

    private int at(int state, int place) {
        return state << MOST_POSITION_BITS | place & positionMask;
    }

    private int literalsAt(byte[] data, int place) {
        int before = place == 0 ? 0 : data[place - 1] & 0xff;
        return LITERAL * (((place & literalMask) << literalBits) + (before >> 8 - literalBits));
    }

    void literal(Range range, byte[] data, int place) {
        range.bit(isMatch, at(state, place), 0);
        int from = literalsAt(data, place);
        int value = data[place] & 0xff;
        if (States.isLiteral(state)) range.tree(literals, from, 8, value);
        else {
            int other = data[place - distances[0] - 1] & 0xff;
            int like = 0x100; // As long as the bits are those of the other.
            for (int node = value | 0x100, i = 7; i >= 0; i--) {
                int bit = node >> i & 1;
                int otherBit = other >> i & 1;
                range.bit(literals, from + like + (like == 0 ? 0 : otherBit << 8) + (node >> i + 1), bit);
                if (bit != otherBit) like = 0;
            }
        }
        state = States.literal(state);
    }

    void repeat(Range range, int place, int index, int length) {
        range.bit(isMatch, at(state, place), 1);
        range.bit(isRepeat, state, 1);
        range.bit(isOther, state, index == 0 ? 0 : 1);
        if (index == 0) range.bit(isLong, at(state, place), length == 1 ? 0 : 1);
        else {
            range.bit(isThird, state, index == 1 ? 0 : 1);
            if (index > 1) range.bit(isFourth, state, index - 2);
            int distance = distances[index];
            System.arraycopy(distances, 0, distances, 1, index);
            distances[0] = distance;
        }
        if (length == 1) state = States.oneAgain(state);
        else {
            repeats.code(range, length, place & positionMask);
            state = States.again(state);
        }
    }

    void match(Range range, int place, int distance, int length) {
        range.bit(isMatch, at(state, place), 1);
        range.bit(isRepeat, state, 0);
        state = States.match(state);
        matches.code(range, length, place & positionMask);
        int slot = slot(distance);
        range.tree(slots, lengthClass(length) * SLOTS, SLOT_BITS, slot);
        if (slot >= FIRST_FOOTED) {
            int bits = slot / 2 - 1;
            int from = (2 | slot & 1) << bits;
            if (slot < FIRST_DIRECT) range.reverseTree(footers, from - slot, bits, distance - from);
            else {
                range.direct(distance - from >>> ALIGNED_BITS, bits - ALIGNED_BITS);
                range.reverseTree(aligned, 0, ALIGNED_BITS, distance & ALIGNED - 1);
                alignedSince++;
            }
        }
        System.arraycopy(distances, 0, distances, 1, REPEATS - 1);
        distances[0] = distance;
        matchesSince++;
    }

    private static int slot(int distance) {
        if (distance < FIRST_FOOTED) return distance;
        int bits = 31 - Integer.numberOfLeadingZeros(distance);
        return 2 * bits + (distance >>> bits - 1 & 1);
    }

    private static int lengthClass(int length) {
        return Math.min(length - SHORTEST, LENGTH_CLASSES - 1);
    }

    /// Works prices of distances out again where so much was coded that they may have changed.
    void reprice() {
        if (matchesSince >= MATCHES_A_PRICE) repriceDistances();
        if (alignedSince < ALIGNED) return;
        Arrays.setAll(alignedPrices, i -> Prices.reverseTree(aligned, 0, ALIGNED_BITS, i));
        alignedSince = 0;
    }

    private void repriceDistances() {
        for (int i = 0; i < LENGTH_CLASSES; i++) {
            for (int slot = 0; slot < usedSlots; slot++) {
                int direct = slot < FIRST_DIRECT ? 0 : Prices.direct(slot / 2 - 1 - ALIGNED_BITS);
                slotPrices[i * SLOTS + slot] = direct + Prices.tree(slots, i * SLOTS, SLOT_BITS, slot);
            }
        }
        for (int distance = 0; distance < NEAR; distance++) {
            int slot = slot(distance);
            int bits = slot / 2 - 1;
            int from = (2 | slot & 1) << Math.max(bits, 0);
            int footer = slot < FIRST_FOOTED ? 0 : Prices.reverseTree(footers, from - slot, bits, distance - from);
            for (int i = 0; i < LENGTH_CLASSES; i++)
                nearPrices[i * NEAR + distance] = slotPrices[i * SLOTS + slot] + footer;
        }
        matchesSince = 0;
    }

    /// What it costs that a literal comes.
    int literalPrice(int state, int place) {
        return Prices.zero(isMatch, at(state, place));
    }

    int matchPrice(int state, int place) {
        return Prices.one(isMatch, at(state, place));
    }

    /// What it costs that a match has a distance of its own.
    int ownPrice(int state) {
        return Prices.zero(isRepeat, state);
    }

    int repeatPrice(int state) {
        return Prices.one(isRepeat, state);
    }

    int shortPrice(int state, int place) {
        return Prices.zero(isOther, state) + Prices.zero(isLong, at(state, place));
    }

    int indexPrice(int index, int state, int place) {
        if (index == 0) return Prices.zero(isOther, state) + Prices.one(isLong, at(state, place));
        int price = Prices.one(isOther, state);
        if (index == 1) return price + Prices.zero(isThird, state);
        return price + Prices.one(isThird, state) + Prices.bit(isFourth, state, index - 2);
    }

    int repeatLengthPrice(int length, int place) {
        return repeats.price(length, place & positionMask);
    }

    int distancePrice(int distance, int length, int place) {
        int from = lengthClass(length);
        int price = distance < NEAR
                ? nearPrices[from * NEAR + distance]
                : slotPrices[from * SLOTS + slot(distance)] + alignedPrices[distance & ALIGNED - 1];
        return price + matches.price(length, place & positionMask);
    }

    /// What the byte itself costs.
    ///
    /// @param other the byte that the last distance would give, if the symbol before was a match; else -1
    int bytePrice(byte[] data, int place, int other) {
        int from = literalsAt(data, place);
        int value = data[place] & 0xff;
        if (other < 0) return Prices.tree(literals, from, 8, value);
        int price = 0;
        int like = 0x100;
        for (int node = value | 0x100, i = 7; i >= 0; i--) {
            int bit = node >> i & 1;
            int otherBit = other >> i & 1;
            price += Prices.bit(literals, from + like + (like == 0 ? 0 : otherBit << 8) + (node >> i + 1), bit);
            if (bit != otherBit) like = 0;
        }
        return price;
    }
}
