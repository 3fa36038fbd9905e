package narlink.ground.link;

import java.io.IOException;
import java.time.Duration;
import narlink.ground.Link;

/// A link of which only one direction exists.
final class SimplexLink implements Link {
    private final Link link;
    private final boolean up;

    /// @param up whether only the forward link exists; else only the return link
    SimplexLink(Link link, boolean up) {
        this.link = link;
        this.up = up;
    }

    @Override
    public int send(byte[] segment) throws IOException, InterruptedException {
        return up ? link.send(segment) : 0;
    }

    /// What comes from where nothing can come is not heard, but that the pipe has closed.
    @Override
    public Heard next(Duration most) throws InterruptedException {
        var heard = link.next(most);
        return up && heard instanceof Heard.Segment ? new Heard.Nothing() : heard;
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
