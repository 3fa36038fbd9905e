package narlink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import narlink.testkit.fuzz.FuzzTarget;

/// Recipes for packing files again (§11.17), as a pack tells them: read, carried out, written.
final class RecipeTarget implements FuzzTarget {
    private static final byte[] SHOWN = "what was packed, ".repeat(8).getBytes(StandardCharsets.US_ASCII);

    @Override
    public void accept(byte[] input) throws IOException {
        try {
            var recipe = new Recipe.Reader(new ByteArrayInputStream(input), 1 << 12).read();
            var written = new ByteArrayOutputStream();
            Recipe.write(written, recipe);
            var again = new ByteArrayOutputStream();
            Recipe.write(again, new Recipe.Reader(new ByteArrayInputStream(written.toByteArray()), 1 << 12).read());
            assertEquals(written.toString(StandardCharsets.ISO_8859_1), again.toString(StandardCharsets.ISO_8859_1));
            Packing.close(recipe, SHOWN, new ByteArrayOutputStream());
        } catch (CorruptPackException e) {
            assertEquals(false, String.valueOf(e.getMessage()).isEmpty());
        }
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                new byte[] {54, 2, 3, 1},
                new byte[] {55, 8, 1, 1, 0, 0, 3, 16, 93, 0},
                new byte[] {27},
                new byte[] {63, 2, 1, 5, 27, 3, 9, 91, 30},
                new byte[] {3, 10, 0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3});
    }

    @Override
    public int executions() {
        return 6_000;
    }

    @Override
    public int longest() {
        return 100;
    }

    /// The window of an xz file that nobody needs.
    @Override
    public long mostAllocated() {
        return 200L << 20;
    }
}
