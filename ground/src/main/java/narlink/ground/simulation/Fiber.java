package narlink.ground.simulation;

import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Something that waits now and then: a thread, of which never more than one runs, and the world not meanwhile.
final class Fiber {
    private final World world;
    private final Runnable body;
    private final Consumer<@Nullable Throwable> over;
    private final Thread thread;
    private final Semaphore turn = new Semaphore(0);
    private final Semaphore back = new Semaphore(0);
    private long pauses;
    private boolean begun;
    private boolean ended;
    private boolean killed;
    private @Nullable Throwable trouble;

    /// Ends a fiber from within, wherever it waits.
    static final class KilledError extends Error {
        private static final long serialVersionUID = 1;

        KilledError() {
            super("killed", null, false, false);
        }
    }

    Fiber(String name, Runnable body, Consumer<@Nullable Throwable> over, World world) {
        this.world = world;
        this.body = body;
        this.over = over;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    private void run() {
        turn.acquireUninterruptibly();
        try {
            if (!killed) body.run();
        } catch (Throwable e) {
            trouble = e;
        } finally {
            ended = true;
            back.release();
        }
    }

    /// Goes on with it, until it waits or ends. Belongs to the world's thread.
    void resume() {
        if (ended) return;
        if (!begun) thread.start();
        begun = true;
        world.enter(this);
        turn.release();
        back.acquireUninterruptibly();
        world.enter(null);
        if (ended) over.accept(trouble instanceof KilledError ? null : trouble);
    }

    /// What [#wake] wants to know of the next pause.
    long ticket() {
        return pauses + 1;
    }

    /// Ends the pause with this ticket, if it is still on.
    void wake(long ticket) {
        if (pauses == ticket) resume();
    }

    /// Waits to be woken. Belongs to the fiber.
    void pause() {
        pauses++;
        back.release();
        turn.acquireUninterruptibly();
        pauses++;
        if (killed) throw new KilledError();
    }

    /// Ends it, unless it has ended. Belongs to the world's thread.
    void kill() {
        killed = true;
        if (begun && !ended) resume();
        ended = true;
    }
}
