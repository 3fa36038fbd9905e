package narlink.ground.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import narlink.wire.SatelliteName;

/// The pipes of many satellites, on one thread: each listens on a port of its own and takes one connection after the
/// other, or calls the server again and again.
final class FarEnds implements AutoCloseable {
    private static final int CHUNK = 1 << 16;
    private static final long CALL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Selector selector = Selector.open();
    private final Map<SatelliteName, Integer> ports = new HashMap<>();
    private final Thread thread = Thread.ofPlatform().daemon().name("far ends").unstarted(this::run);
    private final Map<FarEnd, InetSocketAddress> callers = new HashMap<>();
    private final Map<FarEnd, SocketChannel> called = new HashMap<>();
    private long calledLast = System.nanoTime();
    private volatile boolean closed;
    private volatile boolean cut;

    /// What a key of the selector stands for.
    private record Port(FarEnd end) {}

    private record Line(FarEnd end) {}

    FarEnds() throws IOException {}

    /// @return the port on which the far end listens
    int add(FarEnd end) throws IOException {
        var listening = ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .configureBlocking(false);
        ((ServerSocketChannel) listening).register(selector, SelectionKey.OP_ACCEPT, new Port(end));
        int port = ((InetSocketAddress) ((ServerSocketChannel) listening).getLocalAddress()).getPort();
        ports.put(end.name(), port);
        return port;
    }

    /// Has a far end call the server.
    void call(FarEnd end, int port) {
        callers.put(end, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /// Ends all connections; they are made again.
    void cut() {
        cut = true;
    }

    void start() {
        thread.start();
    }

    private void run() {
        var buffer = ByteBuffer.allocate(CHUNK);
        try {
            while (!closed) {
                selector.select(100);
                var ready = selector.selectedKeys();
                for (var key : ready) {
                    if (!key.isValid()) continue;
                    switch (key.attachment()) {
                        case Port port -> accept((ServerSocketChannel) key.channel(), port.end());
                        case Line line -> read(key, line.end(), buffer);
                        default -> throw new IllegalStateException("" + key.attachment());
                    }
                }
                ready.clear();
                if (cut) {
                    cut = false;
                    for (var key : selector.keys())
                        if (key.attachment() instanceof Line) key.channel().close();
                }
                if (System.nanoTime() - calledLast > CALL_NANOS) call();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void call() {
        calledLast = System.nanoTime();
        callers.forEach((end, address) -> {
            var before = called.get(end);
            if (before != null && before.isOpen()) return;
            try {
                var line = SocketChannel.open(address);
                called.put(end, line);
                begin(line, end);
            } catch (IOException e) {
                System.getLogger(FarEnds.class.getName()).log(System.Logger.Level.DEBUG, "called in vain", e);
            }
        });
    }

    private void accept(ServerSocketChannel listening, FarEnd end) throws IOException {
        var line = listening.accept();
        if (line != null) begin(line, end);
    }

    private void begin(SocketChannel line, FarEnd end) throws IOException {
        line.setOption(StandardSocketOptions.TCP_NODELAY, true);
        line.configureBlocking(false);
        line.register(selector, SelectionKey.OP_READ, new Line(end));
        say(line, end.connected());
    }

    private static void read(SelectionKey key, FarEnd end, ByteBuffer buffer) throws IOException {
        var line = (SocketChannel) key.channel();
        buffer.clear();
        int length;
        try {
            length = line.read(buffer);
        } catch (IOException e) {
            length = -1; // The server was killed.
        }
        if (length < 0) {
            line.close();
            return;
        }
        for (byte[] answer : end.hear(buffer.array(), length)) say(line, answer);
    }

    /// A report that does not fit the socket's buffer is lost, as on any link that is full.
    private static void say(SocketChannel line, byte[] frame) throws IOException {
        try {
            line.write(ByteBuffer.wrap(frame));
        } catch (IOException e) {
            line.close();
        }
    }

    @Override
    public void close() throws Exception {
        closed = true;
        selector.wakeup();
        thread.join(TimeUnit.SECONDS.toMillis(10));
        for (var key : selector.keys()) key.channel().close();
        selector.close();
    }
}
