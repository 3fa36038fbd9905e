package narlink.fec;

import java.time.Duration;

/// Chooses the kernel. The JVM begins with [LongKernel], which is fast at once. Where the JVM was started with
/// `--add-modules jdk.incubator.vector`, a thread warms [VectorKernel] up on small blocks, and it takes over when it is
/// faster: before the JIT has compiled it, it is a hundred times slower.
final class Kernels {
    private static final boolean VECTORS =
            ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

    /// The first block has the machine for itself.
    private static final Duration HEAD_START = Duration.ofMillis(200);

    private static volatile Kernel best = new LongKernel();
    private static final Thread WARM_UP =
            Thread.ofPlatform().daemon().name("narlink-fec-warm-up").unstarted(Kernels::warmUp);

    static {
        if (VECTORS) WARM_UP.start();
    }

    private Kernels() {}

    static Kernel best() {
        return best;
    }

    /// Waits until the kernel that will stay is in place.
    static Kernel settled() throws InterruptedException {
        if (VECTORS) WARM_UP.join();
        return best;
    }

    private static void warmUp() {
        try {
            Thread.sleep(HEAD_START);
        } catch (InterruptedException e) {
            return; // Nobody asks this thread to end; the plain kernel stays.
        }
        var trial = new Trial();
        var kernel = new VectorKernel();
        int wins = 0;
        for (int round = 0; round < Trial.ROUNDS_MAX && wins < Trial.WINS; round++) {
            wins = trial.nanos(kernel) < trial.nanos(best) ? wins + 1 : Math.max(0, wins - 2);
        }
        if (wins == Trial.WINS) best = kernel;
    }

    /// A small block that is encoded a few times.
    private static final class Trial {
        static final int ROUNDS_MAX = 1000;
        /// Enough for the JIT to have compiled all of the kernel; before, it also litters the heap.
        static final int WINS = 25;

        private static final int REPEATS = 10;
        private static final int K = 101;
        private static final int WIDTH = 1280;

        private final Plan plan = EncodePlans.of(Parameters.of(K));
        private final Slab slab = Slab.of(plan.slots(), WIDTH);
        private final Known known = new Known(new byte[K * WIDTH], 0, K, new byte[0], K, WIDTH);
        private final byte[] out = new byte[WIDTH];
        private final int[] columns = {0, 1, 2, 3, 4, 5, 6};

        long nanos(Kernel kernel) {
            long start = System.nanoTime();
            for (int repeat = 0; repeat < REPEATS; repeat++) {
                plan.run(kernel, known, slab);
                kernel.sum(columns, columns.length, slab, out, 0);
            }
            return System.nanoTime() - start;
        }
    }
}
