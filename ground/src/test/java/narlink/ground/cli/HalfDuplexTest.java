package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import narlink.ground.SampleClosure;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real pass over a channel that carries one direction at a time: what is sent while the other end sends, or has not
/// turned round yet, is lost.
@Timeout(180)
final class HalfDuplexTest {
    private static final int RATE = 128_000;
    private static final int TURNAROUND = 100;
    private static final int BYTES = 150_000;

    @TempDir
    Path directory = Path.of("");

    @Test
    void neitherEndTalksIntoTheOther() throws Exception {
        var programs = new Programs(directory);
        var mission = programs.told(programs.narlink("init", "--json"))
                .get("missionKey")
                .getAsString();
        var key = programs.told(programs.flight("init", "--satellite", "sat", "--trust", mission, "--json"))
                .get("flightKey")
                .getAsString();
        programs.told(programs.narlink("satellite", "add", "sat", "--flight-key", key, "--json"));
        var earth = "file://" + directory.resolve("earth");
        StorePath path;
        try (var store = Stores.open(earth, Options.of(directory.resolve("roots")))) {
            path = SampleClosure.make(store, 11, 1, BYTES);
        }
        programs.told(programs.narlink("send", "sat", path.toString(), "--store", earth, "--json"));
        try (var channel = new Channel()) {
            var receiver = programs.startFlight(
                    "run",
                    "--pipe",
                    "udp://?listen=127.0.0.1:" + channel.flightPort(),
                    "--half-duplex",
                    Integer.toString(TURNAROUND),
                    "--store",
                    "file://" + directory.resolve("board"));
            try {
                receiver.await("pipe open");
                var pass = programs.told(programs.narlink(
                        "pass",
                        "sat",
                        "--pipe",
                        "udp://127.0.0.1:" + channel.groundPort(),
                        "--rate",
                        Integer.toString(RATE),
                        "--segment-size",
                        "1k",
                        "--half-duplex",
                        Integer.toString(TURNAROUND),
                        "--duration",
                        "90s",
                        "--json"));
                var deployment = pass.getAsJsonArray("deployments").get(0).getAsJsonObject();
                System.out.printf(
                        "half duplex: %d B sent, %d reports, %d frames up, %d down, %d lost to the other direction%n",
                        pass.get("sentBytes").getAsLong(),
                        pass.get("receivedReports").getAsLong(),
                        channel.up.frames.get(),
                        channel.down.frames.get(),
                        channel.collisions.get());
                assertEquals("CONFIRMED", deployment.get("state").getAsString());
                assertTrue(pass.get("receivedReports").getAsLong() >= 3, pass.toString());
                assertTrue(channel.down.frames.get() < 40, "it talks only when asked: " + channel.down.frames.get());
                // A machine that is busy lets one end come late now and then.
                assertTrue(channel.collisions.get() <= 8, channel.collisions.get() + " collisions");
            } finally {
                receiver.process().destroyForcibly().waitFor();
            }
        }
    }

    /// The air between two radios, as a relay of datagrams.
    private static final class Channel implements Closeable {
        private final DatagramSocket ground = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        private final DatagramSocket flight = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        private final int flightPort;
        private final AtomicInteger collisions = new AtomicInteger();
        private final Way up = new Way();
        private final Way down = new Way();
        private volatile SocketAddress station = new InetSocketAddress(0);

        /// One direction, and when it was last in use.
        private static final class Way {
            private final AtomicInteger frames = new AtomicInteger();
            private final DelayQueue<Frame> onTheAir = new DelayQueue<>();
            private long from = Long.MIN_VALUE / 2;
            private long until = Long.MIN_VALUE / 2;

            private synchronized Frame begin(byte[] bytes) {
                long now = System.nanoTime();
                if (until < now) from = now;
                long start = Math.max(now, until);
                until = start + bytes.length * 8_000_000_000L / RATE;
                frames.incrementAndGet();
                return new Frame(bytes, start, until);
            }

            private synchronized boolean meets(Frame frame) {
                return from < frame.end && until + TimeUnit.MILLISECONDS.toNanos(TURNAROUND) > frame.start;
            }
        }

        private record Frame(byte[] bytes, long start, long end) implements Delayed {
            @Override
            public long getDelay(TimeUnit unit) {
                return unit.convert(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            }

            @Override
            public int compareTo(Delayed other) {
                return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
            }
        }

        Channel() throws IOException {
            try (var free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                flightPort = free.getLocalPort();
            }
            thread(() -> take(ground, up));
            thread(() -> take(flight, down));
            thread(() -> give(up, down, flight));
            thread(() -> give(down, up, ground));
        }

        int groundPort() {
            return ground.getLocalPort();
        }

        int flightPort() {
            return flightPort;
        }

        private interface Work {
            void run() throws IOException, InterruptedException;
        }

        private void thread(Work work) {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    while (true) work.run();
                } catch (IOException | InterruptedException e) {
                    if (!ground.isClosed()) throw new IllegalStateException("the channel broke", e);
                }
            });
        }

        private void take(DatagramSocket socket, Way way) throws IOException {
            var packet = new DatagramPacket(new byte[65_536], 65_536);
            socket.receive(packet);
            if (socket == ground) station = packet.getSocketAddress();
            way.onTheAir.add(way.begin(Arrays.copyOf(packet.getData(), packet.getLength())));
        }

        private void give(Way way, Way other, DatagramSocket socket) throws IOException, InterruptedException {
            var frame = way.onTheAir.take();
            if (other.meets(frame)) {
                collisions.incrementAndGet();
                return;
            }
            var to = socket == flight ? new InetSocketAddress("127.0.0.1", flightPort) : station;
            socket.send(new DatagramPacket(frame.bytes, frame.bytes.length, to));
        }

        @Override
        public void close() {
            ground.close();
            flight.close();
        }
    }
}
