package narlink.delta;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Counts the bytes that go through.
public final class CountedOutput extends FilterOutputStream {
    private long bytes;

    public CountedOutput(OutputStream out) {
        super(out);
    }

    public long bytes() {
        return bytes;
    }

    @Override
    public void write(int b) throws IOException {
        out.write(b);
        bytes++;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        out.write(source, offset, length);
        bytes += length;
    }
}
