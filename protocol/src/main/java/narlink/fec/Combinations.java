package narlink.fec;

import java.util.function.IntPredicate;

/// The method of four Russians: all sums of each four symbols are made once, then any sum of the symbols takes one
/// term for each four.
final class Combinations {
    /// Scratch slots for each four symbols: 15 sums, four of which are the symbols.
    private static final int SCRATCH = 11;

    private final int[] slots;
    private final int[] table;

    /// Writes to `program` the sums of the symbols in `slots`, kept from `scratch` on.
    Combinations(int[] slots, int scratch, Program program) {
        this.slots = slots;
        table = new int[Math.ceilDiv(slots.length, 4) * 16];
        int next = scratch;
        for (int group = 0; group < table.length; group += 16) {
            int members = Math.min(4, slots.length - group / 4);
            for (int mask = 1; mask < 1 << members; mask++) {
                int lowest = mask & -mask;
                if (mask == lowest) {
                    table[group + mask] = slots[group / 4 + Integer.numberOfTrailingZeros(mask)];
                } else {
                    table[group + mask] = next;
                    program.gather(next++, Constraints.ZERO)
                            .term(table[group + lowest])
                            .term(table[group + mask - lowest]);
                }
            }
        }
    }

    static int scratch(int symbols) {
        return Math.ceilDiv(symbols, 4) * SCRATCH;
    }

    /// Adds to the program's operation the sum of the symbols whose index is `chosen`.
    void sum(IntPredicate chosen, Program program) {
        for (int first = 0; first < slots.length; first += 4) {
            int mask = 0;
            for (int i = first; i < Math.min(first + 4, slots.length); i++) {
                if (chosen.test(i)) mask |= 1 << i - first;
            }
            if (mask != 0) program.term(table[4 * first + mask]);
        }
    }
}
