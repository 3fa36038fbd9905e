package narlink.ground.ledger;

import java.util.concurrent.TimeUnit;
import narlink.ground.LedgerException;
import org.jspecify.annotations.Nullable;

/// Whether the database answers. Once it does not, nobody waits for it any more, since passes have other things to do:
/// a thread of its own looks for it until it is back. Both are said once.
final class Reach {
    private static final System.Logger LOG = System.getLogger(Reach.class.getName());
    private static final long LOOK_MILLIS = 500;

    private final String what;
    private final Runnable probe;
    private volatile @Nullable RuntimeException away;
    private volatile boolean closed;

    /// @param what goes on when it does, for the log
    /// @param probe fails as long as it does not answer
    Reach(String what, Runnable probe) {
        this.what = what;
        this.probe = probe;
    }

    /// @throws LedgerException if it is known not to answer
    void check() {
        var why = away;
        if (why != null) throw new LedgerException(why);
    }

    /// Somebody has waited in vain.
    synchronized void lost(RuntimeException why) {
        if (away != null || closed) return;
        away = why;
        LOG.log(System.Logger.Level.WARNING, "{0} not possible for now: {1}", what, line(why));
        Thread.ofPlatform().daemon().name("ledger").start(this::look);
    }

    private void look() {
        try {
            while (!closed) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                if (answers()) return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Nobody does that.
        }
    }

    private boolean answers() {
        try {
            probe.run();
        } catch (RuntimeException e) {
            away = e;
            return false;
        }
        synchronized (this) {
            away = null;
            LOG.log(System.Logger.Level.WARNING, "{0} possible again", what);
        }
        return true;
    }

    private static String line(RuntimeException why) {
        return String.valueOf(why.getMessage()).lines().findFirst().orElse("");
    }

    void close() {
        closed = true;
    }
}
