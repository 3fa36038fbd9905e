package narlink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import narlink.testkit.fuzz.FuzzTarget;

/// Packs of the solid codec (§11.1).
final class SolidTarget implements FuzzTarget {
    private static final Path SCRATCH = Path.of(System.getProperty("java.io.tmpdir", "."));

    private final SamplePath sample = SamplePath.small();

    SolidTarget() throws IOException {}

    @Override
    public void accept(byte[] input) throws IOException {
        try {
            assertEquals(sample.nar().length, sample.decode(new Solid(), input, SCRATCH).length);
        } catch (CorruptPackException e) {
            assertEquals(false, String.valueOf(e.getMessage()).isEmpty());
        }
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        return List.of(sample.pack(new Solid(), SCRATCH));
    }

    @Override
    public int executions() {
        return 10_000;
    }
}
