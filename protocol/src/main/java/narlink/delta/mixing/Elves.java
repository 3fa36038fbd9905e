package narlink.delta.mixing;

import java.util.ArrayList;
import java.util.List;

/// Finds the ELF files in bytes that go by, by how they begin.
public final class Elves {
    /// Others are not looked for.
    private static final int MAX_FILES = 1 << 13;

    private static final long MAGIC = 0x7f454c460201L; // ELF, 64 bits, little endian.
    private static final long MAGIC_MASK = 0xffffffffffffL;
    private static final int MAGIC_LENGTH = 6;

    private final List<Elf> files = new ArrayList<>();
    private final byte[] head = new byte[Elf.HEAD];
    private int held; // Bytes of a head, 0 while none was found.
    private long last; // The last eight bytes.
    private long position;

    public void feed(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            position++;
            if (held > 0) {
                head[held++] = bytes[i];
                if (held == Elf.HEAD) end();
                continue;
            }
            last = last << 8 | bytes[i] & 0xff;
            if ((last & MAGIC_MASK) == MAGIC && files.size() < MAX_FILES) begin();
        }
    }

    private void begin() {
        for (int i = 0; i < MAGIC_LENGTH; i++) head[i] = (byte) (MAGIC >>> 8 * (MAGIC_LENGTH - 1 - i));
        held = MAGIC_LENGTH;
        last = 0;
    }

    private void end() {
        var elf = Elf.read(position - Elf.HEAD, head);
        elf.ifPresent(files::add);
        held = 0;
    }

    /// The last one that begins before `position`, if that is still in it.
    Elf at(long position) {
        int low = 0;
        int high = files.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (files.get(middle).start() <= position) low = middle + 1;
            else high = middle;
        }
        if (low == 0) return Elf.NONE;
        var elf = files.get(low - 1);
        return position < elf.end() ? elf : Elf.NONE;
    }
}
