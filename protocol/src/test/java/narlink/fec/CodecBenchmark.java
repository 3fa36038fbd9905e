package narlink.fec;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Microseconds a block. `mvn test-compile`, then `java -cp … org.openjdk.jmh.Main CodecBenchmark`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
    @Param({"256", "1024", "4096", "10000", "50000"})
    int k;

    @Param({"1024", "1280", "4096"})
    int t;

    @Param({"0.1", "0.5"})
    double loss;

    private byte[] data = {};
    private byte[] repair = {};
    private int lost;
    private BlockEncoder encoder = BlockEncoder.of(new byte[1], 0, 1, 1, 1);
    private BlockDecoder decoder = new BlockDecoder(1, 1);

    @Setup
    public void prepare() throws InterruptedException {
        Kernels.settled();
        data = new byte[k * t];
        new Random(1).nextBytes(data);
        lost = (int) (k * loss);
        repair = new byte[(lost + 20) * t];
        encoder = BlockEncoder.of(data, 0, data.length, k, t);
        for (int i = 0; i < lost + 20; i++) encoder.symbol(k + i, repair, i * t);
        decoder = new BlockDecoder(k, t);
    }

    @Benchmark
    public Plan plan() {
        return EncodePlans.make(Parameters.of(k));
    }

    @Benchmark
    public void encode() {
        encoder.reset(data, 0, data.length);
        encoder.symbol(k, repair, 0);
    }

    /// Every 1/loss-th source symbol is lost.
    @Benchmark
    public byte[] decode() {
        decoder.reset();
        int every = (int) Math.round(1 / loss);
        for (int esi = 0; esi < k; esi++) {
            if (esi % every != 0 || esi / every >= lost) decoder.add(esi, data, esi * t);
        }
        for (int i = 0; !decoder.decode(); i++) decoder.add(k + i, repair, i * t);
        return decoder.data();
    }
}
