package narlink.flight;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import narlink.Sha256;

/// The pack's bytes in order, as far as its blocks have come; waits for more at a gap, or gives way.
final class PackStream extends InputStream {
    /// Gives a block's bytes once it is decoded and verified, in `memory` if they fit in there.
    interface Blocks {
        Optional<Piece> block(int index, byte[] memory) throws IOException;
    }

    /// The first `length` bytes of an array.
    record Piece(byte[] bytes, int length) {
        Sha256 hash() {
            return Sha256.of(bytes, 0, length);
        }
    }

    /// Told before the stream waits for its next block.
    interface Gap {
        void reached() throws IOException;
    }

    /// The next block is not there, and somebody else could use the time.
    static final class GaveWayException extends IOException {
        private static final long serialVersionUID = 1;
    }

    private final Blocks blocks;
    private final int count;
    private final Signal signal;
    private Gap gap = () -> {};
    private int next;
    private Piece current = new Piece(new byte[0], 0);
    private int at;

    PackStream(Blocks blocks, int count, Signal signal) {
        this.blocks = blocks;
        this.count = count;
        this.signal = signal;
    }

    void onGap(Gap told) {
        gap = told;
    }

    @Override
    public int read() throws IOException {
        return advance() ? current.bytes()[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) return 0;
        if (!advance()) return -1;
        int copied = Math.min(length, current.length() - at);
        System.arraycopy(current.bytes(), at, bytes, offset, copied);
        at += copied;
        return copied;
    }

    private boolean advance() throws IOException {
        while (at == current.length()) {
            if (next == count) return false;
            long seen = signal.count();
            var block = blocks.block(next, current.bytes());
            if (block.isPresent()) {
                current = block.get();
                at = 0;
                next++;
            } else {
                gap.reached();
                if (!signal.await(seen)) throw new GaveWayException();
            }
        }
        return true;
    }

    /// Tells the waiting import that a block has come, or that it is to give way.
    static final class Signal {
        private final Lock lock;
        private final Condition changed;
        private long count;
        private int queued;
        private boolean end;
        private boolean waiting;

        Signal(Lock lock) {
            this.lock = lock;
            this.changed = lock.newCondition();
        }

        long count() {
            lock.lock();
            try {
                return count;
            } finally {
                lock.unlock();
            }
        }

        boolean waiting() {
            lock.lock();
            try {
                return waiting && !givesWay();
            } finally {
                lock.unlock();
            }
        }

        void arrived() {
            change(() -> {
                waiting = false;
                count++;
            });
        }

        /// So much more work that could go on now; as long as there is any, whoever waits gives way to it.
        void queued(int more) {
            change(() -> queued += more);
        }

        /// Whoever waits gives way from now on.
        void end() {
            change(() -> end = true);
        }

        private void change(Runnable change) {
            lock.lock();
            try {
                change.run();
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /// Waits for an arrival after `seen`; false to give way.
        boolean await(long seen) {
            lock.lock();
            try {
                while (count == seen && !givesWay()) {
                    waiting = true;
                    changed.await();
                }
                return count != seen;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            } finally {
                waiting = false;
                lock.unlock();
            }
        }

        private boolean givesWay() {
            return end || queued > 0;
        }
    }
}
