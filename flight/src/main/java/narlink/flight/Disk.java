package narlink.flight;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The only way to the receiver's durable state, small enough that a test can put a disk in its place that loses what
/// was not synced. Paths are absolute.
public interface Disk {
    /// The whole file, if it is there.
    Optional<byte[]> read(Path file) throws IOException;

    InputStream stream(Path file) throws IOException;

    /// Puts `contents` in the file's place, wholly or not at all, durable on return.
    default void replace(Path file, byte[] contents) throws IOException {
        replace(file, contents, contents.length);
    }

    /// The same with the first `length` bytes of `contents`.
    void replace(Path file, byte[] contents, int length) throws IOException;

    /// Opens a file that only grows, making it if it is not there; its name is durable on return.
    Appender append(Path file) throws IOException;

    /// Makes a directory and those above it, durable on return.
    void makeDirectory(Path directory) throws IOException;

    /// Names of what lies in a directory, sorted; none if it is not there.
    List<String> list(Path directory) throws IOException;

    /// Deletes a file, or a directory with all in it; nothing happens if it is not there.
    void delete(Path file) throws IOException;

    /// Puts a symlink in the place of whatever stood there, at once or not at all, durable on return.
    void link(Path link, String target) throws IOException;

    /// Where a symlink leads, if there is one.
    Optional<String> readLink(Path link) throws IOException;

    /// Deletes a file or symlink, wherever that leads, durable on return; nothing happens if it is not there.
    void unlink(Path link) throws IOException;

    /// Bytes that an unprivileged writer may still use.
    long freeBytes() throws IOException;

    /// A file that only grows.
    interface Appender extends Closeable {
        /// Everything that lies in it, from its start; what is appended meanwhile may or may not come too.
        InputStream contents() throws IOException;

        /// Writes behind its end. After an exception some of it may have been written: [#truncate] then.
        void append(byte[] bytes, int offset, int length) throws IOException;

        void truncate(long size) throws IOException;

        long size() throws IOException;

        /// Makes what was appended durable.
        void force() throws IOException;
    }
}
