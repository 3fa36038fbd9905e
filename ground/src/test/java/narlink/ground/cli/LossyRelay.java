package narlink.ground.cli;

import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import narlink.simulation.LinkProfile;

/// A link of datagrams between two real programs that loses frames as a profile says, each way for itself and from one
/// seed, delays them, and can fall silent for a while without either end being told.
final class LossyRelay implements Closeable {
    private static final int BUFFER = 8 << 20;

    private final DatagramSocket ground = socket();
    private final DatagramSocket flight = socket();
    private final InetSocketAddress receiver;
    private final long delayNanos;
    final Way up;
    final Way down;
    private volatile SocketAddress station = new InetSocketAddress(0);
    private volatile long silentFrom = Long.MAX_VALUE;
    private volatile long silentUntil = Long.MAX_VALUE;
    private volatile long outageAfterBytes = Long.MAX_VALUE;
    private volatile Duration outage = Duration.ZERO;

    /// One direction. Belongs to its thread, but for what is read when all is over.
    static final class Way {
        private final LinkProfile losses;
        private final SplittableRandom random;
        private final DelayQueue<Frame> onTheWay = new DelayQueue<>();
        private boolean bad;
        volatile long frames;
        volatile long bytes;
        volatile long lost;
        volatile long silenced;
        volatile long silencedBytes;
        volatile int largest;
        volatile long firstNanos;
        volatile long lastNanos;

        Way(LinkProfile losses, SplittableRandom random) {
            this.losses = losses;
            this.random = random;
        }

        private boolean loses() {
            bad = bad ? random.nextDouble() >= losses.badToGood() : random.nextDouble() < losses.goodToBad();
            return random.nextDouble() < (bad ? losses.lossBad() : losses.lossGood());
        }
    }

    private record Frame(byte[] bytes, long due) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(due, ((Frame) other).due);
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    /// @param losses of frames; nothing else of the profile counts
    LossyRelay(LinkProfile losses, Duration roundTrip, long seed) throws IOException {
        var random = new SplittableRandom(seed);
        up = new Way(losses, random.split());
        down = new Way(losses, random.split());
        delayNanos = roundTrip.toNanos() / 2;
        try (var free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            receiver = new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
        }
        thread(() -> take(ground, up));
        thread(() -> take(flight, down));
        thread(() -> give(up, flight));
        thread(() -> give(down, ground));
    }

    private static DatagramSocket socket() {
        try {
            var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
            socket.setReceiveBufferSize(BUFFER);
            return socket;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    int groundPort() {
        return ground.getLocalPort();
    }

    int flightPort() {
        return receiver.getPort();
    }

    /// Once so many bytes have gone up, nothing passes for so long.
    void silence(long afterBytes, Duration lasts) {
        outage = lasts;
        outageAfterBytes = afterBytes;
    }

    private void thread(Work work) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) work.run();
            } catch (IOException | InterruptedException e) {
                if (!ground.isClosed()) throw new IllegalStateException("the relay broke", e);
            }
        });
    }

    private void take(DatagramSocket socket, Way way) throws IOException {
        var packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.receive(packet);
        long now = System.nanoTime();
        if (socket == ground) station = packet.getSocketAddress();
        if (way.frames++ == 0) way.firstNanos = now;
        way.bytes += packet.getLength();
        way.largest = Math.max(way.largest, packet.getLength());
        if (up.bytes >= outageAfterBytes && silentFrom == Long.MAX_VALUE) {
            silentFrom = now;
            silentUntil = now + outage.toNanos();
        }
        if (now - silentFrom >= 0 && silentFrom != Long.MAX_VALUE && now - silentUntil < 0) {
            way.silenced++;
            way.silencedBytes += packet.getLength();
        } else if (way.loses()) {
            way.lost++;
        } else {
            way.onTheWay.add(new Frame(Arrays.copyOf(packet.getData(), packet.getLength()), now + delayNanos));
        }
    }

    private void give(Way way, DatagramSocket socket) throws IOException, InterruptedException {
        var frame = way.onTheWay.take();
        way.lastNanos = System.nanoTime();
        var to = socket == flight ? receiver : station;
        socket.send(new DatagramPacket(frame.bytes, frame.bytes.length, to));
    }

    @Override
    public void close() {
        ground.close();
        flight.close();
    }
}
