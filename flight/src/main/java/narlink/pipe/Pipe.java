package narlink.pipe;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// One end of an open pipe. One thread receives while another sends; [#close] ends both.
public interface Pipe extends Closeable {
    /// Waits for bytes and returns the good segments in them, maybe none; empty once the far end has closed.
    Optional<List<byte[]>> receive() throws IOException;

    /// Puts one segment on the pipe, and waits while the pipe takes no more.
    void send(byte[] segment) throws IOException;

    /// Frames that arrived damaged since the pipe was opened.
    long badFrames();
}
