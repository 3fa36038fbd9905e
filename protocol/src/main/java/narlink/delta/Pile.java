package narlink.delta;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Bytes that are written once and read again: few in memory, many in a temporary file. Closing it drops them.
final class Pile extends OutputStream implements Closeable {
    private static final int IN_MEMORY = 1 << 20;
    private static final int BUFFER = 1 << 16;

    private final Path directory;
    private ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private @Nullable Path file;
    private @Nullable OutputStream out;
    private long size;

    Pile(Path directory) {
        this.directory = directory;
    }

    long size() {
        return size;
    }

    @Override
    public void write(int b) throws IOException {
        to(1).write(b);
        size++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        to(length).write(bytes, offset, length);
        size += length;
    }

    private OutputStream to(int length) throws IOException {
        if (out != null) return out;
        if (size + length <= IN_MEMORY) return memory;
        file = Files.createTempFile(directory, "pile", ".tmp");
        out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER);
        memory.writeTo(out);
        memory = new ByteArrayOutputStream(0);
        return out;
    }

    /// What was written so far.
    InputStream read() throws IOException {
        if (out != null) out.flush();
        return file == null
                ? new ByteArrayInputStream(memory.toByteArray())
                : new BufferedInputStream(Files.newInputStream(file), BUFFER);
    }

    void writeTo(OutputStream target) throws IOException {
        if (file == null) {
            memory.writeTo(target);
            return;
        }
        try (var in = read()) {
            in.transferTo(target);
        }
    }

    @Override
    public void close() throws IOException {
        memory = new ByteArrayOutputStream(0);
        if (out != null) out.close();
        if (file != null) Files.deleteIfExists(file);
    }
}
