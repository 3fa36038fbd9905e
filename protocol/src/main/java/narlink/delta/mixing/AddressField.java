package narlink.delta.mixing;

import java.util.Arrays;

/// Foretells addresses in code and tables of a base, without a disassembler: where the bytes before look like an
/// instruction with an address, or where a word could be one, and something is loaded there, the address is mapped and
/// put together again for the new place (§11.39). What is taken for an address and is none is found out by how often
/// such predictions held.
final class AddressField {
    // Kinds.
    static final int NONE = 0;
    static final int CALL = 1; // x86-64: E8
    static final int JUMP = 2; // E9, 0F 80 to 0F 8F
    static final int RELATIVE = 3; // an operand relative to the instruction pointer
    static final int POINTER = 4; // eight bytes
    static final int DATA = 5; // four bytes, relative to themselves
    static final int TABLE = 6; // four bytes, relative to the table of unwinding
    static final int BRANCH = 7; // aarch64: B, BL
    static final int PAGE = 8; // ADRP
    static final int LOW = 9; // ADD of an address's low part
    static final int NEAR = 10; // conditional branches, loads relative to the program counter
    static final int GUESS = 11; // x86-64: differences begin here
    static final int LOAD = 12; // loads and stores at an address's low part
    static final int KINDS = 13;

    // Sources of a prediction.
    static final int BY_MAP = 0;
    static final int BY_LEARNING = 1;

    private static final int LOWEST_POINTER = 0x200;
    private static final int HIGHEST_DISTANCE = -64; // Of DATA; smaller numbers are rarely distances.
    private static final int NO_SHIFT = 1;
    private static final int SHIFT = 56; // Bytes by which a table's entries may have moved.
    private static final int REACH = 8; // Instructions between the two parts of an address.

    private final AddressMap map;
    private final int[][] history = new int[2][KINDS];
    private final long[] foretold = new long[2];
    private final boolean[] failed = new boolean[2];
    private int kind;
    private int at;
    private int size;
    private long target;
    private long origin;
    private long seen;
    private boolean isExact;
    private boolean wasLearned;

    // Entries were inserted or removed where the base's table seems to go on: so much further they stand in it.
    private final int[] shifts = new int[KINDS];
    private final int[] proposed = new int[KINDS];
    private final long[] candidates = new long[2 * SHIFT / 4 + 1]; // Targets, by shift.
    private long diagonal;
    private long expected; // Position of the next byte.

    AddressField(AddressMap map) {
        this.map = map;
    }

    boolean isOpen() {
        return kind != NONE;
    }

    int kind() {
        return kind;
    }

    /// Kind, byte within the field, and whether a region has the address.
    int place() {
        return kind == NONE ? 0 : kind << 4 | at << 1 | (isExact ? 1 : 0);
    }

    boolean wasLearned() {
        return wasLearned;
    }

    /// The next byte; -1 if there is no field, or this source was wrong in it.
    int foretold(int source) {
        return kind == NONE || failed[source] ? -1 : (int) (foretold[source] >>> 8 * at) & 0xff;
    }

    /// Which of the last fields of this kind were wrong; the lowest bit is the last one.
    int history(int source) {
        return history[source][kind];
    }

    /// Goes to where `position` of the base is `place` of the image.
    void at(long position, long place) {
        if (position != expected) kind = NONE;
        expected = position;
        if (position - place != diagonal) {
            diagonal = position - place;
            Arrays.fill(shifts, 0);
            Arrays.fill(proposed, NO_SHIFT);
            kind = NONE;
        }
    }

    /// Opens a field if one seems to begin at `base[i]`.
    void look(byte[] base, int i, long position, long place) {
        var old = map.old();
        long address = old.addressOf(position);
        if (address < 0) return;
        long newAddress = map.now().addressOf(place);
        if (newAddress < 0) return;
        boolean isAligned = (address & 3) == 0;
        if (old.machine() == Elf.X86_64) intel(base, i, address, newAddress);
        else if (old.machine() == Elf.AARCH64 && isAligned) arm(base, i, address, newAddress);
        if (kind == NONE && isAligned) word(base, i, address, newAddress);
    }

