package narlink.inventory;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A set of ids as cells without end, of which another set's owner needs only as many as both sets differ by, times
/// about 1.4 to 2.5 (§13.3). Each cell is the exclusive or of the ids that fall into it, and of their checks: what both
/// sets have cancels out, and a cell with one id left gives that id away. Every id is in cell 0, and in later ones ever
/// more rarely: in cell i with a chance of about 1 in 1 + i/2. So no size has to be guessed: while too few cells have
/// come, more are asked for.
public final class Sketch {
    /// Bytes of a cell: eight of ids, four of checks.
    public static final int CELL = 12;

    /// More cells are of no use: [IdList] takes less.
    public static final int MAX_CELLS = 1 << 17;

    private final long[] ids;
    private final int[] checks;

    private Sketch(int cells) {
        ids = new long[cells];
        checks = new int[cells];
    }

    /// What two sets differ by.
    public record Difference(Set<Long> onlyHere, Set<Long> onlyThere) {}

    /// Cells `first` to `first + count - 1` of a set.
    public static byte[] cells(long[] set, int first, int count) {
        var sketch = new Sketch(first + count);
        for (long id : set) sketch.toggle(id, first);
        var out = ByteBuffer.allocate(count * CELL);
        for (int i = first; i < first + count; i++) out.putLong(sketch.ids[i]).putInt(sketch.checks[i]);
        return out.array();
    }

    /// What `here` and the set of these cells differ by; empty where more cells are needed.
    ///
    /// @param cells from cell 0 on
    /// @param here sorted
    public static Optional<Difference> difference(byte[] cells, long[] here) {
        int count = cells.length / CELL;
        if (count == 0 || count > MAX_CELLS) return Optional.empty();
        var sketch = new Sketch(count);
        for (long id : here) sketch.toggle(id, 0);
        var there = ByteBuffer.wrap(cells);
        for (int i = 0; i < count; i++) {
            sketch.ids[i] ^= there.getLong();
            sketch.checks[i] ^= there.getInt();
        }
        return sketch.peel(here);
    }

    private Optional<Difference> peel(long[] here) {
        var found = new Difference(new TreeSet<>(), new TreeSet<>());
        var ready = new ArrayDeque<Integer>();
        for (int i = 0; i < ids.length; i++) ready.add(i);
        while (!ready.isEmpty()) {
            int cell = ready.remove();
            long id = ids[cell];
            if (id <= 0 || check(id) != checks[cell]) continue;
            var side = Arrays.binarySearch(here, id) >= 0 ? found.onlyHere() : found.onlyThere();
            if (!side.add(id)) return Optional.empty(); // Nothing is peeled twice: these cells are of no set.
            for (var place = new Places(id); place.at < ids.length; place.next()) {
                ids[place.at] ^= id;
                checks[place.at] ^= check(id);
                ready.add(place.at);
            }
        }
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] != 0 || checks[i] != 0) return Optional.empty();
        }
        return Optional.of(found);
    }

    private void toggle(long id, int first) {
        int check = check(id);
        for (var place = new Places(id); place.at < ids.length; place.next()) {
            if (place.at < first) continue;
            ids[place.at] ^= id;
            checks[place.at] ^= check;
        }
    }

    private static int check(long id) {
        return (int) mix(id ^ 0x6e61726c696e6bL);
    }

    /// The finishing step of SplitMix64.
    private static long mix(long value) {
        long a = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ a >>> 27) * 0x94d049bb133111ebL;
        return b ^ b >>> 31;
    }

    /// The cells that an id falls into, ascending from 0. From cell i, with u of (0, 1] drawn by SplitMix64, the next
    /// is i + max(1, ceil((i + 1.5) · (1/√u − 1))): so few beyond 2^31 matter not, and IEEE 754 makes it the same
    /// everywhere.
    private static final class Places {
        private long state;
        private int at;

        Places(long id) {
            state = id;
        }

        void next() {
            state += 0x9e3779b97f4a7c15L;
            double u = ((mix(state) >>> 11) + 1) * 0x1.0p-53;
            double jump = Math.max(1, Math.ceil((at + 1.5) * (1 / Math.sqrt(u) - 1)));
            at = (int) Math.min(Integer.MAX_VALUE, at + jump);
        }
    }
}
