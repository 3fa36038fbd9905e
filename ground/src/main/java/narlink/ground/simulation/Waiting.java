package narlink.ground.simulation;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/// A lock for fibers. Since one runs at a time it locks nobody out; only its conditions do something.
final class Waiting implements Lock {
    private final World world;

    Waiting(World world) {
        this.world = world;
    }

    @Override
    public void lock() {}

    @Override
    public void lockInterruptibly() {}

    @Override
    public boolean tryLock() {
        return true;
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) {
        return true;
    }

    @Override
    public void unlock() {}

    @Override
    public Condition newCondition() {
        return new Signalled();
    }

    private final class Signalled implements Condition {
        private final List<Runnable> waiting = new ArrayList<>();

        @Override
        public void await() {
            var fiber = world.current();
            long ticket = fiber.ticket();
            waiting.add(() -> fiber.wake(ticket));
            fiber.pause();
        }

        @Override
        public void signalAll() {
            waiting.forEach(waiter -> world.at(world.nanos(), waiter));
            waiting.clear();
        }

        @Override
        public void signal() {
            if (!waiting.isEmpty()) world.at(world.nanos(), waiting.removeFirst());
        }

        @Override
        public void awaitUninterruptibly() {
            await();
        }

        @Override
        public long awaitNanos(long nanosTimeout) {
            throw new UnsupportedOperationException("no fiber waits with a time limit");
        }

        @Override
        public boolean await(long time, TimeUnit unit) {
            throw new UnsupportedOperationException("no fiber waits with a time limit");
        }

        @Override
        public boolean awaitUntil(Date deadline) {
            throw new UnsupportedOperationException("no fiber waits with a time limit");
        }
    }
}
