package narlink.fec;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/// Measures the codec on this machine, beside what the machine does at best: copying, and XOR in its first cache.
/// Times are CPU times of the measuring thread, so other load disturbs only by way of caches and memory; each figure
/// is the median of the runs that fit into the time for it. Source bytes per second, in units of 10^6.
public final class Throughput {
    /// What to measure, and for how long each.
    public record Workload(List<Integer> ks, List<Integer> symbolSizes, List<Double> losses, Duration perResult) {
        public Workload {
            ks = List.copyOf(ks);
            symbolSizes = List.copyOf(symbolSizes);
            losses = List.copyOf(losses);
        }

        /// The table of the project's goals.
        public static Workload standard() {
            return new Workload(
                    List.of(256, 1024, 4096, 10000, 50000),
                    List.of(1024, 1280, 4096),
                    List.of(0.1, 0.5),
                    Duration.ofMillis(500));
        }
    }

    /// One figure.
    ///
    /// @param operation `plan` (of an encoder), `encode` (plan cached), `encodeWithPlan`, `repair` (symbols out of an
    ///     encoder that is ready), `decode` (plan included, symbols handed over one by one)
    /// @param loss which part of the source symbols is lost, in `decode`
    /// @param extra symbols beyond K, in `decode`
    /// @param millis median time of one block, of 100 symbols in `repair`
    /// @param firstBlockMillis time of the first run in this measurement, by the clock
    public record Result(
            int k,
            int t,
            String operation,
            double loss,
            int extra,
            double megabytesPerSecond,
            double millis,
            double firstBlockMillis) {}

    /// All figures of one run.
    ///
    /// @param xorMegabytesPerSecond in arrays as they come, which as a rule do not begin on a cache line
    /// @param xorAlignedMegabytesPerSecond in arrays that do: what no codec can beat
    /// @param kernel `vector` or `long`
    /// @param firstBlockMillis by the clock, from nothing to the first repair symbol of 1024 symbols of 1280 bytes:
    ///     the first block after the JVM's start, if the JVM did nothing else before
    public record Report(
            List<Result> results,
            double copyMegabytesPerSecond,
            double xorMegabytesPerSecond,
            double xorAlignedMegabytesPerSecond,
            String kernel,
            double firstBlockMillis) {
        public Report {
            results = List.copyOf(results);
        }
    }

    private static final int RUNS_MIN = 5;
    private static final int RUNS_MAX = 5000;
    private static final int REPAIR_SYMBOLS = 100;
    private static final int COPY_BYTES = 64 << 20;
    private static final int XOR_BYTES = 8192;
    private static final int XOR_REPEATS = 1000;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Random random = new Random(6330);
    private final List<Result> results = new ArrayList<>();
    private final Duration perResult;
    private final Consumer<Result> progress;

    private Throughput(Duration perResult, Consumer<Result> progress) {
        this.perResult = perResult;
        this.progress = progress;
    }

    /// Measures on the calling thread and tells each result to `progress`.
    public static Report measure(Workload workload, Consumer<Result> progress) throws InterruptedException {
        double firstBlock = firstBlockMillis();
        var kernel = Kernels.settled();
        var throughput = new Throughput(workload.perResult(), progress);
        for (int t : workload.symbolSizes()) {
            for (int k : workload.ks()) throughput.block(k, t, workload.losses());
        }
        double[] xor = throughput.xor(kernel);
        return new Report(
                throughput.results,
                throughput.copy(),
                xor[xor.length / 2],
                xor[xor.length - 1],
                kernel instanceof VectorKernel ? "vector" : "long",
                firstBlock);
    }

    private static double firstBlockMillis() {
        long start = System.nanoTime();
        byte[] data = new byte[1024 * 1280];
        BlockEncoder.of(data, 0, data.length, 1024, 1280).symbol(1024, new byte[1280], 0);
        return (System.nanoTime() - start) / 1e6;
    }

