package narlink.ground;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/// An open pipe as a pass uses it.
public interface Link extends Closeable {
    /// Puts a segment on the pipe; waits while the pipe takes no more, so that no queue grows.
    ///
    /// @return bytes that it took on the pipe
    int send(byte[] segment) throws IOException, InterruptedException;

    /// The next thing that came back, waiting up to `most`.
    Heard next(Duration most) throws InterruptedException;

    /// What came back.
    sealed interface Heard {
        record Segment(byte[] bytes) implements Heard {}

        record Nothing() implements Heard {}

        /// The pipe has ended; nothing comes any more.
        record Closed(String why) implements Heard {}
    }
}
