package narlink.flight;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One NAR between decoding and import: Nix wants its hash before its first byte, so it is kept until it is whole.
/// Small
/// ones stay in memory, larger ones go to a file in `directory` that is gone with [#close].
final class Spool extends OutputStream {
    private static final int IN_MEMORY = 1 << 20;

    private final Path directory;
    private ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private @Nullable Path file;
    private @Nullable OutputStream out;

    Spool(Path directory) {
        this.directory = directory;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (out == null && memory.size() + length <= IN_MEMORY) {
            memory.write(bytes, offset, length);
            return;
        }
        if (out == null) {
            out = spill();
        }
        out.write(bytes, offset, length);
    }

    private OutputStream spill() throws IOException {
        file = Files.createTempFile(directory, "nar", ".tmp");
        var stream = Files.newOutputStream(file);
        memory.writeTo(stream);
        memory = new ByteArrayOutputStream(0);
        return stream;
    }

    /// What was written, from its start.
    InputStream read() throws IOException {
        if (out == null || file == null) return new ByteArrayInputStream(memory.toByteArray());
        out.flush();
        return new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    }

    @Override
    public void close() throws IOException {
        if (out != null) out.close();
        if (file != null) Files.deleteIfExists(file);
    }
}
