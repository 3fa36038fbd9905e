package narlink.flight;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The file system under one directory.
public final class RealDisk implements Disk {
    private static final int PIECE = 1 << 16;

    private final Path root;

    public RealDisk(Path root) {
        this.root = root;
    }

    @Override
    public Optional<byte[]> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public InputStream stream(Path file) throws IOException {
        return Files.newInputStream(file);
    }

    @Override
    public void replace(Path file, byte[] contents, int length) throws IOException {
        var directory = parent(file);
        var temporary = directory.resolve(file.getFileName() + ".tmp");
        try (var channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            write(channel, contents, 0, length);
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        force(directory);
    }

    @Override
    public Appender append(Path file) throws IOException {
        boolean isNew = !Files.exists(file);
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (isNew) force(parent(file));
        return new FileAppender(channel);
    }

    @Override
    public void makeDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) return;
        var above = parent(directory);
        makeDirectory(above);
        Files.createDirectories(directory);
        force(above);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    @Override
    public void delete(Path file) throws IOException {
        if (!Files.exists(file)) return;
        try (var tree = Files.walk(file)) {
            for (var path : (Iterable<Path>) tree.sorted(Comparator.reverseOrder())::iterator) Files.delete(path);
        } catch (UncheckedIOException e) {
            throw new IOException("cannot delete " + file + ": " + e.getMessage(), e);
        }
        force(parent(file));
    }

    @Override
    public void link(Path link, String target) throws IOException {
        var directory = parent(link);
        var temporary = directory.resolve(link.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        Files.createSymbolicLink(temporary, Path.of(target));
        Files.move(temporary, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force(directory);
    }

    @Override
    public Optional<String> readLink(Path link) throws IOException {
        try {
            return Optional.of(Files.readSymbolicLink(link).toString());
        } catch (NoSuchFileException | NotLinkException e) {
            return Optional.empty();
        }
    }

    @Override
    public void unlink(Path link) throws IOException {
        if (Files.deleteIfExists(link)) force(parent(link));
    }

    @Override
    public long freeBytes() throws IOException {
        return Files.getFileStore(root).getUsableSpace();
    }

    private static Path parent(Path file) {
        var parent = file.getParent();
        if (parent == null) throw new IllegalArgumentException(file + " has no directory above it");
        return parent;
    }

    private static void force(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// In pieces: each thread keeps a direct buffer as large as the largest that it ever wrote at once.
    private static void write(FileChannel channel, byte[] bytes, int offset, int length) throws IOException {
        for (int at = offset; at < offset + length; ) {
            at += channel.write(ByteBuffer.wrap(bytes, at, Math.min(PIECE, offset + length - at)));
        }
    }

    private record FileAppender(FileChannel channel) implements Appender {
        @Override
        public InputStream contents() {
            return new BufferedInputStream(new Contents(channel), PIECE);
        }

        @Override
        public void append(byte[] bytes, int offset, int length) throws IOException {
            channel.position(channel.size());
            write(channel, bytes, offset, length);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /// Reads at a place of its own: appending moves the channel's.
    private static final class Contents extends InputStream {
        private final FileChannel channel;
        private long at;

        Contents(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = channel.read(ByteBuffer.wrap(bytes, offset, length), at);
            at += Math.max(0, read);
            return read;
        }
    }
}
