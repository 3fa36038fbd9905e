package narlink.testkit.fuzz;

import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Runs one [FuzzTarget]: the whole corpus first, then inputs made of it. `-Dnarlink.fuzz=N` asks for N of these in
/// place of the target's own number, `-Dnarlink.fuzz.seed=S` for others than the usual ones, `-Dnarlink.fuzz.keep=DIR`
/// for the corpus that came of it: the shortest inputs that together reach all that was reached.
public final class Fuzzer {
    /// An input that takes longer hangs.
    private static final long HANGS_MILLIS = 60_000;

    private final FuzzTarget target;
    private final String name;
    private final Corpus corpus;
    private final Probes probes = new Probes();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<byte[]> kept = new ArrayList<>();
    private long mostAllocated;
    private volatile byte[] current = new byte[0];
    private volatile long executions;

    /// @param target its name; it is loaded once more, with probes
    public Fuzzer(String target) throws IOException, ReflectiveOperationException {
        var type = new ProbedClasses(probes).loadClass(target);
        var constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        this.target = (FuzzTarget) constructor.newInstance();
        this.name = type.getSimpleName();
        this.corpus = Corpus.of(type);
    }

    /// Fails at the first input that shows a defect, and tells it.
    public void run() throws IOException, InterruptedException {
        long wanted = Long.getLong("narlink.fuzz", target.executions());
        var failure = new ArrayList<Throwable>();
        var worker = new Thread(() -> fuzz(wanted), "fuzz " + name);
        worker.setDaemon(true);
        worker.setUncaughtExceptionHandler((thread, thrown) -> failure.add(thrown));
        long begun = System.nanoTime();
        worker.start();
        await(worker);
        if (!failure.isEmpty()) throw new AssertionError(name + ": " + text(current), failure.getFirst());
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf(
                "fuzz %s: %d executions, %.0f a second, %d probes, %d inputs kept, at most %d kB allocated%n",
                name, executions, executions / seconds, probes.count(), kept.size(), mostAllocated >> 10);
        var keep = System.getProperty("narlink.fuzz.keep");
        if (keep != null) shortest().write(Path.of(keep, name + ".txt"));
    }

    private void await(Thread worker) throws InterruptedException {
        while (worker.isAlive()) {
            long before = executions;
            worker.join(HANGS_MILLIS);
            if (!worker.isAlive() || executions != before) continue;
            var stuck = new IllegalStateException("it hangs here");
            stuck.setStackTrace(worker.getStackTrace());
            throw new AssertionError(name + ": " + text(current), stuck);
        }
    }

    private void fuzz(long wanted) {
        for (var entry : corpus.entries()) execute(entry.input(), true);
        try {
            for (byte[] seed : target.seeds()) execute(seed, false);
        } catch (IOException e) {
            throw new IllegalStateException("no seeds", e);
        }
        var random = new SplittableRandom(Long.getLong("narlink.fuzz.seed", 1));
        var mutator = new Mutator(random, target.longest());
        for (long i = 0; i < wanted; i++) execute(mutator.next(kept), false);
    }

    /// @param always whether it is kept, new or not
    private void execute(byte[] input, boolean always) {
        current = input;
        long allocated = allocated(input);
        if (allocated > mostAllocated) allocated = allocated(input); // Without the classes that came with it.
        mostAllocated = Math.max(mostAllocated, allocated);
        if (allocated > target.mostAllocated()) fail(allocated + " bytes were allocated");
        executions = executions + 1;
        if (probes.hasNew() || always || kept.isEmpty()) kept.add(input);
    }

    private long allocated(byte[] input) {
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            target.accept(input.clone());
        } catch (Throwable e) {
            throw new AssertionError("what is not documented came out", e);
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private Corpus shortest() {
        var entries = new ArrayList<Corpus.Entry>();
        probes.clear();
        for (var entry : corpus.entries()) {
            if (entry.defect().isEmpty()) continue;
            execute(entry.input(), false);
            entries.add(entry);
        }
        var inputs = new ArrayList<>(kept);
        inputs.sort(Comparator.comparingInt(input -> input.length));
        for (byte[] input : inputs) {
            int size = kept.size();
            execute(input, false);
            if (kept.size() > size) entries.add(new Corpus.Entry(input, Optional.empty()));
        }
        return new Corpus(entries);
    }

    private static String text(byte[] input) {
        return input.length + " bytes, " + Base64.getEncoder().encodeToString(input);
    }
}
