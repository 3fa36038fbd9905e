package narlink.delta.mixing;

import java.util.Arrays;
import java.util.Optional;

/// Where an ELF file is loaded: places in an image by addresses, and the other way round. Whatever its header says is
/// only a hint, by which code is predicted.
final class Elf {
    static final int X86_64 = 62;
    static final int AARCH64 = 183;

    /// So many bytes of a file are looked at.
    static final int HEAD = 64 + 24 * 56;

    /// Nothing is loaded.
    static final Elf NONE = new Elf(0, 0, new long[0][], new long[] {0, 0});

    private static final int ENTRY = 56;
    private static final int LOAD = 1;
    private static final int UNWIND_TABLE = 0x6474e550;
    private static final int MAX_SEGMENTS = 16;
    private static final int MAX_BITS = 48;

    // A segment.
    private static final int OFFSET = 0;
    private static final int ADDRESS = 1;
    private static final int IN_FILE = 2;
    private static final int IN_MEMORY = 3;

    private final long start;
    private final int machine;
    private final long[][] segments;
    private final long[] unwindTable;
    private final long end;
    private final long lowest;
    private final long highest;

    private Elf(long start, int machine, long[][] segments, long[] unwindTable) {
        this.start = start;
        this.machine = machine;
        this.segments = segments;
        this.unwindTable = unwindTable;
        long low = Long.MAX_VALUE;
        long high = 0;
        long last = 0;
        for (var segment : segments) {
            low = Math.min(low, segment[ADDRESS]);
            high = Math.max(high, segment[ADDRESS] + segment[IN_MEMORY]);
            last = Math.max(last, segment[OFFSET] + segment[IN_FILE]);
        }
        this.lowest = low;
        this.highest = high;
        this.end = start + last;
    }

    /// @param start place of `head` in the image
    static Optional<Elf> read(long start, byte[] head) {
        long table = wide(head, 32);
        int entries = number(head, 56, 2);
        var segments = new long[MAX_SEGMENTS][];
        var unwindTable = new long[2];
        int count = 0;
        for (int i = 0; i < entries && count < MAX_SEGMENTS; i++) {
            long at = table + (long) i * ENTRY;
            if (at < 0 || at > HEAD - ENTRY) break;
            int entry = (int) at;
            int kind = number(head, entry, 4);
            long address = wide(head, entry + 16);
            long inFile = wide(head, entry + 32);
            long offset = wide(head, entry + 8);
            long inMemory = wide(head, entry + 40);
            if ((offset | address | inFile | inMemory) >>> MAX_BITS != 0) continue;
            if (kind == UNWIND_TABLE) unwindTable = new long[] {address, inFile};
            if (kind == LOAD) segments[count++] = new long[] {offset, address, inFile, inMemory};
        }
        if (count == 0) return Optional.empty();
        return Optional.of(new Elf(start, number(head, 18, 2), Arrays.copyOf(segments, count), unwindTable));
    }

    /// Its place in the image.
    long start() {
        return start;
    }

    /// Behind what is loaded.
    long end() {
        return end;
    }

    int machine() {
        return machine;
    }

    /// Whether an address lies between the lowest and the highest one.
    boolean spans(long address) {
        return address >= lowest && address < highest;
    }

    /// The address of a place in the image; -1 if nothing is loaded from there.
    long addressOf(long place) {
        long at = place - start;
        for (var segment : segments) {
            long within = at - segment[OFFSET];
            if (within >= 0 && within < segment[IN_FILE]) return segment[ADDRESS] + within;
        }
        return -1;
    }

    /// The first segment that has the address; -1 if none has.
    int segmentOf(long address) {
        for (int i = 0; i < segments.length; i++) {
            long within = address - segments[i][ADDRESS];
            if (within >= 0 && within < segments[i][IN_MEMORY]) return i;
        }
        return -1;
    }

    /// Where a segment's bytes stand in the image that are at the address; -1 if the file does not have them.
    long placeOf(int segment, long address) {
        long within = address - segments[segment][ADDRESS];
        return within < segments[segment][IN_FILE] ? start + segments[segment][OFFSET] + within : -1;
    }

    /// The address behind what the file has of a segment; -1 if there is no such segment.
    long fileEnd(int segment) {
        return segment < segments.length ? segments[segment][ADDRESS] + segments[segment][IN_FILE] : -1;
    }

    /// The address of the table by which unwinding begins; 0 if there is none.
    long unwindTable() {
        return unwindTable[0];
    }

    boolean isInUnwindTable(long address) {
        return unwindTable[0] != 0 && address >= unwindTable[0] && address - unwindTable[0] < unwindTable[1];
    }

    /// Up to four bytes, little endian.
    static int number(byte[] bytes, int at, int length) {
        int value = 0;
        for (int i = length - 1; i >= 0; i--) value = value << 8 | bytes[at + i] & 0xff;
        return value;
    }

    /// Eight bytes, little endian.
    static long wide(byte[] bytes, int at) {
        return number(bytes, at, 4) & 0xffffffffL | (long) number(bytes, at + 4, 4) << 32;
    }
}