    /// Opens a field where a difference is that no field foretold.
    void guess(byte[] base, int i, long position, long place) {
        if (map.old().machine() != Elf.X86_64) return;
        long address = map.old().addressOf(position);
        long newAddress = map.now().addressOf(place);
        if (address < 0 || newAddress < 0) return;
        open(GUESS, 4, address + 4 + Elf.number(base, i, 4), newAddress + 4);
    }

    private void intel(byte[] base, int i, long address, long newAddress) {
        int before = base[i - 1] & 0xff;
        int candidate = NONE;
        if (before == 0xe8) candidate = CALL;
        else if (before == 0xe9 || base[i - 2] == 0x0f && (before & 0xf0) == 0x80) candidate = JUMP;
        else if ((before & 0xc7) == 0x05) candidate = RELATIVE;
        if (candidate != NONE) open(candidate, 4, address + 4 + Elf.number(base, i, 4), newAddress + 4);
    }

    private void word(byte[] base, int i, long address, long newAddress) {
        var old = map.old();
        if ((address & 7) == 0) {
            long value = Elf.wide(base, i + shifts[POINTER]);
            if (value > LOWEST_POINTER && open(POINTER, 8, value, 0)) {
                for (int by = -SHIFT; by <= SHIFT; by += 8) candidate(by, Elf.wide(base, i + by));
                return;
            }
        }
        if (old.isInUnwindTable(address)) {
            long table = old.unwindTable();
            if (open(
                    TABLE,
                    4,
                    table + Elf.number(base, i + shifts[TABLE], 4),
                    map.now().unwindTable())) {
                for (int by = -SHIFT; by <= SHIFT; by += 8) candidate(by, table + Elf.number(base, i + by, 4));
            }
            return;
        }
        int distance = Elf.number(base, i + shifts[DATA], 4);
        if (distance < HIGHEST_DISTANCE && open(DATA, 4, address + shifts[DATA] + distance, newAddress)) {
            for (int by = -SHIFT; by <= SHIFT; by += 4) candidate(by, address + by + Elf.number(base, i + by, 4));
        }
    }

    private void candidate(int shift, long target) {
        candidates[(shift + SHIFT) / 4] = target;
    }

    /// Where an entry was foretold wrong, looks which one would have been right. Only what two say in a row is
    /// believed.
    private void shift(long is) {
        int step = kind == POINTER || kind == TABLE ? 8 : 4;
        for (int by = 0; by <= SHIFT; by += step) {
            int shift = isAt(by, is) ? by : isAt(-by, is) ? -by : NO_SHIFT;
            if (shift == NO_SHIFT) continue;
            if (proposed[kind] == shift || kind == TABLE) shifts[kind] = shift;
            proposed[kind] = shift;
            return;
        }
        proposed[kind] = NO_SHIFT;
    }

    private boolean isAt(int shift, long is) {
        long candidate = candidates[(shift + SHIFT) / 4];
        return map.old().spans(candidate) && map.mapped(candidate) == is;
    }

    private boolean open(int kind, int size, long target, long origin) {
        if (!map.old().spans(target)) return false;
        long mapped = map.mapped(target);
        isExact = map.isExact();
        long learned = map.learned(target);
        if (mapped < 0 && learned < 0) return false;
        this.kind = kind;
        this.size = size;
        this.target = target;
        this.origin = origin;
        at = 0;
        seen = 0;
        wasLearned = learned >= 0;
        foretold[BY_MAP] = (mapped < 0 ? learned : mapped) - origin;
        foretold[BY_LEARNING] = (learned < 0 ? mapped : learned) - origin;
        failed[BY_MAP] = false;
        failed[BY_LEARNING] = false;
        return true;
    }

