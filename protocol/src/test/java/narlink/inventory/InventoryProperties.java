package narlink.inventory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import narlink.inventory.Descriptions.Column;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;
import narlink.testkit.StorePaths;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

final class InventoryProperties {
    @Provide
    Arbitrary<PathInfo> infos() {
        return StorePaths.infos()
                .map(info -> new PathInfo(
                        info.path(),
                        info.narHash(),
                        info.narSize() & ~7 & (1L << 49) - 1,
                        new TreeSet<>(),
                        Optional.empty(),
                        List.of(),
                        Optional.empty()));
    }

    @Property
    void enoughCellsTellJustTheDifference(
            @ForAll Set<@LongRange(min = 1) Long> common,
            @ForAll Set<@LongRange(min = 1) Long> here,
            @ForAll Set<@LongRange(min = 1) Long> there) {
        here.removeAll(common);
        there.removeAll(common);
        here.removeAll(there);
        long[] mine = sorted(common, here);
        for (int cells = 1; ; cells *= 2) {
            var found = Sketch.difference(Sketch.cells(sorted(common, there), 0, cells), mine);
            if (found.isEmpty()) {
                assertTrue(cells <= 16 * (here.size() + there.size() + 1), "too many cells are needed");
                continue;
            }
            assertEquals(here, found.get().onlyHere());
            assertEquals(there, found.get().onlyThere());
            return;
        }
    }

    @Property
    void cellsAreTheSameInOnePieceAndInMany(
            @ForAll Set<@LongRange(min = 1) Long> ids, @ForAll @IntRange(min = 1, max = 40) int piece) {
        long[] set = sorted(ids, Set.of());
        byte[] whole = Sketch.cells(set, 0, 120);
        for (int from = 0; from + piece <= 120; from += piece) {
            assertArrayEquals(
                    Arrays.copyOfRange(whole, from * Sketch.CELL, (from + piece) * Sketch.CELL),
                    Sketch.cells(set, from, piece));
        }
    }

    @Property
    void noBytesAreTakenForCellsOfASet(@ForAll @Size(min = 12, max = 600) byte[] noise) {
        assertEquals(
                Optional.empty(), Sketch.difference(noise, new long[] {1, 2, 3}).filter(found -> !isZero(noise)));
    }

    private static boolean isZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) return false;
        }
        return true;
    }

    @Property
    void aListIsReadAsItWasWrittenAndSoIsItsBeginning(
            @ForAll Set<@LongRange(min = 1) Long> ids, @ForAll @IntRange(min = 0, max = 100) int percent) {
        long[] set = sorted(ids, Set.of());
        var prefixes = Arrays.stream(set).mapToObj(IdList::prefix).toList();
        byte[] list = IdList.write(set);
        assertEquals(prefixes, IdList.read(list, set.length));
        var some = IdList.read(Arrays.copyOf(list, list.length * percent / 100), set.length);
        assertEquals(prefixes.subList(0, some.size()), some);
    }

    @Property
    void descriptionsAreReadAsTheyWereWritten(
            @ForAll @Size(min = 1, max = 30) List<@net.jqwik.api.From("infos") PathInfo> some,
            @ForAll Set<Column> columns,
            @ForAll long seed)
            throws MalformedInventoryException {
        var random = new SplittableRandom(seed);
        var byPath = new TreeMap<StorePath, PathInfo>(Descriptions.ORDER);
        for (var info : some) byPath.put(info.path(), info);
        var paths = List.copyOf(byPath.keySet());
        var positions = new HashMap<StorePath, Integer>();
        for (int i = 0; i < paths.size(); i++) positions.put(paths.get(i), i);
        var infos = new ArrayList<PathInfo>();
        for (var info : byPath.values()) {
            var references = new TreeSet<StorePath>();
            for (int i = random.nextInt(4); i > 0; i--) references.add(paths.get(random.nextInt(paths.size())));
            infos.add(new PathInfo(
                    info.path(),
                    info.narHash(),
                    info.narSize(),
                    references,
                    Optional.empty(),
                    List.of(),
                    Optional.empty()));
        }
        int all = paths.size() + random.nextInt(100_000);
        var told = Descriptions.read(Descriptions.write(infos, columns, positions::get, all), columns, all);
        boolean names = columns.contains(Column.NAME);
        boolean whole = columns.contains(Column.HASH);
        assertEquals(names ? paths : List.of(), told.paths());
        assertEquals(names || whole ? paths.size() : 0, told.hashes().size());
        for (int i = 0; i < told.hashes().size(); i++) {
            var hash = infos.get(i).narHash().bytes();
            assertEquals(
                    whole ? hash : hash.slice(0, PathId.HASH_BYTES),
                    told.hashes().get(i));
        }
        if (!columns.contains(Column.TRAITS)) return;
        for (int i = 0; i < infos.size(); i++) {
            long size = infos.get(i).narSize();
            if (whole) assertEquals(size, told.sizes().get(i));
            else assertTrue(Math.abs(size - told.sizes().get(i)) <= size / 16, size + " for " + told.sizes());
            assertEquals(
                    infos.get(i).references().stream()
                            .map(positions::get)
                            .sorted()
                            .toList(),
                    told.references().get(i));
        }
    }

    @Property
    void noBytesBreakTheReader(@ForAll @Size(max = 300) byte[] noise, @ForAll Set<Column> columns) {
        assertThrows(MalformedInventoryException.class, () -> {
            Descriptions.read(noise, columns, 1000);
            throw new MalformedInventoryException("it may be read");
        });
    }

    @Property
    void runsNameJustThesePositions(@ForAll Set<@IntRange(max = 5000) Integer> positions) {
        var named = new TreeSet<Integer>();
        for (var runs : Runs.of(positions)) {
            assertTrue(runs.size() <= Runs.MAX);
            named.addAll(Runs.positions(runs, 5001));
        }
        assertEquals(positions, named);
    }

    @Property
    void rootsAreReadAsTheyWereWritten(@ForAll Set<@net.jqwik.api.constraints.StringLength(max = 60) String> names)
            throws MalformedInventoryException {
        var roots = new TreeMap<String, Integer>();
        for (var name : names)
            roots.put(
                    new String(
                            name.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                            java.nio.charset.StandardCharsets.UTF_8),
                    Math.floorMod(name.hashCode(), 77));
        assertEquals(roots, Roots.read(Roots.write(roots), 77));
    }

    private static long[] sorted(Set<Long> some, Set<Long> more) {
        var all = new TreeSet<>(some);
        all.addAll(more);
        return all.stream().mapToLong(Long::longValue).toArray();
    }
}
