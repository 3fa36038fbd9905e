package narlink.flight;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// The receiver's threads, and how they wait: a simulator puts its own time and order of things in their place.
public interface Workers {
    /// Runs tasks one after the other, in the order in which they came.
    ExecutorService worker(String name);

    /// A lock whose conditions workers may wait for.
    Lock lock();

    void sleep(Duration time) throws InterruptedException;

    /// Nanoseconds since some moment, as [System#nanoTime].
    long nanoTime();

    /// Threads of this process.
    static Workers real() {
        return new Workers() {
            @Override
            public ExecutorService worker(String name) {
                return Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name(name).factory());
            }

            @Override
            public Lock lock() {
                return new ReentrantLock();
            }

            @Override
            public void sleep(Duration time) throws InterruptedException {
                Thread.sleep(time);
            }

            @Override
            public long nanoTime() {
                return System.nanoTime();
            }
        };
    }
}