    private void arm(byte[] base, int i, long address, long newAddress) {
        int word = Elf.number(base, i, 4);
        if ((word & 0x7c000000) == 0x14000000) {
            if (open(BRANCH, 4, address + 4L * signed(word, 26), newAddress)) insert(word, 26, 0);
        } else if ((word & 0xff000010) == 0x54000000
                || (word & 0x7e000000) == 0x34000000
                || (word & 0x3b000000) == 0x18000000) {
            if (open(NEAR, 4, address + 4L * signed(word >> 5, 19), newAddress)) insert(word, 19, 5);
        } else if ((word & 0x7e000000) == 0x36000000) {
            if (open(NEAR, 4, address + 4L * signed(word >> 5, 14), newAddress)) insert(word, 14, 5);
        } else if ((word & 0x9f000000) == 0x90000000) {
            page(base, i, word, address, newAddress);
        } else if (scale(word) >= 0) {
            low(base, i, word, address);
        }
    }

    /// Makes instructions of distances in words.
    private void insert(int word, int bits, int shift) {
        long mask = (1L << bits) - 1;
        for (int source = 0; source < 2; source++) {
            foretold[source] = word & 0xffffffffL & ~(mask << shift) | (foretold[source] >> 2 & mask) << shift;
        }
    }

    private void page(byte[] base, int i, int word, long address, long newAddress) {
        int low = 0;
        for (int k = REACH; k >= 1; k--) {
            int other = Elf.number(base, i + 4 * k, 4);
            int scale = scale(other);
            if (scale >= 0 && (other >> 5 & 31) == (word & 31)) low = (other >> 10 & 0xfff) << scale;
        }
        if (!open(PAGE, 4, pageOf(word, address) + low, 0)) return;
        for (int source = 0; source < 2; source++) {
            long pages = (foretold[source] >> 12) - (newAddress >> 12);
            foretold[source] = word & 0x9f00001fL | (pages & 3) << 29 | (pages >> 2 & 0x7ffff) << 5;
        }
    }

    private void low(byte[] base, int i, int word, long address) {
        int register = word >> 5 & 31;
        int scale = scale(word);
        for (int k = 1; k <= REACH; k++) {
            int other = Elf.number(base, i - 4 * k, 4);
            if ((other & 0x9f00001f) != (0x90000000 | register)) continue;
            long whole = pageOf(other, address - 4 * k) + ((word >> 10 & 0xfff) << scale);
            if (!open((word & 0x3b000000) == 0x39000000 ? LOAD : LOW, 4, whole, 0)) return;
            for (int source = 0; source < 2; source++) {
                foretold[source] = word & 0xffc003ffL | (foretold[source] & 0xfff) >> scale << 10;
            }
            return;
        }
    }

    /// What ADRP at `address` gives.
    private static long pageOf(int word, long address) {
        int pages = signed((word >> 5 & 0x7ffff) << 2 | word >> 29 & 3, 21);
        return (address & ~0xfffL) + ((long) pages << 12);
    }

    /// By how much the low part is shifted in ADD of 64 bits and in loads and stores; -1 in others.
    private static int scale(int word) {
        if ((word & 0xff800000) == 0x91000000) return 0;
        if ((word & 0x3b000000) != 0x39000000) return -1;
        return (word & 0x04800000) == 0x04800000 ? 4 : word >>> 30;
    }

    private static int signed(int value, int bits) {
        return value << 32 - bits >> 32 - bits;
    }

    /// The byte that the new image has.
    void next(int value) {
        expected++;
        if (kind == NONE) return;
        for (int source = 0; source < 2; source++) {
            if (value != ((int) (foretold[source] >>> 8 * at) & 0xff)) failed[source] = true;
        }
        seen |= (long) value << 8 * at;
        if (++at < size) return;
        for (int source = 0; source < 2; source++) {
            history[source][kind] = history[source][kind] << 1 | (failed[source] ? 1 : 0);
        }
        long is = switch (kind) {
            case CALL, JUMP, RELATIVE, DATA, TABLE, GUESS -> origin + (int) seen;
            case POINTER -> seen;
            case BRANCH -> origin + 4L * signed((int) seen, 26);
            default -> AddressMap.UNKNOWN;
        };
        if (is >= 0 && map.now().spans(is)) {
            boolean isEntry = kind == POINTER || kind == TABLE || kind == DATA;
            if (isEntry && failed[BY_MAP]) shift(is);
            map.learn(target, is);
        }
        kind = NONE;
    }
}
