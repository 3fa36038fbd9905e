package narlink.ground.link;

import java.io.IOException;
import java.time.Duration;
import narlink.ground.Link;
import narlink.pipe.Pipe;
import narlink.wire.Frames;

/// A link over a pipe of the JDK: standard streams, files, a program.
final class JdkLink implements Link {
    private final Pipe pipe;
    private final Inbox inbox = new Inbox();

    JdkLink(Pipe pipe, String name) {
        this.pipe = pipe;
        Thread.ofPlatform().daemon().name("link").start(() -> read(name));
    }

    private void read(String name) {
        try {
            for (var segments = pipe.receive(); segments.isPresent(); segments = pipe.receive()) {
                segments.get().forEach(inbox::segment);
            }
            inbox.closed("the far end closed " + name);
        } catch (IOException e) {
            inbox.closed(name + ": " + e.getMessage());
        }
    }

    @Override
    public int send(byte[] segment) throws IOException {
        pipe.send(segment);
        return Frames.frame(segment).length;
    }

    @Override
    public Heard next(Duration most) throws InterruptedException {
        return inbox.next(most);
    }

    @Override
    public void close() throws IOException {
        pipe.close();
    }
}
