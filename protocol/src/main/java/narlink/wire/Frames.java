package narlink.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/// A segment as bytes on a pipe (§2): the segment and its CRC-32C, on stream pipes stuffed by COBS so that the byte
/// 0x00 only stands between frames. [FrameReader] is the other direction for streams.
public final class Frames {
    /// Longest segment, in bytes.
    public static final int MAX_SEGMENT = 65_536;
    /// Bytes that a datagram has beyond its segment: the CRC.
    public static final int DATAGRAM_OVERHEAD = 4;

    /// Longest stretch of non-zero bytes behind one COBS code byte.
    private static final int RUN = 254;

    /// Longest frame on a stream, without the 0x00 behind it.
    static final int MAX_FRAME = MAX_SEGMENT + DATAGRAM_OVERHEAD + (MAX_SEGMENT + DATAGRAM_OVERHEAD) / RUN + 1;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private Frames() {}

    /// The frame for a stream pipe, with the 0x00 that ends it.
    public static byte[] frame(byte[] segment) {
        byte[] plain = datagram(segment);
        var out = new byte[plain.length + plain.length / RUN + 2];
        int size = 0;
        int from = 0;
        while (true) {
            int run = run(plain, from);
            out[size] = (byte) (run + 1);
            System.arraycopy(plain, from, out, size + 1, run);
            size += run + 1;
            from += run;
            if (from == plain.length) break;
            if (run < RUN) from++; // The zero is said by the code byte.
        }
        out[size++] = 0;
        return Arrays.copyOf(out, size);
    }

    /// Bytes from `from` on that are not zero, at most [#RUN]; eight at a time.
    private static int run(byte[] plain, int from) {
        int end = Math.min(plain.length, from + RUN);
        int at = from;
        while (at + Long.BYTES <= end) {
            long word = (long) LONGS.get(plain, at);
            long zeros = (word - LOW_BITS) & ~word & HIGH_BITS; // Its lowest set bit is that of the first zero byte.
            if (zeros != 0) return at - from + Long.numberOfTrailingZeros(zeros) / 8;
            at += Long.BYTES;
        }
        while (at < end && plain[at] != 0) at++;
        return at - from;
    }

    /// Bytes of a stream frame around a segment of `segment` bytes, at most.
    public static int frameLength(int segment) {
        int plain = segment + DATAGRAM_OVERHEAD;
        return plain + plain / RUN + 2;
    }

    /// The frame for a datagram pipe.
    public static byte[] datagram(byte[] segment) {
        if (segment.length == 0 || segment.length > MAX_SEGMENT) {
            throw new IllegalArgumentException("a segment has 1 to " + MAX_SEGMENT + " bytes, not " + segment.length);
        }
        byte[] out = Arrays.copyOf(segment, segment.length + DATAGRAM_OVERHEAD);
        int crc = crc(segment, segment.length);
        for (int i = 0; i < DATAGRAM_OVERHEAD; i++) {
            out[segment.length + i] = (byte) (crc >>> (8 * i));
        }
        return out;
    }

    /// The segment of one datagram, or nothing where it is damaged.
    public static Optional<byte[]> undatagram(byte[] datagram) {
        return checked(datagram, datagram.length);
    }

    /// Undoes COBS. `frame` is without its 0x00 and holds no other.
    static Optional<byte[]> unframe(byte[] frame, int length) {
        var plain = new byte[length];
        int size = 0;
        for (int at = 0; at < length; ) {
            int code = frame[at] & 0xff;
            int end = at + code;
            if (code == 0 || end > length) {
                return Optional.empty();
            }
            System.arraycopy(frame, at + 1, plain, size, code - 1);
            size += code - 1;
            at = end;
            if (code <= RUN && at < length) {
                plain[size++] = 0;
            }
        }
        return checked(plain, size);
    }

    private static Optional<byte[]> checked(byte[] plain, int size) {
        int length = size - DATAGRAM_OVERHEAD;
        if (length < 1 || length > MAX_SEGMENT) {
            return Optional.empty();
        }
        int crc = 0;
        for (int i = 0; i < DATAGRAM_OVERHEAD; i++) {
            crc |= (plain[length + i] & 0xff) << (8 * i);
        }
        return crc == crc(plain, length) ? Optional.of(Arrays.copyOf(plain, length)) : Optional.empty();
    }

    private static int crc(byte[] data, int length) {
        var crc = new CRC32C();
        crc.update(data, 0, length);
        return (int) crc.getValue();
    }
}
