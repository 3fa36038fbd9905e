package narlink.ground.link;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import narlink.ground.Link.Heard;

/// What came back over a link and waits to be looked at. Bounded: beyond that the oldest goes, since any report
/// replaces
/// all before it.
final class Inbox {
    private static final int MOST = 256;

    private final BlockingQueue<Heard> queue = new LinkedBlockingQueue<>();
    private volatile boolean closed;

    void segment(byte[] bytes) {
        while (queue.size() >= MOST) queue.poll();
        queue.add(new Heard.Segment(bytes));
    }

    void closed(String why) {
        if (closed) return;
        closed = true;
        queue.add(new Heard.Closed(why));
    }

    Heard next(Duration most) throws InterruptedException {
        var heard = most.isZero() ? queue.poll() : queue.poll(most.toMillis() + 1, TimeUnit.MILLISECONDS);
        if (heard instanceof Heard.Closed last) queue.add(last); // It stays closed for whoever asks again.
        return heard == null ? new Heard.Nothing() : heard;
    }
}
