package narlink.flight;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import narlink.flight.Receiver.Event;
import narlink.nix.Store;

/// The one thread that steps the [Receiver], and the queue of what waits for it.
public final class ReceptionLoop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ReceptionLoop.class.getName());

    /// What a kill may cost is at most 64 KiB of symbols, for segments of at most 8 KiB: what the pipe has read and not
    /// yet given away (16 KiB), what waits here, and what is not synced yet, with the segment at hand.
    ///
    /// Bytes of segments that may wait to be looked at, or one segment; the pipe is not read meanwhile.
    private static final int WAITING_BYTES = 16 * 1024;
    /// Things of all kinds that may wait.
    private static final int INBOX = 256;

    private static final Duration TICK = Duration.ofMillis(200);
    /// The same while somebody waits until nothing is at work.
    private static final Duration SETTLING = Duration.ofMillis(5);

    private final Receiver receiver;
    private final Semaphore waiting = new Semaphore(WAITING_BYTES);
    private final BlockingQueue<Event> inbox = new LinkedBlockingQueue<>(INBOX);
    private final Thread thread;
    private volatile Runnable onFailure = () -> {};
    private volatile boolean failed;
    private volatile boolean running = true;

    /// Where reports go.
    @FunctionalInterface
    public interface Downlink {
        /// Takes a report without waiting; one that is not yet on its way may be dropped for a newer one.
        void offer(byte[] segment);

        /// Takes an answer without waiting; it may be dropped where many are not yet on their way.
        default void answer(byte[] segment) {
            offer(segment);
        }

        /// Somebody on Earth waits for a report or an answer, which follows: where a link carries one direction at a
        /// time, nothing else goes up meanwhile.
        default void asked() {}
    }

    /// What differs from machine to machine.
    ///
    /// @param health commands, run for every deployment that runs a program
    /// @param reserve bytes that imports are to leave free on the disk
    public record Settings(List<String> health, long reserve, Machine machine) {
        public static final Settings DEFAULT = new Settings(List.of(), Room.DEFAULT_RESERVE, Machine.real());

        public Settings {
            health = List.copyOf(health);
        }
    }

    /// With default settings.
    public ReceptionLoop(FlightState files, Store store, Clock clock) throws IOException {
        this(files, store, clock, Settings.DEFAULT);
    }

    /// Opens the state directory and takes up what a cut left.
    public ReceptionLoop(FlightState files, Store store, Clock clock, Settings settings) throws IOException {
        this.thread = Thread.ofPlatform().name("reception").unstarted(this::run);
        this.receiver = new Receiver(files, store, clock, settings, this::put);
        thread.start();
    }

    /// Takes a segment from a pipe; waits while too many are unread.
    public void hear(byte[] segment) {
        try {
            while (running && !waiting.tryAcquire(room(segment), 100, TimeUnit.MILLISECONDS)) {}
            put(new Event.Heard(segment));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int room(byte[] segment) {
        return Math.min(segment.length, WAITING_BYTES);
    }

    /// Counts frames that a pipe found damaged.
    public void damaged(long frames) {
        if (frames > 0) put(new Event.Damaged(frames));
    }

    /// Sends reports there too from now on, beginning with one at once.
    public void reportTo(Downlink link) {
        receiver.reportTo(link);
    }

    /// Sends none there any more.
    public void endReportsTo(Downlink link) {
        receiver.endReportsTo(link);
    }

    /// Runs `end` once a bug has stopped the reception: nothing that is heard from then on is kept, so that the process
    /// is to end too, and to be started again.
    public void onFailure(Runnable end) {
        onFailure = end;
        if (failed) end.run();
    }

    /// A report of everything that was heard before this call, as a signed segment.
    public byte[] report() throws InterruptedException {
        return ask(false);
    }

    private byte[] ask(boolean settled) throws InterruptedException {
        var done = new CountDownLatch(1);
        put(new Event.Asked(done::countDown, settled));
        while (running && !done.await(100, TimeUnit.MILLISECONDS)) {}
        return receiver.lastReport();
    }

    private void put(Event event) {
        try {
            while (running && !inbox.offer(event, 100, TimeUnit.MILLISECONDS)) {}
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (running) {
            try {
                var event = inbox.poll((receiver.awaited() ? SETTLING : TICK).toMillis(), TimeUnit.MILLISECONDS);
                if (event instanceof Event.Heard heard) waiting.release(room(heard.segment()));
                receiver.step(event, this::more);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | Error e) {
                // A bug. Everything durable is in the logs: starting again from them is the safest way on.
                LOG.log(System.Logger.Level.ERROR, "the receiver stops", e);
                running = false;
                failed = true;
                onFailure.run();
            }
        }
    }

    private boolean more() {
        return !inbox.isEmpty();
    }

    /// Waits until nothing is left that could go on without the link, and returns the report of then.
    public byte[] settled() throws InterruptedException {
        return ask(true);
    }

    /// Has the thread look at once whether it is to go on.
    private void wake() {
        if (!inbox.offer(new Event.Damaged(0))) LOG.log(System.Logger.Level.DEBUG, "it is awake");
    }

    /// Makes everything durable and stops.
    @Override
    public void close() {
        try {
            report();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running = false;
        wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        receiver.close();
    }
}
