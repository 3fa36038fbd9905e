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
/// seed, delays them, and can fall silent for a while without either end being told. One that carries one direction at
/// a time has its rate, and loses what is sent while the other end sends, or has not turned round yet.
final class LossyRelay implements Closeable {
    private static final int BUFFER = 8 << 20;

    private final DatagramSocket ground = socket();
    private final DatagramSocket flight = socket();
    private final InetSocketAddress receiver;
    private final long delayNanos;
    private final LinkProfile profile;
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
        volatile long collided;
        private long sendingFrom = Long.MIN_VALUE / 2;
        private long sendingUntil = Long.MIN_VALUE / 2;
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

        /// @return when it has been sent
        private synchronized long send(long now, long takes) {
            if (sendingUntil < now) sendingFrom = now;
            sendingUntil = Math.max(now, sendingUntil) + takes;
            return sendingUntil;
        }

        private synchronized boolean meets(Frame frame, long turnaround) {
            return sendingFrom < frame.sent && sendingUntil + turnaround > frame.begun;
        }
    }

    /// @param begun when its sending began
    /// @param sent when it ended
    /// @param due when it arrives
    private record Frame(byte[] bytes, long begun, long sent, long due) implements Delayed {
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

    /// @param losses of frames; of the rest of the profile only its turnaround counts, and with one its rate upwards
    LossyRelay(LinkProfile losses, Duration roundTrip, long seed) throws IOException {
        profile = losses;
        var random = new SplittableRandom(seed);
        up = new Way(losses, random.split());
        down = new Way(losses, random.split());
        delayNanos = roundTrip.toNanos() / 2;
        try (var free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            receiver = new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
        }
        thread(() -> take(ground, up));
        thread(() -> take(flight, down));
        thread(() -> give(up, down, flight));
        thread(() -> give(down, up, ground));
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
        long takes = shared() ? packet.getLength() * 8_000_000_000L / profile.upRate() : 0;
        long sent = way.send(now, takes);
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
            byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
            way.onTheWay.add(new Frame(bytes, sent - takes, sent, sent + delayNanos));
        }
    }

    /// Whether both directions share a channel.
    private boolean shared() {
        return profile.turnaround().isPositive();
    }

    private void give(Way way, Way other, DatagramSocket socket) throws IOException, InterruptedException {
        var frame = way.onTheWay.take();
        if (shared() && other.meets(frame, profile.turnaround().toNanos())) {
            way.collided++;
            return;
        }
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
