package narlink.delta;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// A path as bases and new paths are compared: its tree without the NAR's padding and words, its compressed files
/// opened.
///
///     node      = directory | file | symlink
///     directory = "d" { "n" LENGTH NAME node } "e"
///     file      = ( "f" | "x" ) SIZE BYTES          "x": executable
///     symlink   = "l" LENGTH TARGET
///
/// LENGTH has two bytes, SIZE eight, little endian.
interface Image extends Closeable {
    byte DIRECTORY = 'd';
    byte ENTRY = 'n';
    byte END = 'e';
    byte FILE = 'f';
    byte EXECUTABLE = 'x';
    byte SYMLINK = 'l';
    int LENGTH_BYTES = 2;
    int SIZE_BYTES = 8;

    long size();

    void write(byte[] bytes, int offset, int length) throws IOException;

    /// Writes eight bytes anew.
    void patch(long position, long value) throws IOException;

    /// Random access.
    void read(long position, byte[] target, int offset, int length) throws IOException;

    /// One byte. Fast where places are near each other.
    byte at(long position) throws IOException;

    @Override
    void close() throws IOException;

    /// Nothing, of any size: for paths without base, and for reading a script without carrying it out.
    Image NONE = new Image() {
        @Override
        public long size() {
            return Long.MAX_VALUE;
        }

        @Override
        public void write(byte[] source, int offset, int length) {}

        @Override
        public void patch(long position, long value) {}

        @Override
        public void read(long position, byte[] target, int offset, int length) {}

        @Override
        public byte at(long position) {
            return 0;
        }

        @Override
        public void close() {}
    };

    static byte[] number(long value, int bytes) {
        byte[] array = new byte[bytes];
        for (int i = 0; i < bytes; i++) array[i] = (byte) (value >>> 8 * i);
        return array;
    }

    /// In memory, on Earth.
    final class Memory implements Image {
        private byte[] bytes = new byte[1 << 16];
        private int size;

        /// The first [#size] bytes are the image.
        byte[] bytes() {
            return bytes;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            if (length > bytes.length - size) {
                long wanted = Math.max((long) size + length, bytes.length * 3L / 2);
                bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 16));
            }
            System.arraycopy(source, offset, bytes, size, length);
            size += length;
        }

        @Override
        public void patch(long position, long value) {
            System.arraycopy(number(value, SIZE_BYTES), 0, bytes, (int) position, SIZE_BYTES);
        }

        @Override
        public void read(long position, byte[] target, int offset, int length) {
            System.arraycopy(bytes, (int) position, target, offset, length);
        }

        @Override
        public byte at(long position) {
            return bytes[(int) position];
        }

        @Override
        public void close() {}
    }

    /// In a temporary file: on board, and on Earth where it is large.
    final class Stored implements Image {
        private static final int BUFFER = 1 << 16;

        private final Path file;
        private final FileChannel channel;
        private final ByteBuffer written = ByteBuffer.allocate(BUFFER);
        private final byte[] window = new byte[BUFFER];
        private long windowStart;
        private int windowLength;
        private long size;

        Stored(Path directory) throws IOException {
            file = Files.createTempFile(directory, "base", ".tmp");
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int at = 0; at < length; ) {
                int taken = Math.min(written.remaining(), length - at);
                written.put(bytes, offset + at, taken);
                at += taken;
                size += taken;
                if (!written.hasRemaining()) flush();
            }
        }

        private void flush() throws IOException {
            written.flip();
            long at = size - written.remaining();
            while (written.hasRemaining()) at += channel.write(written, at);
            written.clear();
        }

        @Override
        public void patch(long position, long value) throws IOException {
            flush();
            var bytes = ByteBuffer.wrap(number(value, SIZE_BYTES));
            while (bytes.hasRemaining()) channel.write(bytes, position + bytes.position());
        }

        @Override
        public void read(long position, byte[] target, int offset, int length) throws IOException {
            if (written.position() > 0) flush();
            for (int done = 0; done < length; ) {
                long at = position + done;
                if (at < windowStart || at >= windowStart + windowLength) load(at);
                int within = (int) (at - windowStart);
                int taken = Math.min(windowLength - within, length - done);
                System.arraycopy(window, within, target, offset + done, taken);
                done += taken;
            }
        }

        @Override
        public byte at(long position) throws IOException {
            if (position < windowStart || position >= windowStart + windowLength) {
                if (written.position() > 0) flush();
                load(position & -BUFFER); // Whole windows, for those who read downwards.
            }
            return window[(int) (position - windowStart)];
        }

        private void load(long position) throws IOException {
            windowStart = position;
            windowLength = Math.max(0, channel.read(ByteBuffer.wrap(window), position));
            if (windowLength == 0) throw new IOException(file + " became shorter while it was read");
        }

        @Override
        public void close() throws IOException {
            channel.close();
            Files.deleteIfExists(file);
        }
    }
}
