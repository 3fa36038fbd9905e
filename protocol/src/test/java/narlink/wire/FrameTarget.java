package narlink.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import narlink.testkit.fuzz.FuzzTarget;

/// A stream of frames (§2): the same segments however it is cut, in step again behind it, and a datagram beside.
final class FrameTarget implements FuzzTarget {
    private static final byte[] KNOWN = {1, 0, 2};

    @Override
    public void accept(byte[] input) {
        var segments = read(input, input.length);
        assertSame(segments, read(input, 1 + input.length % 13));
        for (byte[] segment : segments) {
            assertSame(List.of(segment), read(Frames.frame(segment), 1 << 20).subList(0, 1));
        }
        assertArrayEquals(KNOWN, segments.getLast());
        Frames.undatagram(input).ifPresent(segment -> assertArrayEquals(input, Frames.datagram(segment)));
        if (input.length > 0)
            assertSame(List.of(input), read(Frames.frame(input), 7).subList(0, 1));
    }

    /// With a known frame behind.
    private static List<byte[]> read(byte[] stream, int pieces) {
        var reader = new FrameReader();
        var segments = new ArrayList<byte[]>();
        for (int at = 0; at < stream.length; at += pieces) {
            reader.feed(stream, at, Math.min(pieces, stream.length - at), segments::add);
        }
        reader.feed(new byte[1], 0, 1, segments::add);
        byte[] known = Frames.frame(KNOWN);
        reader.feed(known, 0, known.length, segments::add);
        return segments;
    }

    private static void assertSame(List<byte[]> expected, List<byte[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) assertArrayEquals(expected.get(i), actual.get(i));
    }

    @Override
    public List<byte[]> seeds() {
        var stream = new ByteArrayOutputStream();
        stream.writeBytes(Frames.frame(new byte[300]));
        stream.writeBytes(Frames.frame("a segment".repeat(40).getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        return List.of(stream.toByteArray(), Frames.frame(KNOWN), Frames.datagram(KNOWN));
    }

    @Override
    public int executions() {
        return 100_000;
    }

    @Override
    public int longest() {
        return 600;
    }
}
