package narlink.inventory;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.inventory.Descriptions.Column;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;
import org.junit.jupiter.api.Test;

/// What it takes to tell of a store of 5,000 paths, and what other ways would take. Prints its figures.
final class InventorySizeTest {
    private static final int PATHS = 5000;
    private static final int BUCKETS = 32;
    /// Signature, headers, CRC and COBS of a segment.
    private static final int OVERHEAD = 100;
    /// Bytes of cells in one segment.
    private static final int PIECE = 24 * Sketch.CELL;

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
        var infos = store(new SplittableRandom(1));
        var positions = new HashMap<StorePath, Integer>();
        var byId = new ArrayList<>(infos);
        byId.sort((a, b) -> Long.compare(id(a), id(b)));
        for (int i = 0; i < PATHS; i++) positions.put(byId.get(i).path(), i);
        long[] ids = byId.stream().mapToLong(InventorySizeTest::id).toArray();
        int list = IdList.write(ids).length;
        int names = Descriptions.write(infos, EnumSet.of(Column.NAME), positions::get, PATHS).length;
        int traits = Descriptions.write(infos, EnumSet.of(Column.TRAITS), positions::get, PATHS).length;
        System.out.printf(
                "%d paths: which of known ones %d B; names %d B; sizes and references %d B more (without segments)%n",
                PATHS, list, names, traits);
        assertTrue(list < 3 * PATHS);
        assertTrue(wire(names) <= 160_000, "as segments " + wire(names));
    }

    private static long wire(int bytes) {
        return bytes + (long) Math.ceilDiv(bytes, 912) * OVERHEAD;
    }

    private static long id(PathInfo info) {
        return PathId.of(info.path(), info.narHash().bytes());
    }

    /// Packages of a few words with versions and outputs, which refer to some that are popular and some that are near.
    private static List<PathInfo> store(SplittableRandom random) {
        String[] words = {
            "lib", "python3.11", "perl5.38", "glibc", "gcc", "x11", "boost", "font", "gst", "qt", "kernel", "module",
            "util", "core", "hook", "wrapper", "data", "config", "crypto", "ssl", "xml", "json", "http", "proto"
        };
        String[] outputs = {"", "", "", "", "-dev", "-lib", "-bin", "-man", "-doc"};
        var paths = new ArrayList<StorePath>();
        var infos = new ArrayList<PathInfo>();
        for (int i = 0; i < PATHS; i++) {
            var name = words[random.nextInt(words.length)] + "-" + words[random.nextInt(words.length)]
                    + Integer.toString(random.nextInt(1300), 36) + "-" + random.nextInt(10) + "." + random.nextInt(30)
                    + outputs[random.nextInt(outputs.length)];
            byte[] digest = new byte[20];
            byte[] hash = new byte[32];
            random.nextBytes(digest);
            random.nextBytes(hash);
            var path = StorePath.of(digest, name);
            var references = new TreeSet<StorePath>();
            for (int r = random.nextInt(7); r > 0 && i > 0; r--) {
                double popular = Math.pow(random.nextDouble(), 4);
                references.add(paths.get((int) (popular * i)));
            }
            paths.add(path);
            infos.add(new PathInfo(
                    path,
                    new Sha256(Bytes.of(hash)),
                    8L * (long) Math.exp(3 + 11 * random.nextDouble()),
                    references,
                    Optional.empty(),
                    List.of(),
                    Optional.empty()));
        }
        infos.sort((a, b) -> Descriptions.ORDER.compare(a.path(), b.path()));
        return infos;
    }
}
