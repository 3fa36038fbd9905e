package narlink.ground.ledger;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// Makes transactions that come at the same time one, so that the disk is waited for once: SQLite has one writer at a
/// time, and each commit waits for the disk. A thread of its own writes for all, and wakes each when its own is
/// durable: who would have to take turns at a lock would have to be scheduled in turn. Each stands in a savepoint: one
/// that fails leaves nothing behind, and takes no other with it.
final class SharedCommit {
    /// Transactions that are made one, at most.
    private static final int MOST = 256;

    private static final String SAVEPOINT = "one";
    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_LOCKED = 6;

    private final Jdbi jdbi;
    private final BlockingQueue<Entry<?, ?>> waiting = new LinkedBlockingQueue<>();
    private @Nullable Thread writer;
    private boolean closed;

    SharedCommit(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// What one caller wants done; the writer's, until it is over.
    private static final class Entry<R, X extends Exception> {
        private final HandleCallback<R, X> work;
        private @Nullable R result;
        private @Nullable Throwable failure;
        private final CountDownLatch over = new CountDownLatch(1);

        Entry(HandleCallback<R, X> work) {
            this.work = work;
        }

        void perform(Handle handle) {
            handle.savepoint(SAVEPOINT);
            try {
                result = work.withHandle(handle);
                handle.releaseSavepoint(SAVEPOINT);
            } catch (Exception e) { // Whatever its kind, it is the caller's: see result().
                handle.rollbackToSavepoint(SAVEPOINT);
                failure = e;
            }
        }

        /// What was begun ends: a thread that is interrupted waits all the same, at most as long as the database is
        /// waited for.
        void await() {
            boolean interrupted = false;
            while (true) {
                try {
                    over.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) Thread.currentThread().interrupt();
        }

        @SuppressWarnings({"unchecked", "NullAway"}) // A callback throws nothing else, and may return null.
        R result() throws X {
            switch (failure) {
                case null -> {
                    return result;
                }
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw (X) failure;
            }
        }
    }

    /// Runs `work` in a transaction, which is durable on return.
    <R, X extends Exception> R run(HandleCallback<R, X> work) throws X {
        var entry = new Entry<>(work);
        put(entry);
        entry.await();
        return entry.result();
    }

    private synchronized void put(Entry<?, ?> entry) {
        if (closed) throw new IllegalStateException("the ledger is closed");
        if (writer == null)
            writer = Thread.ofPlatform().daemon().name("ledger writer").start(this::write);
        waiting.add(entry);
    }

    private void write() {
        var together = new ArrayList<Entry<?, ?>>();
        try {
            while (true) {
                together.add(waiting.take());
                waiting.drainTo(together, MOST - 1);
                commit(together);
                together.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // It was closed.
        }
    }

    private void commit(List<Entry<?, ?>> together) {
        try {
            jdbi.useTransaction(handle -> together.forEach(entry -> entry.perform(handle)));
        } catch (RuntimeException | Error e) {
            // Nothing was committed, of nobody.
            for (var entry : together) if (entry.failure == null) entry.failure = e;
        } finally {
            together.forEach(entry -> entry.over.countDown());
        }
    }

    /// Ends it when all that was begun is over.
    void close() {
        Thread ending;
        synchronized (this) {
            closed = true;
            ending = writer;
        }
        if (ending == null) return;
        var last = new Entry<Boolean, RuntimeException>(handle -> true);
        waiting.add(last);
        last.await();
        ending.interrupt();
    }

    /// Whether something failed because somebody else has locked the file.
    static boolean isLocked(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                int code = sql.getErrorCode() & 0xff;
                if (code == SQLITE_BUSY || code == SQLITE_LOCKED) return true;
            }
        }
        return false;
    }
}