    private void block(int k, int t, List<Double> losses) {
        var parameters = Parameters.of(k);
        byte[] data = new byte[k * t];
        random.nextBytes(data);
        byte[] symbol = new byte[t];
        var encoder = BlockEncoder.of(data, 0, data.length, k, t);
        report(k, t, "plan", 0, 0, data.length, time(() -> EncodePlans.make(parameters)));
        report(k, t, "encode", 0, 0, data.length, time(() -> {
            encoder.reset(data, 0, data.length);
            encoder.symbol(k, symbol, 0);
        }));
        report(k, t, "encodeWithPlan", 0, 0, data.length, time(() -> {
            EncodePlans.forget();
            encoder.reset(data, 0, data.length);
            encoder.symbol(k, symbol, 0);
        }));
        report(k, t, "repair", 0, 0, REPAIR_SYMBOLS * t, time(() -> {
            for (int i = 0; i < REPAIR_SYMBOLS; i++) encoder.symbol(k + i, symbol, 0);
        }));
        var decoder = new BlockDecoder(k, t);
        for (double loss : losses) {
            decode(encoder, decoder, data, t, loss, 0);
            decode(encoder, decoder, data, t, loss, 2);
        }
    }

    private void decode(BlockEncoder encoder, BlockDecoder decoder, byte[] data, int t, double loss, int extra) {
        int k = data.length / t;
        int lost = (int) Math.round(k * loss);
        byte[] repair = new byte[(lost + extra + 20) * t];
        for (int i = 0; i * t < repair.length; i++) encoder.symbol(k + i, repair, i * t);
        boolean[] gone = new boolean[k];
        report(k, t, "decode", loss, extra, data.length, time(() -> lose(lost, gone), () -> {
            decoder.reset();
            for (int i = 0; i < k; i++) {
                if (!gone[i]) decoder.add(i, data, i * t);
            }
            int next = 0;
            while (next < lost + extra || !decoder.decode()) {
                decoder.add(k + next, repair, next * t);
                next++;
            }
        }));
        if (!Arrays.equals(data, decoder.data())) throw new IllegalStateException("decoded other bytes, k = " + k);
    }

    private void lose(int count, boolean[] gone) {
        Arrays.fill(gone, false);
        for (int lost = 0; lost < count; ) {
            int i = random.nextInt(gone.length);
            if (!gone[i]) lost++;
            gone[i] = true;
        }
    }

    private record Times(double median, double first) {}

    private Times time(Runnable run) {
        return time(() -> {}, run);
    }

    /// Runs `run` until its time is over, half as long again before so that it is warm, and each time after `prepare`,
    /// which does not count.
    private Times time(Runnable prepare, Runnable run) {
        prepare.run();
        long clock = System.nanoTime();
        run.run();
        double first = (System.nanoTime() - clock) / 1e6;
        for (long end = clock + perResult.toNanos() / 2; System.nanoTime() < end; ) {
            prepare.run();
            run.run();
        }
        double[] millis = new double[RUNS_MAX];
        int runs = 0;
        long end = System.nanoTime() + perResult.toNanos();
        while (runs < RUNS_MAX && (runs < RUNS_MIN || System.nanoTime() < end)) {
            prepare.run();
            long cpu = threads.getCurrentThreadCpuTime();
            run.run();
            millis[runs++] = (threads.getCurrentThreadCpuTime() - cpu) / 1e6;
        }
        Arrays.sort(millis, 0, runs);
        return new Times(millis[runs / 2], first);
    }

    private void report(int k, int t, String operation, double loss, int extra, int bytes, Times times) {
        var result = new Result(k, t, operation, loss, extra, bytes / times.median / 1e3, times.median, times.first);
        results.add(result);
        progress.accept(result);
    }

    private double copy() {
        byte[] from = new byte[COPY_BYTES];
        byte[] to = new byte[COPY_BYTES];
        return COPY_BYTES / time(() -> System.arraycopy(from, 0, to, 0, COPY_BYTES)).median / 1e3;
    }

    /// `a = a + b` by the kernel on two symbols that stay in the first cache, for each place that an array of bytes can
    /// have in a cache line; sorted.
    private double[] xor(Kernel kernel) {
        byte[] bytes = new byte[2 * XOR_BYTES + Known.UNIT];
        var known = new Known(new byte[0], 0, 0, new byte[0], 0, XOR_BYTES);
        var program = new Program(XOR_REPEATS * 5);
        for (int i = 0; i < XOR_REPEATS; i++)
            program.gather(0, Constraints.ZERO).term(0).term(1);
        double[] speeds = new double[Known.UNIT / 8];
        for (int i = 0; i < speeds.length; i++) {
            var slab = new Slab(bytes, 8 * i, XOR_BYTES);
            speeds[i] = XOR_BYTES * XOR_REPEATS / time(() -> kernel.gather(program, known, slab)).median / 1e3;
        }
        Arrays.sort(speeds);
        return speeds;
    }
}
