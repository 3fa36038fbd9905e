package narlink.ground.simulation;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import narlink.Bytes;
import narlink.flight.Machine;
import narlink.flight.Programs;
import narlink.flight.Workers;
import org.jspecify.annotations.Nullable;

/// The satellite's computer during one life of the receiver's process.
final class SimulatedMachine implements Machine {
    /// Programs that activations and health checks of a simulation run: what they do follows from these words.
    static final String GOOD = "run good";
    static final String SICK = "run sick";
    static final String HANGS = "run hangs";
    /// Succeeds, but not where a rollback runs it.
    static final String FRAIL = "run frail";

    private static final Duration LONGEST_RUN = Duration.ofSeconds(20);

    private final World world;
    private final Trace trace;
    private final SplittableRandom random;
    private final String bootId;
    private final long bootedNanos;
    private final Consumer<@Nullable Throwable> rested;
    private final Board.Watch watch;
    private final List<SimulatedWorker> workers = new ArrayList<>();

    /// @param bootedNanos when the computer was switched on
    /// @param rested hears when a worker has nothing to do, or how it was brought to an end
    /// @param watch hears of each program that is begun, and that fails
    SimulatedMachine(
            World world,
            Trace trace,
            SplittableRandom random,
            String bootId,
            long bootedNanos,
            Consumer<@Nullable Throwable> rested,
            Board.Watch watch) {
        this.world = world;
        this.trace = trace;
        this.random = random;
        this.bootId = bootId;
        this.bootedNanos = bootedNanos;
        this.rested = rested;
        this.watch = watch;
    }

    @Override
    public String bootId() {
        return bootId;
    }

    @Override
    public long uptimeMillis() {
        return (world.nanos() - bootedNanos) / 1_000_000;
    }

    @Override
    public String system() {
        return "aarch64-linux";
    }

    /// Ends all that its workers do.
    void kill() {
        workers.forEach(SimulatedWorker::kill);
    }

    @Override
    public Workers workers() {
        return new Workers() {
            @Override
            public ExecutorService worker(String name) {
                var worker = new SimulatedWorker(world, name, rested);
                workers.add(worker);
                return worker;
            }

            @Override
            public Lock lock() {
                return new Waiting(world);
            }

            @Override
            public void sleep(Duration time) {
                world.sleep(time);
            }

            @Override
            public long nanoTime() {
                return world.nanos();
            }
        };
    }

    @Override
    public Programs programs() {
        return new Programs() {
            @Override
            public Result run(String script, Map<String, String> environment, Path directory, long limitMillis) {
                watch.ran(environment);
                boolean rollback = "rollback".equals(environment.get("NARLINK_STEP"));
                boolean hangs = script.equals(HANGS);
                boolean fails = script.equals(SICK) || script.equals(FRAIL) && rollback;
                long millis = hangs ? limitMillis : 1 + random.nextLong(LONGEST_RUN.toMillis());
                world.sleep(Duration.ofMillis(Math.min(millis, limitMillis)));
                if ((hangs || fails) && !rollback) watch.failed(environment);
                if (hangs) trace.fault(Fault.PROGRAM_HUNG);
                else if (fails) {
                    trace.fault(
                            "health".equals(environment.get("NARLINK_STEP"))
                                    ? Fault.HEALTH_FAILED
                                    : Fault.ACTIVATION_FAILED);
                }
                boolean timeUp = millis >= limitMillis;
                return new Result(timeUp ? 137 : fails ? 1 : 0, timeUp, Bytes.ofUtf8(script + " was run\n"));
            }

            @Override
            public void sweep(Map<String, String> environment) {}
        };
    }
}
