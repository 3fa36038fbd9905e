package narlink.pipe;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import narlink.wire.FrameReader;
import narlink.wire.Frames;

/// A pipe over two byte streams. A lone 0x00 goes out first, so that what a predecessor left unfinished on the line
/// does not swallow our first frame.
final class StreamPipe implements Pipe {
    private static final int BUFFER = 1 << 13;

    private final InputStream in;
    private final OutputStream out;
    private final Closeable underneath;
    private final FrameReader reader = new FrameReader();
    private final byte[] buffer = new byte[BUFFER];
    private volatile long badFrames;
    private boolean begun;

    StreamPipe(InputStream in, OutputStream out, Closeable underneath) {
        this.in = in;
        this.out = out;
        this.underneath = underneath;
    }

    @Override
    public Optional<List<byte[]>> receive() throws IOException {
        int read = in.read(buffer);
        if (read < 0) {
            return Optional.empty();
        }
        var segments = new ArrayList<byte[]>();
        reader.feed(buffer, 0, read, segments::add);
        badFrames = reader.bad();
        return Optional.of(segments);
    }

    @Override
    public void send(byte[] segment) throws IOException {
        if (!begun) {
            out.write(0);
            begun = true;
        }
        out.write(Frames.frame(segment));
        out.flush();
    }

    @Override
    public long badFrames() {
        return badFrames;
    }

    @Override
    public void close() throws IOException {
        underneath.close();
    }
}
