package narlink.inventory;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.LZMAOutputStream;

/// Bytes as a number (§11.3), how many they are, and raw LZMA1 data of them (§13.6).
final class Packed {
    /// Of what is unpacked.
    static final int MAX_RAW = 32 << 20;

    private static final int LC = 3;
    private static final byte PROPERTIES = LC;
    private static final int MIN_WINDOW = 4096;
    private static final int MAX_WINDOW = 1 << 20;

    private Packed() {}

    static byte[] pack(byte[] raw) {
        try {
            var out = new ByteArrayOutputStream();
            Numbers.write(out, raw.length);
            var options = new LZMA2Options();
            options.setLcLp(LC, 0);
            options.setPb(0);
            options.setDictSize(window(raw.length));
            try (var lzma = new LZMAOutputStream(out, options, false)) {
                lzma.write(raw);
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
    }

    static byte[] unpack(byte[] packed) throws MalformedInventoryException {
        var in = new ByteArrayInputStream(packed);
        int length = Numbers.read(in, MAX_RAW);
        try (var lzma = new LZMAInputStream(in, length, PROPERTIES, window(length))) {
            byte[] raw = lzma.readNBytes(length);
            if (raw.length < length) throw new MalformedInventoryException("it is cut short");
            return raw;
        } catch (MalformedInventoryException e) {
            throw e;
        } catch (IOException e) {
            throw new MalformedInventoryException("it can't be unpacked: " + e.getMessage(), e);
        }
    }

    private static int window(int length) {
        return Math.clamp(length, MIN_WINDOW, MAX_WINDOW);
    }

    /// Numbers of seven bits a byte, the lowest first (§11.3).
    static final class Numbers {
        private Numbers() {}

        static void write(ByteArrayOutputStream out, long value) {
            long left = value;
            for (; left > 0x7f; left >>>= 7) out.write((int) (left & 0x7f | 0x80));
            out.write((int) left);
        }

        static int read(ByteArrayInputStream in, int most) throws MalformedInventoryException {
            return (int) readLong(in, most);
        }

        static long readLong(ByteArrayInputStream in, long most) throws MalformedInventoryException {
            long value = 0;
            for (int shift = 0; shift < 63; shift += 7) {
                int next = in.read();
                if (next < 0) throw new MalformedInventoryException("a number is cut short");
                value |= (long) (next & 0x7f) << shift;
                if ((next & 0x80) == 0) {
                    if (value > most) throw new MalformedInventoryException(value + " is more than " + most);
                    return value;
                }
            }
            throw new MalformedInventoryException("a number does not end");
        }

        static byte[] bytes(ByteArrayInputStream in, int count) throws MalformedInventoryException {
            byte[] bytes = new byte[count];
            if (in.readNBytes(bytes, 0, count) < count) {
                throw new MalformedInventoryException(Arrays.toString(new int[] {count}) + " bytes are cut short");
            }
            return bytes;
        }
    }
}
