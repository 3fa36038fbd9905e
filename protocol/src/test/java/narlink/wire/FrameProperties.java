package narlink.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

final class FrameProperties {
    @Property
    void whatIsFramedIsUnframed(@ForAll @Size(min = 1, max = 2000) byte[] segment) {
        byte[] frame = Frames.frame(segment);
        assertEquals(0, frame[frame.length - 1]);
        assertEquals(
                frame.length - 1,
                IntStream.range(0, frame.length)
                        .filter(i -> frame[i] == 0)
                        .findFirst()
                        .orElse(-1));
        assertTrue(frame.length <= Frames.frameLength(segment.length));
        assertSegments(List.of(segment), read(frame, frame.length));
        assertArrayEquals(segment, Frames.undatagram(Frames.datagram(segment)).orElseThrow());
    }

    @Property(tries = 100)
    void runsWithoutZeroAreFramed(@ForAll @IntRange(min = 1, max = 1300) int length, @ForAll byte fill) {
        byte[] segment = new byte[length];
        Arrays.fill(segment, fill);
        byte[] frame = Frames.frame(segment);
        assertSegments(List.of(segment), read(frame, 7));
    }

    @Property
    void anySplitGivesTheSameSegments(
            @ForAll @Size(max = 20) List<@Size(min = 1, max = 300) byte[]> segments,
            @ForAll @IntRange(min = 1, max = 700) int pieces) {
        assertSegments(segments, read(stream(segments), pieces));
    }

    @Property
    void afterAnyDamageTheReaderIsInStepAtTheNextFrameButOne(
            @ForAll @Size(min = 4, max = 10) List<@Size(min = 1, max = 100) byte[]> segments, @ForAll long seed) {
        byte[] stream = stream(segments);
        int damaged = stream.length / 2;
        var random = new SplittableRandom(seed);
        byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        var bytes = new ByteArrayOutputStream();
        bytes.write(stream, 0, damaged);
        bytes.writeBytes(noise); // Inserted; and of the rest, some is lost.
        int lost = Math.min(random.nextInt(50), stream.length - damaged);
        bytes.write(stream, damaged + lost, stream.length - damaged - lost);
        byte[] last = {1, 2, 3};
        bytes.write(0);
        bytes.writeBytes(Frames.frame(last));
        var read = read(bytes.toByteArray(), 13);
        assertArrayEquals(last, read.getLast());
        for (var segment : read.subList(0, read.size() - 1)) {
            assertTrue(segments.stream().anyMatch(sent -> Arrays.equals(sent, segment)), "never sent");
        }
    }

    @Property
    void arbitraryBytesGiveNoSegment(@ForAll @Size(max = 5000) byte[] noise) {
        assertSegments(List.of(), read(noise, 64)); // One in four thousand million would pass its CRC.
    }

    @Property(tries = 20)
    void aStretchWithoutZeroIsHeldToTheLongestFrame(@ForAll @IntRange(min = 1, max = 255) int fill) {
        var reader = new FrameReader();
        byte[] piece = new byte[1 << 16];
        Arrays.fill(piece, (byte) fill);
        for (int i = 0; i < 100; i++) reader.feed(piece, 0, piece.length, segment -> assertEquals(0, segment.length));
        assertEquals(0, reader.bad());
        byte[] frame = Frames.frame(new byte[] {42});
        var segments = new ArrayList<byte[]>();
        reader.feed(new byte[1], 0, 1, segments::add);
        reader.feed(frame, 0, frame.length, segments::add);
        assertSegments(List.of(new byte[] {42}), segments);
        assertEquals(1, reader.bad());
    }

    @Property(tries = 200)
    void everyChangedByteIsNoticed(
            @ForAll @Size(min = 1, max = 60) byte[] segment, @ForAll @IntRange(min = 1, max = 255) int flip) {
        byte[] frame = Frames.frame(segment);
        for (int i = 0; i < frame.length - 1; i++) {
            byte[] damaged = frame.clone();
            damaged[i] ^= (byte) flip;
            assertSegments(List.of(), read(damaged, damaged.length));
        }
    }

    private static byte[] stream(List<byte[]> segments) {
        var bytes = new ByteArrayOutputStream();
        segments.forEach(segment -> bytes.writeBytes(Frames.frame(segment)));
        return bytes.toByteArray();
    }

    private static List<byte[]> read(byte[] stream, int pieces) {
        var reader = new FrameReader();
        var segments = new ArrayList<byte[]>();
        for (int at = 0; at < stream.length; at += pieces) {
            reader.feed(stream, at, Math.min(pieces, stream.length - at), segments::add);
        }
        return segments;
    }

    private static void assertSegments(List<byte[]> expected, List<byte[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) assertArrayEquals(expected.get(i), actual.get(i));
    }
}
