package narlink.pipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import narlink.wire.PipeUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Sockets, datagrams, programs and files: segments both ways, ends, and what is said where a pipe can't be opened.
@Timeout(60)
final class SocketPipesTest {
    private static final byte[] UP = {1, 0, 2};
    private static final byte[] DOWN = new byte[3000];

    @TempDir
    Path directory = Path.of("");

    private static Pipes.Source source(String url, Pipes.End end) throws IOException {
        return Pipes.source(PipeUrl.parse(url), end);
    }

    private static byte[] next(Pipe pipe) throws IOException {
        var received = new ArrayList<byte[]>();
        while (received.isEmpty()) received.addAll(pipe.receive().orElseThrow());
        return received.getFirst();
    }

    /// Both directions, then the end of one side.
    private static void carriesBothWays(Pipe earth, Pipe board) throws IOException {
        earth.send(UP);
        assertArrayEquals(UP, next(board));
        board.send(DOWN);
        assertArrayEquals(DOWN, next(earth));
        assertEquals(0, earth.badFrames() + board.badFrames());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void tcpFromBothSidesAndAgainAfterItsEnd() throws Exception {
        int port = freePort();
        try (var listening = source("tcp-listen://127.0.0.1:" + port, Pipes.End.FLIGHT);
                var calling = source("tcp://127.0.0.1:" + port, Pipes.End.GROUND)) {
            assertTrue(listening.reopens() && calling.reopens());
            for (int i = 0; i < 2; i++) {
                try (var earth = calling.open();
                        var board = listening.open()) {
                    carriesBothWays(earth, board);
                    earth.close();
                    assertEquals(Optional.empty(), board.receive());
                }
            }
            var taken =
                    assertThrows(IOException.class, () -> source("tcp-listen://127.0.0.1:" + port, Pipes.End.FLIGHT));
            assertTrue(String.valueOf(taken.getMessage()).contains("choose another port"), taken.getMessage());
        }
        var refused = assertThrows(
                IOException.class,
                () -> source("tcp://127.0.0.1:" + port, Pipes.End.GROUND).open());
        assertTrue(String.valueOf(refused.getMessage()).startsWith("cannot connect to tcp://"), refused.getMessage());
    }

    @Test
    void ipv6IsListenedOnToo() throws Exception {
        int port = freePort();
        try (var listening = source("tcp-listen://[::1]:" + port, Pipes.End.FLIGHT);
                var earth = source("tcp://[::1]:" + port, Pipes.End.GROUND).open();
                var board = listening.open()) {
            carriesBothWays(earth, board);
        }
    }

    @Test
    void aUnixSocketTakesThePlaceOfOneThatWasLeft() throws Exception {
        var path = directory.resolve("socket");
        for (int i = 0; i < 2; i++) {
            try (var listening = source("unix-listen:" + path, Pipes.End.FLIGHT);
                    var earth = source("unix:" + path, Pipes.End.GROUND).open();
                    var board = listening.open()) {
                carriesBothWays(earth, board);
            }
            assertTrue(Files.exists(path));
        }
        var file = Files.writeString(directory.resolve("file"), "somebody's");
        assertThrows(IOException.class, () -> source("unix-listen:" + file, Pipes.End.FLIGHT));
        assertEquals("somebody's", Files.readString(file));
    }

    @Test
    void datagramsAnswerWhoWasHeardLast() throws Exception {
        int port;
        try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        try (var board = source("udp://?listen=127.0.0.1:" + port, Pipes.End.FLIGHT)
                        .open();
                var earth = source("udp://127.0.0.1:" + port, Pipes.End.GROUND).open()) {
            board.send(DOWN); // To nobody yet.
            carriesBothWays(earth, board);
            try (var other = new DatagramSocket()) {
                var noise = new java.net.DatagramPacket(new byte[9], 9, InetAddress.getLoopbackAddress(), port);
                other.send(noise);
            }
            assertEquals(List.of(), board.receive().orElseThrow());
            assertEquals(1, board.badFrames());
            assertThrows(
                    IOException.class,
                    () -> source("udp://?listen=127.0.0.1:" + port, Pipes.End.FLIGHT)
                            .open());
        }
    }

    @Test
    void aProgramIsAPipe() throws Exception {
        try (var pipe = source("exec:cat", Pipes.End.GROUND).open()) {
            pipe.send(UP);
            assertArrayEquals(UP, next(pipe));
        }
        try (var pipe = source("exec:true", Pipes.End.GROUND).open()) {
            assertEquals(Optional.empty(), pipe.receive());
        }
    }

    @Test
    void filesAreReadOnBoardAndWrittenOnEarth() throws Exception {
        var url = "file:" + directory.resolve("up") + "," + directory.resolve("down");
        var ground = source(url, Pipes.End.GROUND);
        assertFalse(ground.reopens());
        try (var earth = ground.open();
                var board = source(url, Pipes.End.FLIGHT).open()) {
            carriesBothWays(earth, board);
            assertEquals(Optional.empty(), board.receive());
        }
        var nowhere = "file:" + directory.resolve("no/up") + "," + directory.resolve("no/down");
        assertThrows(IOException.class, () -> source(nowhere, Pipes.End.GROUND).open());
        assertThrows(IOException.class, () -> source(nowhere, Pipes.End.FLIGHT).open());
        var half = "file:" + directory.resolve("up") + "," + directory.resolve("no/down");
        assertThrows(IOException.class, () -> source(half, Pipes.End.GROUND).open());
        assertThrows(IOException.class, () -> source(half, Pipes.End.FLIGHT).open());
    }

    @Test
    void aSingleDirectionKeepsToIt() throws Exception {
        var url = "simplex-up:file:" + directory.resolve("up") + "," + directory.resolve("down");
        var ground = source(url, Pipes.End.GROUND);
        assertFalse(ground.reopens());
        try (ground;
                var earth = ground.open();
                var board = source(url, Pipes.End.FLIGHT).open()) {
            earth.send(UP);
            assertArrayEquals(UP, next(board));
            board.send(DOWN);
        }
        assertEquals(0, Files.size(directory.resolve("down")));
    }

    @Test
    void namesThatNobodyHasAreToldSo() {
        var unknown =
                assertThrows(IOException.class, () -> source("tcp-listen://no-such-host.invalid:1", Pipes.End.FLIGHT));
        assertTrue(String.valueOf(unknown.getMessage()).contains("no-such-host.invalid"), unknown.getMessage());
    }
}
