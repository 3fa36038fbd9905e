package narlink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import narlink.testkit.fuzz.FuzzTarget;

/// Packs of the delta codec (§11), their streams in every coder: as they are, LZMA, zstd, mixed.
final class DeltaTarget implements FuzzTarget {
    private static final Path SCRATCH = Path.of(System.getProperty("java.io.tmpdir", "."));

    private final SamplePath sample = SamplePath.small();

    DeltaTarget() throws IOException {}

    @Override
    public void accept(byte[] input) throws IOException {
        try {
            assertEquals(sample.nar().length, sample.decode(new Delta(), input, SCRATCH).length);
        } catch (CorruptPackException e) {
            assertEquals(false, String.valueOf(e.getMessage()).isEmpty());
        }
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        var seeds = new ArrayList<byte[]>();
        for (int coder : new int[] {Coder.PLAIN, Coder.LZMA, Coder.ZSTD, Coder.MIXED}) {
            seeds.add(sample.pack(coder, SCRATCH));
        }
        return seeds;
    }

    @Override
    public int executions() {
        return 2_500;
    }

    /// The tables of mixed streams, at their largest.
    @Override
    public long mostAllocated() {
        return 300L << 20;
    }
}
