package narlink.ground.link;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import narlink.ground.Link.Heard;

/// What came back over a link and waits to be looked at. Bounded: beyond that the oldest goes, since any report
/// replaces all before it.
final class Inbox {
    private static final int MOST = 256;
    /// Bytes: what a satellite sends is small, what a stranger sends need not be.
    private static final int MOST_BYTES = 512 * 1024;

    private final BlockingQueue<Heard> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger bytes = new AtomicInteger();
    private volatile boolean closed;

    void segment(byte[] segment) {
        while (queue.size() >= MOST || bytes.get() > 0 && bytes.get() + segment.length > MOST_BYTES) {
            var oldest = queue.poll();
            if (oldest == null) break;
            taken(oldest);
        }
        bytes.addAndGet(segment.length);
        queue.add(new Heard.Segment(segment));
    }

    private void taken(Heard heard) {
        if (heard instanceof Heard.Segment segment) bytes.addAndGet(-segment.bytes().length);
    }

    void closed(String why) {
        if (closed) return;
        closed = true;
        queue.add(new Heard.Closed(why));
    }

    Heard next(Duration most) throws InterruptedException {
        var heard = most.isZero() ? queue.poll() : queue.poll(most.toMillis() + 1, TimeUnit.MILLISECONDS);
        if (heard != null) taken(heard);
        if (heard instanceof Heard.Closed last) queue.add(last); // It stays closed for whoever asks again.
        return heard == null ? new Heard.Nothing() : heard;
    }
}
