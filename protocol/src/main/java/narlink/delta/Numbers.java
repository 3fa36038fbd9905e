package narlink.delta;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Numbers in groups of seven bits, the lowest first; the top bit says that more follow.
final class Numbers {
    private static final int MAX_BITS = 63;

    private Numbers() {}

    static void write(OutputStream out, long value) throws IOException {
        long left = value;
        while (left >= 0x80) {
            out.write((int) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    static void writeSigned(OutputStream out, long value) throws IOException {
        write(out, (value << 1 ^ value >> 63) & Long.MAX_VALUE);
    }

    /// A number from 0 to `most`.
    static long read(InputStream in, String what, long most) throws IOException {
        long value = 0;
        for (int shift = 0; shift < MAX_BITS; shift += 7) {
            int next = in.read();
            if (next < 0) throw new CorruptPackException("the pack ends at the " + what);
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                if (value < 0 || value > most) {
                    throw new CorruptPackException(what + " " + Long.toUnsignedString(value) + ", at most " + most);
                }
                return value;
            }
        }
        throw new CorruptPackException(what + " of more than 63 bits");
    }

    static long readSigned(InputStream in, String what) throws IOException {
        long value = read(in, what, Long.MAX_VALUE);
        return value >>> 1 ^ -(value & 1);
    }
}
