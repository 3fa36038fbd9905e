package narlink.inventory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Positions as runs: how many are left out, how many are taken, and so on in turn (§13.2). All of them is `[0, n]`.
public final class Runs {
    /// Numbers in one list.
    public static final int MAX = 256;

    private Runs() {}

    /// Lists that together name these positions, each of at most [#MAX] numbers.
    public static List<List<Integer>> of(Collection<Integer> positions) {
        var lists = new ArrayList<List<Integer>>();
        List<Integer> runs = new ArrayList<>();
        int end = 0;
        for (int position : new TreeSet<>(positions)) {
            if (!runs.isEmpty() && position == end) {
                runs.set(runs.size() - 1, runs.getLast() + 1);
            } else {
                if (runs.size() == MAX) {
                    lists.add(List.copyOf(runs));
                    runs = new ArrayList<>();
                    end = 0;
                }
                runs.add(position - end);
                runs.add(1);
            }
            end = position + 1;
        }
        if (!runs.isEmpty()) lists.add(List.copyOf(runs));
        return lists;
    }

    /// The positions below `all` that `runs` names.
    public static SortedSet<Integer> positions(List<Integer> runs, int all) {
        var positions = new TreeSet<Integer>();
        long at = 0;
        for (int i = 0; i < runs.size(); i++) {
            long end = Math.min(all, at + Math.max(0, runs.get(i)));
            if (i % 2 == 1) {
                for (long position = at; position < end; position++) positions.add((int) position);
            }
            at = end;
        }
        return positions;
    }
}
