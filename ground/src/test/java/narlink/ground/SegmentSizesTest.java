package narlink.ground;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import narlink.fec.Oti;
import narlink.simulation.LinkProfile;
import org.junit.jupiter.api.Test;

/// Segments become as long as the link's losses advise.
final class SegmentSizesTest {
    private static final int MOST = 8192;
    private static final int INTERVALS = 400;
    private static final int SEGMENTS = 30;

    @Test
    void whereFramesAreShortSegmentsBecomeShort() {
        var used = flown(size -> 1 - Math.pow(0.99, Math.ceilDiv(size, 200)), 512);
        assertTrue(share(used, 1024) + share(used, 2048) > 0.75, used.toString());
        var best = flown(size -> 1 - Math.pow(0.99, Math.ceilDiv(size, 200)), 4096);
        assertTrue(share(best, 4096) > 0.75, best.toString());
    }

    @Test
    void whereASegmentIsAFrameTheyStayLong() {
        assertTrue(share(flown(size -> 0.2, 512), MOST) > 0.8);
        assertEquals(1.0, share(flown(size -> 0.005, 512), MOST));
    }

    /// What such segments lost before tells nothing once the link has changed for good.
    @Test
    void theyFollowALinkThatChanges() {
        var bad = new boolean[] {true};
        var sizes = new SegmentSizes(MOST, 512, size -> 64, Instant.EPOCH);
        var random = new SplittableRandom(5);
        IntToDoubleFunction loss = size -> bad[0] ? 1 - Math.pow(0.98, Math.ceilDiv(size, 200)) : 0;
        fly(sizes, loss, random, 0);
        assertTrue(sizes.bytes() <= 2048, sizes.bytes() + " bytes");
        bad[0] = false;
        var used = fly(sizes, loss, random, INTERVALS);
        assertEquals(MOST, sizes.bytes(), used.toString());
    }

    /// An interval in which two sizes were in use tells of neither.
    @Test
    void mixedIntervalsCountForNothing() {
        var sizes = new SegmentSizes(MOST, 512, size -> 64, Instant.EPOCH);
        var later = Instant.EPOCH.plusSeconds(9);
        sizes.measured(new Soundings.Measured(Instant.EPOCH, later, 1000, 0.5));
        sizes.choose(later);
        assertEquals(MOST / 2, sizes.bytes());
        for (int i = 0; i < 50; i++) {
            sizes.measured(new Soundings.Measured(Instant.EPOCH, later.plusSeconds(1), 1000, 0));
            sizes.choose(later.plusSeconds(1));
            assertEquals(MOST / 2, sizes.bytes());
        }
    }

    /// Segments of one of the link's frames, and so many blocks taking turns that a burst is a small part of each.
    @Test
    void withoutReportsTheProfileTells() {
        var oti = Oti.of(20_000_000, 896, 2048);
        var bursts = new LinkProfile("bursts", 16_000_000, 0, 1000, 0.001, 0.01, 0, 1, Duration.ofMinutes(8), 5, 0);
        var shape = new Repair.ForDelivery(0.999999, bursts, MOST).shape(MOST, 1024, size -> (size - 90) / 896, oti);
        assertTrue(shape.depth() >= 4, shape.toString());
        var frames = new LinkProfile("frames", 16_000_000, 0, 200, 0, 1, 0.01, 0.01, Duration.ofMinutes(8), 5, 0);
        var small = new Repair.ForDelivery(0.999999, frames, MOST).shape(MOST, 1024, size -> (size - 90) / 896, oti);
        assertTrue(small.segmentSize() <= 2048, small.toString());
        var calm = new LinkProfile("calm", 16_000_000, 0, 9000, 0, 1, 0.01, 0.01, Duration.ofMinutes(8), 5, 0);
        assertEquals(
                new Repair.Shape(MOST, 1),
                new Repair.ForDelivery(0.999999, calm, MOST).shape(MOST, 1024, size -> (size - 90) / 896, oti));
    }

    private static Map<Integer, Integer> flown(IntToDoubleFunction loss, int least) {
        return fly(new SegmentSizes(MOST, least, size -> 64, Instant.EPOCH), loss, new SplittableRandom(4), 0);
    }

    /// @return how often each size was used
    private static Map<Integer, Integer> fly(
            SegmentSizes sizes, IntToDoubleFunction loss, SplittableRandom random, int after) {
        var used = new HashMap<Integer, Integer>();
        for (int i = after; i < after + INTERVALS; i++) {
            int size = sizes.bytes();
            used.merge(size, 1, Integer::sum);
            double lost = IntStream.range(0, SEGMENTS)
                            .filter(segment -> random.nextDouble() < loss.applyAsDouble(size))
                            .count()
                    / (double) SEGMENTS;
            var from = Instant.EPOCH.plusSeconds(i);
            sizes.measured(new Soundings.Measured(from, from.plusSeconds(1), SEGMENTS, lost));
            sizes.choose(from.plusSeconds(1));
        }
        return used;
    }

    private static double share(Map<Integer, Integer> used, int size) {
        return used.getOrDefault(size, 0) / (double) INTERVALS;
    }
}
