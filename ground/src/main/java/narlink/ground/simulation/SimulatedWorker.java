package narlink.ground.simulation;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs tasks one after the other, each as a fiber's work, some time after it was asked for.
final class SimulatedWorker extends AbstractExecutorService {
    private final World world;
    private final String name;
    private final Consumer<@Nullable Throwable> rested;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private @Nullable Fiber fiber;
    private boolean shut;

    /// @param rested hears after each burst of tasks how it ended
    SimulatedWorker(World world, String name, Consumer<@Nullable Throwable> rested) {
        this.world = world;
        this.name = name;
        this.rested = rested;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (fiber == null) fiber = world.start(name, this::work, this::over);
    }

    private void work() {
        for (var task = tasks.poll(); task != null; task = tasks.poll()) task.run();
    }

    private void over(@Nullable Throwable trouble) {
        fiber = null;
        if (trouble == null && !tasks.isEmpty() && !shut) fiber = world.start(name, this::work, this::over);
        rested.accept(trouble);
    }

    /// Ends it in the middle of whatever it does.
    void kill() {
        shut = true;
        tasks.clear();
        if (fiber != null) fiber.kill();
    }

    @Override
    public void shutdown() {
        shut = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        kill();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return shut;
    }

    @Override
    public boolean isTerminated() {
        return shut && fiber == null;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }
}
