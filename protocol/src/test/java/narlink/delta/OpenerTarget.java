package narlink.delta;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import narlink.testkit.fuzz.FuzzTarget;

/// Compressed files as they lie on board and on Earth (§11.10): gzip, zstd, xz, zip and each in the other. A base's are
/// opened without question; what is opened of a new path comes back bit for bit.
final class OpenerTarget implements FuzzTarget {
    @Override
    public void accept(byte[] input) throws IOException {
        new Opener(new BaseGate(Set.of())).open("file", input);
        var opened = new Opener(new NewGate(EnumSet.allOf(Opener.Format.class), 1 << 20)).open("file", input);
        if (opened.isEmpty()) return;
        var recipe = new ByteArrayOutputStream();
        Recipe.write(recipe, opened.get().recipe());
        var read = new Recipe.Reader(new ByteArrayInputStream(recipe.toByteArray()), 1 << 20).read();
        assertArrayEquals(input, GzipProperties.closed(read, opened.get().bytes()));
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        byte[] text = "the quick brown fox ".repeat(4).getBytes(StandardCharsets.US_ASCII);
        byte[] gzip = GzipProperties.file(5, text);
        byte[] zstd = Zstd.compress(text, 3);
        return List.of(
                gzip, zstd, OpenerProperties.zip(text), OpenerProperties.zip(gzip, zstd), xz(text, 0), xz(text, 8));
    }

    private static byte[] xz(byte[] raw, int style) throws IOException {
        var out = new ByteArrayOutputStream();
        new XzShape(style, 4, 0, 0, 3, 16, 93, 0).write(raw, out);
        return out.toByteArray();
    }

    @Override
    public int executions() {
        return 3_000;
    }

    @Override
    public int longest() {
        return 800;
    }

    /// What deflate can make of so little, opened twice.
    @Override
    public long mostAllocated() {
        return 64L << 20;
    }
}
