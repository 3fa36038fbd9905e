package narlink.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import narlink.testkit.fuzz.FuzzTarget;

/// What else is told of a store: ids as a list and as a sketch, roots (§13.3, §13.4, §13.6), and runs in questions.
final class ListsTarget implements FuzzTarget {
    private static final long[] HERE = {5, 1L << 40, 3L << 60};
    private static final int MOST = 300;

    @Override
    public void accept(byte[] input) {
        ids(input);
        cells(input);
        roots(input);
        var runs = IntStream.range(0, input.length / 2)
                .mapToObj(i -> input[2 * i] << 8 | input[2 * i + 1])
                .toList();
        var positions = Runs.positions(runs, MOST);
        assertTrue(positions.isEmpty() || (positions.first() >= 0 && positions.last() < MOST));
        for (var list : Runs.of(positions)) positions.removeAll(Runs.positions(list, MOST));
        assertTrue(positions.isEmpty());
    }

    private static void ids(byte[] input) {
        if (input.length == 0) return;
        int count = (input[0] & 0xff) + 1;
        var prefixes = IdList.read(input, count);
        assertTrue(prefixes.size() <= count);
        if (prefixes.size() < count) return;
        long[] ids = prefixes.stream().mapToLong(prefix -> prefix << 31).toArray();
        assertEquals(prefixes, IdList.read(IdList.write(ids), count));
    }

    private static void cells(byte[] input) {
        byte[] cells = Arrays.copyOf(input, input.length - input.length % Sketch.CELL);
        Sketch.difference(cells, HERE).ifPresent(difference -> {
            var there = new HashSet<Long>();
            for (long id : HERE) there.add(id);
            there.removeAll(difference.onlyHere());
            there.addAll(difference.onlyThere());
            long[] ids = there.stream().mapToLong(id -> id).sorted().toArray();
            assertTrue(Arrays.equals(cells, Sketch.cells(ids, 0, cells.length / Sketch.CELL)));
        });
    }

    private static void roots(byte[] input) {
        Map<String, Integer> roots;
        try {
            roots = Roots.read(input, MOST);
        } catch (MalformedInventoryException e) {
            assertEquals(false, String.valueOf(e.getMessage()).isEmpty());
            return;
        }
        assertTrue(roots.values().stream().allMatch(position -> position < MOST));
    }

    @Override
    public List<byte[]> seeds() {
        SortedMap<String, Integer> roots = new TreeMap<>(Map.of("/nix/var/nix/profiles/system-1-link", 3, "{lsof}", 7));
        return List.of(
                IdList.write(HERE),
                Sketch.cells(new long[] {5, 7, 1L << 40}, 0, 8),
                Sketch.cells(HERE, 0, 3),
                Roots.write(roots));
    }

    @Override
    public int executions() {
        return 20_000;
    }

    @Override
    public int longest() {
        return 400;
    }

    /// Raw bytes as many as roots may have, and LZMA's window.
    @Override
    public long mostAllocated() {
        return 80L << 20;
    }
}
