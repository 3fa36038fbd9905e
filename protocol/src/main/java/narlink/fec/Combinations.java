package narlink.fec;

/// The method of four Russians: all sums of each four symbols are made once, then any sum of the symbols takes one
/// term for each four.
final class Combinations {
    /// Scratch slots for each four symbols: 15 sums, four of which are the symbols.
    private static final int SCRATCH = 11;

    private final int count;
    private final int[] table;

    /// Writes to `program` the sums of the symbols in `slots`, kept from `scratch` on.
    Combinations(int[] slots, int scratch, Program program) {
        count = slots.length;
        table = new int[Math.ceilDiv(count, 4) * 16];
        int next = scratch;
        for (int group = 0; group < table.length; group += 16) {
            int members = Math.min(4, count - group / 4);
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

    /// Adds to the program's operation the sum of the symbols whose bit is set, the first symbol's being the lowest
    /// of `bits[at]`.
    void sum(long[] bits, int at, Program program) {
        for (int first = 0; first < count; first += 64) sum(bits[at++], first, program);
    }

    /// The same for up to 64 symbols from `first` on.
    void sum(long bits, int first, Program program) {
        for (int group = 4 * first; bits != 0; bits >>>= 4, group += 16) {
            int mask = (int) bits & 15;
            if (mask != 0) program.term(table[group + mask]);
        }
    }
}
