package narlink.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.github.luben.zstd.Zstd;
import java.util.List;
import java.util.Map;
import narlink.testkit.fuzz.FuzzTarget;

/// A manifest (§10). With an even first byte the rest is a manifest object, else what such an object decompresses to.
final class ManifestTarget implements FuzzTarget {
    @Override
    public void accept(byte[] input) {
        if (input.length == 0) return;
        byte[] rest = java.util.Arrays.copyOfRange(input, 1, input.length);
        try {
            var outline = ManifestFormat.read((input[0] & 1) == 0 ? rest : Zstd.compress(rest, 1));
            outline.complete(new Board(List.of(), Map.of()));
            assertEquals(outline, ManifestFormat.read(ManifestFormat.write(outline)));
        } catch (MalformedManifestException e) {
            assertEquals(false, String.valueOf(e.getMessage()).isEmpty());
        }
    }

    @Override
    public int executions() {
        return 15_000;
    }
}
