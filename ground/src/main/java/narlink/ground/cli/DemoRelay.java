package narlink.ground.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import narlink.simulation.Faults;
import narlink.simulation.FaultyPipe;
import narlink.wire.FrameReader;
import narlink.wire.Frames;

/// The bad link of the demo: a TCP relay between ground and flight that loses frames in both directions, from a seed,
/// and can be cut.
final class DemoRelay implements Closeable {
    private final ServerSocket ground;
    private final int flightPort;
    private final FaultyPipe up;
    private final FaultyPipe down;
    private final AtomicLong bytesUp = new AtomicLong();
    private volatile long cutAt = Long.MAX_VALUE;
    private volatile Runnable atCut = () -> {};

    DemoRelay(int flightPort, double loss, long seed) throws IOException {
        this.ground = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        this.flightPort = flightPort;
        this.up = new FaultyPipe(new Faults(loss, 0.001, 0.001, 0.001, 0.001), seed);
        this.down = new FaultyPipe(Faults.loss(loss), seed + 1);
        Thread.ofPlatform().daemon().name("relay").start(this::accept);
    }

    String pipe() {
        return "tcp://127.0.0.1:" + ground.getLocalPort();
    }

    long bytesUp() {
        return bytesUp.get();
    }

    long framesUp() {
        synchronized (up) {
            return up.carried();
        }
    }

    long framesLost() {
        synchronized (up) {
            return up.lost();
        }
    }

    /// Once so many more bytes have gone up, does `what`, once.
    void after(long bytes, Runnable what) {
        atCut = what;
        cutAt = bytesUp.get() + bytes;
    }

    private void accept() {
        while (!ground.isClosed()) {
            try (var near = ground.accept();
                    var far = connect()) {
                var back = Thread.ofPlatform().daemon().start(() -> carry(far, near, down, false));
                current = List.of(near, far);
                carry(near, far, up, true);
                near.close();
                far.close();
                back.join();
            } catch (IOException e) {
                if (!ground.isClosed()) System.getLogger("demo").log(System.Logger.Level.DEBUG, "relay", e);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private volatile List<Socket> current = List.of();

    /// Cuts the link as it is.
    void cut() {
        current.forEach(socket -> {
            try {
                socket.close();
            } catch (IOException e) {
                System.getLogger("demo").log(System.Logger.Level.DEBUG, "cut", e);
            }
        });
    }

    private Socket connect() throws IOException, InterruptedException {
        for (int attempt = 0; ; attempt++) {
            try {
                return new Socket(InetAddress.getLoopbackAddress(), flightPort);
            } catch (IOException e) {
                if (attempt == 100) throw e;
                Thread.sleep(100);
            }
        }
    }

    private void carry(Socket from, Socket to, FaultyPipe pipe, boolean upward) {
        var reader = new FrameReader();
        byte[] buffer = new byte[1 << 14];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (upward) count(read);
                reader.feed(buffer, 0, read, segment -> {
                    List<byte[]> arrived;
                    synchronized (pipe) {
                        arrived = pipe.carry(Frames.frame(segment));
                    }
                    arrived.forEach(frame -> write(out, frame));
                });
                out.flush();
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            System.getLogger("demo").log(System.Logger.Level.DEBUG, "link ended", e);
        }
    }

    private void count(int read) {
        if (bytesUp.addAndGet(read) < cutAt) return;
        cutAt = Long.MAX_VALUE;
        atCut.run();
    }

    private static void write(OutputStream out, byte[] frame) {
        try {
            out.write(frame);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        ground.close();
        cut();
    }
}
