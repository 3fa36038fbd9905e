package narlink.flight;

import java.util.LinkedHashMap;
import java.util.Map;
import narlink.wire.FecObject;
import narlink.wire.Symbols;

/// Counts how often symbols got lost in a run: gaps between the ESIs of a block as they come. With how many got lost
/// that tells how long bursts are.
final class Gaps {
    /// Blocks that are remembered: those between which a sender goes to and fro.
    private static final int KEPT = 64;

    private final Map<BlockId, Integer> ends = new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<BlockId, Integer> eldest) {
            return size() > KEPT;
        }
    };
    private long count;

    private record BlockId(int deployment, FecObject object, int block) {}

    /// @param number of symbols in it
    void heard(Symbols symbols, int number) {
        var block = new BlockId(symbols.deployment(), symbols.object(), symbols.block());
        int end = symbols.esi() + number;
        var before = ends.put(block, end);
        if (before == null || before == symbols.esi()) return;
        if (before < symbols.esi()) count++;
        else ends.put(block, Math.max(before, end)); // It came late, or twice.
    }

    long count() {
        return count;
    }
}
