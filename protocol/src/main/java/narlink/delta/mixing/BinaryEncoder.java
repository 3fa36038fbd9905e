package narlink.delta.mixing;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// The range coder of LZMA (§11.30), with probabilities that others tell.
public final class BinaryEncoder implements BinaryCoder {
    private static final int SMALLEST_RANGE = 1 << 24;
    private static final long CARRY = 1L << 32;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long low;
    private int range = -1;
    private int held; // The byte before those of `low`, which a carry may still change.
    private long pending; // Bytes of 255 behind it.
    private long shifts;

    @Override
    public int code(int bit, int one) {
        int bound = (range >>> 16) * one;
        if (bit != 0) range = bound;
        else {
            low += bound & 0xffffffffL;
            range -= bound;
        }
        while (Integer.compareUnsigned(range, SMALLEST_RANGE) < 0) {
            range <<= 8;
            shift();
        }
        return bit;
    }

    private void shift() {
        if (low >= CARRY || low < CARRY - SMALLEST_RANGE) {
            int carry = (int) (low >>> 32);
            if (shifts > pending) out.write(held + carry);
            for (; pending > 0; pending--) out.write(0xff + carry);
            held = (int) (low >>> 24) & 0xff;
        } else pending++;
        shifts++;
        low = (low & SMALLEST_RANGE - 1) << 8;
    }

    /// So many bytes has a decoder taken when it knows all bits so far.
    public long taken() {
        return 4 + shifts;
    }

    /// The code, without up to four zeros at its end.
    public byte[] finish() {
        long end = low + (range & 0xffffffffL) - 1; // Of all values that decode alike, the one with the most zeros.
        for (int zeros = 32; zeros > 0; zeros -= 8) {
            long round = end >>> zeros << zeros;
            if (round >= low) {
                low = round;
                break;
            }
        }
        for (int i = 0; i < 5; i++) shift();
        byte[] code = out.toByteArray();
        int length = code.length; // Four at least.
        while (length > code.length - 4 && code[length - 1] == 0) length--;
        return Arrays.copyOf(code, length);
    }
}
