package narlink.fec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class KernelProperties {
    @Property(tries = 100)
    void allKernelsGiveTheSameBytes(
            @ForAll @IntRange(min = 1, max = 300) int k,
            @ForAll @IntRange(min = 1, max = 22) int units,
            @ForAll @IntRange(min = 0, max = 100) int at,
            @ForAll long seed) {
        int width = units * Known.UNIT;
        byte[] data = new byte[at + k * width];
        new Random(seed).nextBytes(data);
        var known = new Known(data, at, k, new byte[0], k, width);
        byte[] expected = symbols(new ByteKernel(), known, at);
        for (var kernel : kernels()) assertArrayEquals(expected, symbols(kernel, known, at));
    }

    private static List<Kernel> kernels() {
        boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        return vectors ? List.of(new LongKernel(), new VectorKernel()) : List.of(new LongKernel());
    }

    /// All slots, and then sums of one to five of them.
    private static byte[] symbols(Kernel kernel, Known known, int gap) {
        int width = known.width();
        var plan = EncodePlans.of(Parameters.of(known.k()));
        var slab = Slab.of(plan.slots(), width);
        plan.run(kernel, known, slab);
        byte[] all = new byte[slab.bytes().length + gap + 5 * width];
        System.arraycopy(slab.bytes(), 0, all, 0, slab.bytes().length);
        for (int count = 1; count <= 5; count++) {
            kernel.sum(new int[] {0, 3, 1, 2, 9}, count, slab, all, slab.bytes().length + gap + (count - 1) * width);
        }
        return all;
    }
}
