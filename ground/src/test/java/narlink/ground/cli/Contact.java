package narlink.ground.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import narlink.nix.PublicKey;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.FrameReader;
import narlink.wire.Frames;
import narlink.wire.Opened;
import narlink.wire.Report;
import org.junit.jupiter.api.Assertions;

/// A link to a receiver that listens on a unix socket, in the test's own hands. The kernel holds next to nothing of
/// what was sent, so that what was sent was received.
final class Contact implements AutoCloseable {
    /// For whatever a test waits for, on a machine that is busy with something else.
    static final long LIMIT_SECONDS = 120;

    private static final int SEND_BUFFER = 4096;

    private final SocketChannel channel;
    private final PublicKey flightKey;
    private final Process receiver;
    private final Object lock = new Object();
    private Optional<Report> last = Optional.empty();
    private boolean closed;

    /// Symbols sent so far, the ESI that comes next, by block. Outlives contacts.
    static final class Sent {
        private final Map<String, Integer> next = new HashMap<>();
        private int poll;
        /// Where the last of them went.
        private FecObject object = FecObject.MANIFEST;

        private int block;

        int next(FecObject object, int block) {
            return next.getOrDefault(object + "/" + block, 0);
        }

        int take(FecObject object, int block, int count) {
            int esi = next(object, block);
            next.put(object + "/" + block, esi + count);
            return esi;
        }
    }

    private Contact(SocketChannel channel, PublicKey flightKey, Process receiver) {
        this.channel = channel;
        this.flightKey = flightKey;
        this.receiver = receiver;
    }

    static Contact open(Path socket, PublicKey flightKey, Process receiver) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (true) {
            var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
                channel.connect(UnixDomainSocketAddress.of(socket));
                var contact = new Contact(channel, flightKey, receiver);
                Thread.ofPlatform().daemon().name("downlink").start(contact::listen);
                contact.write(new byte[] {0});
                return contact;
            } catch (IOException e) {
                channel.close();
                Assertions.assertTrue(receiver.isAlive() && System.nanoTime() < end, "no receiver: " + e);
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private void listen() {
        var keys = Envelope.Keys.of(java.util.List.of(flightKey));
        var reader = new FrameReader();
        var buffer = ByteBuffer.allocate(1 << 16);
        try {
            for (int read = channel.read(buffer); read >= 0; read = channel.read(buffer)) {
                reader.feed(buffer.array(), 0, read, segment -> {
                    if (Envelope.open(segment, keys, Envelope.Direction.DOWN, Cargo.NAME)
                                    instanceof Opened.Trusted trusted
                            && trusted.message() instanceof Report report) told(report);
                });
                buffer.clear();
            }
        } catch (IOException e) {
            // The receiver was killed, or the test has ended.
        }
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }

    private void told(Report report) {
        synchronized (lock) {
            last = Optional.of(report);
            lock.notifyAll();
        }
    }

    /// The first report that is as wanted.
    Report await(Predicate<Report> wanted) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        synchronized (lock) {
            while (last.isEmpty() || !wanted.test(last.get())) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0 || closed) Assertions.fail("not told, the last was " + last + ", closed " + closed);
                lock.wait(left);
            }
            return last.get();
        }
    }

    void send(byte[] segment) throws IOException {
        write(Frames.frame(segment));
    }

    void write(byte[] bytes) throws IOException {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) channel.write(buffer);
    }

    static Optional<Report.DeploymentReport> of(Report report, int number) {
        return report.deployments().stream()
                .filter(told -> told.deployment() == number)
                .findFirst();
    }

    /// Announces the cargo, and sends what is told to be missing until its deployment has ended.
    DeploymentState deliver(Cargo cargo, Sent sent) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(4 * LIMIT_SECONDS);
        send(cargo.announcementSegment());
        var report = await(told -> of(told, cargo.number()).isPresent());
        for (var told = of(report, cargo.number()).orElseThrow();
                !told.state().ended();
                told = of(report, cargo.number()).orElseThrow()) {
            Assertions.assertTrue(receiver.isAlive() && System.nanoTime() < end, "takes too long: " + told);
            int poll = ++sent.poll;
            int before = sent.next.values().stream().mapToInt(count -> count).sum();
            for (var object : FecObject.values()) sendMissing(cargo, object, told.missing(object), sent);
            boolean sentAny = before
                    < sent.next.values().stream().mapToInt(count -> count).sum();
            if (sentAny)
                send(cargo.segment(
                        sent.object, sent.block, sent.take(sent.object, sent.block, 1), 1, poll, Cargo.STATION));
            long sequence = report.sequence();
            report = await(next -> sentAny ? next.poll() == poll : next.sequence() > sequence);
        }
        return of(report, cargo.number()).orElseThrow().state();
    }

    private void sendMissing(Cargo cargo, FecObject object, Report.Missing missing, Sent sent) throws IOException {
        int end = missing.untouched()
                ? cargo.blocks(object) - missing.first()
                : missing.symbols().size();
        for (int i = 0; i < end; i++) {
            boolean told = i < missing.symbols().size();
            int left = told ? missing.symbols().get(i) : cargo.k(object, missing.first() + i);
            for (; left > 0; left -= Cargo.SYMBOLS_PER_SEGMENT) {
                int count = Math.min(left, Cargo.SYMBOLS_PER_SEGMENT);
                int block = missing.first() + i;
                send(cargo.segment(object, block, sent.take(object, block, count), count, 0, Cargo.STATION));
                sent.object = object;
                sent.block = block;
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
