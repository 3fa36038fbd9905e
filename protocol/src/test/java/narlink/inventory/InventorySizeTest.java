package narlink.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.inventory.Descriptions.Column;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.testkit.SampleStore;
import narlink.wire.Envelope;
import narlink.wire.Frames;
import narlink.wire.SatelliteName;
import narlink.wire.StoreAnswer;
import org.junit.jupiter.api.Test;

/// What it takes to tell of a store of 5,000 paths, and what other ways would take. Prints its figures.
final class InventorySizeTest {
    private static final int PATHS = 5000;
    private static final int BUCKETS = 32;
    /// Signature, headers, CRC and COBS of a segment.
    private static final int OVERHEAD = 100;
    /// Bytes of cells in one segment.
    private static final int PIECE = 24 * Sketch.CELL;
    /// Bytes of a segment, if no other size is chosen.
    private static final int SEGMENT = 8192;

    private static final long NOW = 1_800_000_000_000L; // Questions are numbered by milliseconds.
    private static final SecretKey KEY = SecretKey.generate("sat-7-flight-1");
    private static final SatelliteName SATELLITE = new SatelliteName("sat-7");

    /// Sets that differ by some paths, each a thousand times: cells by the piece, against the hashes of 32 buckets and
    /// the ids of the buckets that differ.
    @Test
    void aSketchTakesLessThanBuckets() {
        var random = new SplittableRandom(7);
        for (int differing : new int[] {1, 3, 5, 10, 20, 40, 100}) {
            long sketch = 0;
            long worst = 0;
            long buckets = 0;
            int rounds = differing > 20 ? 50 : 200;
            for (int round = 0; round < rounds; round++) {
                long[] here = random.longs(PATHS, 1, Long.MAX_VALUE).sorted().toArray();
                long[] there = here.clone();
                var touched = new TreeSet<Integer>();
                for (int i = 0; i < differing; i++) {
                    int at = random.nextInt(PATHS);
                    there[at] = random.nextLong(1, Long.MAX_VALUE);
                    touched.add((int) (here[at] >>> 58));
                    touched.add((int) (there[at] >>> 58));
                }
                Arrays.sort(there);
                long bytes = 0;
                int pieces = 1;
                while (Sketch.difference(Sketch.cells(there, 0, pieces * PIECE / Sketch.CELL), here)
                        .isEmpty()) pieces++;
                bytes = (long) pieces * (PIECE + OVERHEAD);
                sketch += bytes;
                worst = Math.max(worst, bytes);
                buckets += OVERHEAD + 4 * BUCKETS + (long) touched.size() * (OVERHEAD + 5 * PATHS / BUCKETS);
            }
            System.out.printf(
                    "%d of %d paths replaced: sketch %d B, at worst %d B; buckets %d B%n",
                    differing, PATHS, sketch / rounds, worst, buckets / rounds);
            assertTrue(sketch < buckets, differing + " paths");
            if (differing <= 5) assertTrue(worst <= 1500, differing + " paths: " + worst);
        }
    }

    /// Names, sizes and references as in a real store: taken from distributions, but with the digests and hashes of a
    /// good random generator.
    @Test
    void aStoreIsToldInLessThanItsHashes() throws MalformedInventoryException {
        var infos = new SampleStore(new SplittableRandom(1)).paths(PATHS);
        var positions =
                Descriptions.positions(infos.stream().map(PathInfo::path).toList());
        long[] ids = infos.stream()
                .mapToLong(info -> PathId.of(info.path(), info.narHash().bytes()))
                .sorted()
                .toArray();
        long references =
                infos.stream().mapToLong(info -> info.references().size()).sum();
        System.out.printf("%d paths with %.1f references each%n", PATHS, (double) references / PATHS);
        print("which of known ones", IdList.write(ids));
        for (var columns : List.of(EnumSet.of(Column.NAME), EnumSet.of(Column.TRAITS))) {
            print(columns.toString(), Descriptions.write(infos, columns, positions::get, PATHS));
        }
        var columns = EnumSet.of(Column.NAME, Column.TRAITS);
        byte[] all = Descriptions.write(infos, columns, positions::get, PATHS);
        print(columns.toString(), all);
        var told = Descriptions.read(all, columns, PATHS);
        assertEquals(infos.stream().map(PathInfo::path).toList(), told.paths());
        assertTrue(wire(all, SEGMENT) <= 160_000, "as segments " + wire(all, SEGMENT));
    }

    private static void print(String what, byte[] object) {
        System.out.printf(
                "%s: %d B, as segments of 1 KiB %d B, of 8 KiB %d B%n",
                what, object.length, wire(object, 1024), wire(object, SEGMENT));
    }

    /// Bytes of the frames, on a stream, of all answers that bring an object.
    private static long wire(byte[] object, int segment) {
        long bytes = 0;
        int most = StoreAnswer.fitting(segment);
        for (int piece = 0; piece < StoreAnswer.pieces(object.length); piece += most) {
            int from = piece * StoreAnswer.PIECE;
            var data = Bytes.of(object, from, Math.min(most * StoreAnswer.PIECE, object.length - from));
            var answer = new StoreAnswer(NOW, object.length, piece, data);
            byte[] sealed = Envelope.seal(answer, KEY, Envelope.Direction.DOWN, SATELLITE);
            assertTrue(sealed.length <= segment, "a segment of " + sealed.length);
            bytes += Frames.frame(sealed).length;
        }
        return bytes;
    }
}
