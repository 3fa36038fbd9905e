package narlink.inventory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import narlink.delta.mixing.BinaryCoder;
import narlink.delta.mixing.Predictor;

/// Codes the references of one path after the other (§13.9), as ascending positions and an end: by those before them,
/// by those of the path before, by what the paths refer to that were named already, and by the name.
final class ReferenceModel {
    private static final int MAX_REFERENCES = 2_000_000;
    private static final int FEW = 64;
    private static final int[] NONE = {};
    private static final int CONTEXTS = 10;
    private static final int SLOTS = 1 << 20;
    private static final int MIX = 0x2545F491;

    private final Predictor bits;
    private final int[] values = new int[CONTEXTS];
    private final int end;
    private final int levels;
    private final boolean whole;
    private final List<int[]> told = new ArrayList<>();
    private int total;

    /// @param all how many paths the store has
    /// @param whole whether all of them are described
    ReferenceModel(BinaryCoder coder, int all, boolean whole) {
        bits = new Predictor(coder, new int[SLOTS], CONTEXTS, 10, new int[] {864, 96}, 144, 288, 1024, 192, 288);
        this.end = all;
        this.levels = 32 - Integer.numberOfLeadingZeros(all);
        this.whole = whole;
    }

    /// @param near a position that its own is likely to be near to
    /// @param given ascending; a decoder does not look at it
    int[] code(NameClass name, int near, int[] given) throws IOException {
        int[] above = told.isEmpty() ? NONE : told.getLast();
        var beyond = new TreeSet<Integer>();
        var found = new ArrayList<Integer>();
        int before = -1;
        int last = -1;
        int next = 0; // In those of the path before.
        while (true) {
            int k = found.size();
            while (next < above.length && above[next] <= last) next++;
            boolean follows = k == 0 || next > 0 && above[next - 1] == last;
            int like = next < above.length ? above[next] : end;
            int further = Objects.requireNonNullElse(beyond.higher(last), end);
            int coded =
                    position(name, near, k < given.length ? given[k] : end, before, last, like, follows, further, k);
            if (coded == end) break;
            if (coded > end || coded <= last || ++total > MAX_REFERENCES) {
                throw new MalformedInventoryException("reference to " + coded + " of " + end + " behind " + last);
            }
            found.add(coded);
            before = last;
            last = coded;
            for (int position : beyond(coded)) beyond.add(position);
        }
        int[] references = found.stream().mapToInt(Integer::intValue).toArray();
        told.add(references);
        return references;
    }

    /// What a reference refers to itself, as far as that was told and is not much.
    private int[] beyond(int reference) {
        if (!whole || reference >= told.size()) return NONE;
        int[] references = told.get(reference);
        return references.length <= FEW ? references : NONE;
    }

    private int position(
            NameClass name, int near, int given, int before, int last, int like, boolean follows, int beyond, int k)
            throws IOException {
        int few = Math.min(k, 15);
        int node = 1;
        for (int bit = levels - 1; bit >= 0; bit--) {
            int byNear = foretold(near, bit, node);
            int byLast = last < 0 ? 0 : foretold(last, bit, node);
            int byLike = foretold(like, bit, node);
            int byBeyond = foretold(beyond, bit, node);
            int state = ((bit * 3 + byNear) * 3 + byLast) * 3 + byLike;
            int after = node * MIX + last;
            values[0] = node;
            values[1] = node * 31 + last;
            values[2] = node + name.family() * 7;
            values[3] = (node + name.ending() * 7) * MIX + last;
            values[4] = state * 3 + byBeyond;
            values[5] = (node * MIX + like) * 2 + (follows ? 1 : 0);
            values[6] = (bit * 3 + byNear) * 64 + Math.min(k, 63);
            values[7] = after * MIX + before;
            values[8] = after * MIX + name.beginning();
            values[9] = node * MIX + beyond;
            for (int i = 0; i < CONTEXTS; i++) bits.context(i, values[i] * MIX + i);
            bits.choose(0, (bit * 3 + byNear) * 3 + byLast);
            bits.choose(1, Math.min(node, 1023));
            bits.choose(2, byLike * 64 + (follows ? 32 : 0) + bit);
            bits.choose(3, (bit * 3 + byBeyond) * 3 + byLike);
            bits.chooseFinal(((byLike * 2 + (follows ? 1 : 0)) * 8 + Math.min(k, 7)) * 3 + byBeyond);
            int coded = bits.code(given >>> bit & 1, 1, state, few * 6 + byLike * 2 + (follows ? 1 : 0));
            node = node << 1 | coded;
        }
        return node - (1 << levels);
    }

    /// 0: nothing; else 1 and the bit.
    private int foretold(int position, int bit, int node) {
        return (position | 1 << levels) >>> bit + 1 == node ? 1 + (position >>> bit & 1) : 0;
    }
}
