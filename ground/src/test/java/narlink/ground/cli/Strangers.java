package narlink.ground.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Whoever finds a port and has no business there.
final class Strangers implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 2000;
    private final List<Socket> open = new ArrayList<>();

    /// Calls a port many times, and stays connected without a word.
    void crowd(int port, int times) {
        for (int i = 0; i < times; i++) call(port, new byte[0]);
    }

    /// Says something to a port, and stays. A port that refuses is left alone.
    void call(int port, byte[] words) {
        var socket = new Socket();
        open.add(socket);
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            socket.getOutputStream().write(words);
        } catch (IOException e) {
            System.getLogger(Strangers.class.getName()).log(System.Logger.Level.DEBUG, "refused", e);
        }
    }

    static byte[] junk(SplittableRandom random, int bytes) {
        byte[] junk = new byte[bytes];
        random.nextBytes(junk);
        return junk;
    }

    static byte[] http(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /// They go away.
    @Override
    public void close() throws IOException {
        for (var socket : open) socket.close();
        open.clear();
    }
}
