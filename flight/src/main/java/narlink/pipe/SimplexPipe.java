package narlink.pipe;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// A pipe of which this end uses one direction only.
final class SimplexPipe implements Pipe {
    private final Pipe pipe;
    private final boolean sends;
    private final CountDownLatch closed = new CountDownLatch(1);

    /// @param sends whether this end sends, and hears nothing; else it hears, and sends nothing
    SimplexPipe(Pipe pipe, boolean sends) {
        this.pipe = pipe;
        this.sends = sends;
    }

    @Override
    public Optional<List<byte[]>> receive() throws IOException {
        if (!sends) return pipe.receive();
        try {
            closed.await();
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void send(byte[] segment) throws IOException {
        if (sends) pipe.send(segment);
    }

    @Override
    public long badFrames() {
        return pipe.badFrames();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        pipe.close();
    }
}
