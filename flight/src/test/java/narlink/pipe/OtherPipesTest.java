package narlink.pipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import narlink.wire.PipeUrl;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Serial lines (a pair of pseudo-terminals that socat joins), directories and single directions.
@Timeout(60)
final class OtherPipesTest {
    @TempDir
    Path directory = Path.of("");

    private static Pipe open(String url, Pipes.End end) throws IOException {
        return Pipes.source(PipeUrl.parse(url), end).open();
    }

    private static byte[] segment(int seed, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = (byte) (seed + i);
        return bytes;
    }

    private static List<byte[]> receive(Pipe pipe, int count) throws IOException {
        var all = new ArrayList<byte[]>();
        while (all.size() < count) all.addAll(pipe.receive().orElseThrow());
        return all;
    }

    @Test
    void everyByteGoesOverASerialLineBothWays() throws Exception {
        boolean there = Files.exists(Path.of("/usr/bin/socat"));
        Assumptions.assumeTrue(there || System.getenv("NARLINK_REQUIRE_NIX") != null, "socat is not installed");
        var a = directory.resolve("a");
        var b = directory.resolve("b");
        var socat = new ProcessBuilder("socat", "pty,raw,echo=0,link=" + a, "pty,raw,echo=0,link=" + b)
                .redirectErrorStream(true)
                .start();
        try {
            while (!Files.exists(a) || !Files.exists(b)) {
                assertTrue(socat.isAlive(), "socat ended");
                TimeUnit.MILLISECONDS.sleep(20);
            }
            try (var earth = open("serial:" + a + "?baud=230400", Pipes.End.GROUND);
                    var board = open("serial:" + b + "?baud=230400", Pipes.End.FLIGHT)) {
                // All byte values, those of XON, XOFF, CR and EOT too, which a line in another mode would swallow.
                for (int i = 0; i < 20; i++) earth.send(segment(i, 700));
                var up = receive(board, 20);
                for (int i = 0; i < 20; i++) assertArrayEquals(segment(i, 700), up.get(i));
                board.send(segment(99, 300));
                assertArrayEquals(segment(99, 300), receive(earth, 1).getFirst());
                assertEquals(0, board.badFrames());
            }
        } finally {
            socat.destroyForcibly().waitFor();
        }
    }

    @Test
    void aMissingDeviceIsSaid() {
        var e = assertThrows(IOException.class, () -> open("serial:" + directory.resolve("none"), Pipes.End.FLIGHT));
        assertTrue(String.valueOf(e.getMessage()).contains("no serial device"), e.getMessage());
    }

    @Test
    void filesAreDroppedWholeConsumedInOrderAndRemoved() throws Exception {
        var one = directory.resolve("one");
        var two = directory.resolve("two");
        Files.createDirectories(one);
        Files.writeString(one.resolve(".half.part"), "what another program is about to bring");
        try (var earth = open("drop:" + one + "," + two, Pipes.End.GROUND);
                var board = open("drop:" + two + "," + one, Pipes.End.FLIGHT)) {
            for (int i = 0; i < 300; i++) earth.send(segment(i, 8_000)); // More than one file.
            var up = receive(board, 300);
            for (int i = 0; i < 300; i++) assertArrayEquals(segment(i, 8_000), up.get(i));
            board.send(segment(5, 200));
            assertArrayEquals(segment(5, 200), receive(earth, 1).getFirst());
        }
        // What was taken is gone once the next one is looked for; what was not ours to read is still there.
        try (var left = Files.list(one)) {
            assertTrue(left.filter(file -> !file.getFileName().toString().startsWith("."))
                            .count()
                    <= 1);
        }
        assertTrue(Files.exists(one.resolve(".half.part")));
    }

    @Test
    void whatIsLeftWhenTheReaderIsGoneWaitsForTheNext() throws Exception {
        var one = directory.resolve("one");
        var two = directory.resolve("two");
        // The first one was written by a clock that ran ahead.
        for (int i = 1; i <= 2; i++) {
            if (i == 2) rename(one, "900000000000000000.narlink");
            try (var earth = open("drop:" + one + "," + two, Pipes.End.GROUND)) {
                earth.send(segment(i, 100));
            }
        }
        try (var board = open("drop:" + two + "," + one, Pipes.End.FLIGHT)) {
            var up = receive(board, 2);
            assertArrayEquals(segment(1, 100), up.getFirst());
            assertArrayEquals(segment(2, 100), up.getLast());
        }
    }

    private static void rename(Path directory, String name) throws IOException {
        try (var files = Files.list(directory)) {
            Files.move(files.findFirst().orElseThrow(), directory.resolve(name));
        }
    }

    @Test
    void oneDirectionIsTakenAway() throws Exception {
        var one = directory.resolve("one");
        var two = directory.resolve("two");
        try (var earth = open("simplex-up:drop:" + one + "," + two, Pipes.End.GROUND);
                var board = open("simplex-up:drop:" + two + "," + one, Pipes.End.FLIGHT)) {
            board.send(segment(7, 100)); // To nowhere.
            earth.send(segment(8, 100));
            assertArrayEquals(segment(8, 100), receive(board, 1).getFirst());
        }
        try (var files = Files.list(two)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void nonsenseIsRefused() {
        for (var url : List.of(
                "serial:",
                "serial:?baud=9600",
                "serial:/dev/x?baud=fast",
                "serial:/dev/x?speed=1",
                "drop:a",
                "drop:,b",
                "simplex-up:",
                "simplex-up:simplex-down:stdio:",
                "simplex-down:nothing")) {
            assertThrows(IllegalArgumentException.class, () -> PipeUrl.parse(url), url);
        }
    }
}
