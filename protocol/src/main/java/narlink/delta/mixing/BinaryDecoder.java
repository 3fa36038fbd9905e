package narlink.delta.mixing;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// The other side of [BinaryEncoder].
public final class BinaryDecoder implements BinaryCoder {
    private static final int SMALLEST_RANGE = 1 << 24;
    private static final int MAX_MISSING = 4;

    private final InputStream in;
    private int range = -1;
    private int code;
    private int missing;

    public BinaryDecoder(InputStream in) throws IOException {
        this.in = in;
        for (int i = 0; i < 4; i++) shift();
    }

    @Override
    public int code(int bit, int one) throws IOException {
        int bound = (range >>> 16) * one;
        int decoded;
        if (Integer.compareUnsigned(code, bound) < 0) {
            range = bound;
            decoded = 1;
        } else {
            code -= bound;
            range -= bound;
            decoded = 0;
        }
        while (Integer.compareUnsigned(range, SMALLEST_RANGE) < 0) {
            range <<= 8;
            shift();
        }
        return decoded;
    }

    private void shift() throws IOException {
        int next = in.read();
        if (next < 0) {
            if (++missing > MAX_MISSING) throw new EOFException("the code ends too early");
            next = 0;
        }
        code = code << 8 | next;
    }
}
