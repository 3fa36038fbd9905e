package narlink.pipe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import narlink.wire.FrameReader;
import narlink.wire.Frames;
import org.jspecify.annotations.Nullable;

/// Directories between which the comms move whole files. What is sent is collected for a moment into files that appear
/// in one directory by rename, under names in their order; files that appear in the other are read in the order of
/// their names, and removed once all that was in them has been taken. Names that begin with a dot are left alone.
final class DropPipe implements Pipe {
    private static final System.Logger LOG = System.getLogger("narlink.pipe");
    private static final Pattern NAME = Pattern.compile("([0-9]{1,18})\\.narlink");
    /// A file is not made longer than that.
    private static final int FILE_BYTES = 1 << 20;
    /// How long something may wait for company in its file.
    private static final Duration COLLECT = Duration.ofMillis(500);

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int BUFFER = 1 << 13;

    private final Path out;
    private final Path in;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
    private final Thread publisher;
    private final byte[] buffer = new byte[BUFFER];
    private long collectingSince;
    private long lastName;
    private @Nullable Incoming reading;
    private volatile long badFrames;
    private volatile boolean closed;

    private record Incoming(Path file, InputStream bytes, FrameReader reader) {}

    DropPipe(Path out, Path in) throws IOException {
        this.out = Files.createDirectories(out);
        this.in = Files.createDirectories(in);
        this.lastName = lastName(out);
        this.publisher = Thread.ofPlatform().daemon().name("drop").start(this::publishing);
    }

    /// The highest number of a file that nobody has taken yet; those of before are gone.
    private static long lastName(Path out) throws IOException {
        try (var files = Files.list(out)) {
            return files.map(file -> NAME.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .mapToLong(name -> Long.parseLong(name.group(1)))
                    .max()
                    .orElse(0);
        }
    }

    @Override
    public Optional<List<byte[]>> receive() throws IOException {
        while (!closed) {
            var now = reading == null ? next() : Optional.of(reading);
            if (now.isEmpty()) {
                pause();
                continue;
            }
            reading = now.get();
            int read = now.get().bytes().read(buffer);
            if (read < 0) {
                now.get().bytes().close();
                Files.deleteIfExists(now.get().file());
                reading = null;
                continue;
            }
            var segments = new java.util.ArrayList<byte[]>();
            long bad = now.get().reader().bad();
            now.get().reader().feed(buffer, 0, read, segments::add);
            badFrames += now.get().reader().bad() - bad;
            return Optional.of(segments);
        }
        return Optional.empty();
    }

    private Optional<Incoming> next() throws IOException {
        Optional<Path> first;
        try (var files = Files.list(in)) {
            first = files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .findFirst();
        }
        return first.isEmpty()
                ? Optional.empty()
                : Optional.of(new Incoming(first.get(), Files.newInputStream(first.get()), new FrameReader()));
    }

    private void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for files in " + in, e);
        }
    }

    @Override
    public synchronized void send(byte[] segment) throws IOException {
        if (collected.size() == 0) {
            collectingSince = System.nanoTime();
            collected.write(0);
        }
        collected.writeBytes(Frames.frame(segment));
        if (collected.size() >= FILE_BYTES) publish();
    }

    private void publishing() {
        try {
            while (!closed) {
                TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
                publishIfDue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The pipe is closed.
        }
    }

    private synchronized void publishIfDue() {
        if (collected.size() == 0 || System.nanoTime() - collectingSince < COLLECT.toNanos()) return;
        try {
            publish();
        } catch (IOException e) {
            // It stays collected, and the next round tries again: a full disk may be emptied.
            LOG.log(System.Logger.Level.WARNING, "cannot write to " + out + ": " + e.getMessage());
            collectingSince = System.nanoTime();
        }
    }

    private synchronized void publish() throws IOException {
        if (collected.size() == 0) return;
        // Later files have later names, over restarts too, whatever the clock does.
        lastName = Math.max(lastName + 1, System.currentTimeMillis() * 1000);
        var name = "%018d.narlink".formatted(lastName);
        var temporary = out.resolve("." + name + ".part");
        try (var file = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(collected.toByteArray());
            while (bytes.hasRemaining()) file.write(bytes);
            file.force(true);
        }
        Files.move(temporary, out.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        collected.reset();
    }

    @Override
    public long badFrames() {
        return badFrames;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        publisher.interrupt();
        publish();
    }
}
