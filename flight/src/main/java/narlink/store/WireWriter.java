package narlink.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import narlink.nix.StorePath;

/// Writes the primitives of the worker protocol.
final class WireWriter {
    private final OutputStream out;

    WireWriter(OutputStream out) {
        this.out = out;
    }

    WireWriter integer(long value) throws IOException {
        out.write(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
        return this;
    }

    WireWriter bool(boolean value) throws IOException {
        return integer(value ? 1 : 0);
    }

    WireWriter string(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        integer(bytes.length);
        out.write(bytes);
        out.write(new byte[-bytes.length & 7]);
        return this;
    }

    WireWriter path(StorePath path) throws IOException {
        return string(path.toString());
    }

    WireWriter paths(Collection<StorePath> paths) throws IOException {
        integer(paths.size());
        for (var path : paths) {
            path(path);
        }
        return this;
    }

    WireWriter strings(Collection<String> texts) throws IOException {
        integer(texts.size());
        for (var text : texts) {
            string(text);
        }
        return this;
    }

    /// A piece of a frame stream; [#integer] of 0 ends that.
    void frame(byte[] array, int offset, int length) throws IOException {
        if (length > 0) {
            integer(length);
            out.write(array, offset, length);
        }
    }

    void flush() throws IOException {
        out.flush();
    }
}
