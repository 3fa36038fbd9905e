package narlink.ground.simulation;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import narlink.wire.FecObject;
import narlink.wire.Symbols;

/// I3: every ESI of a block goes up at most once for a deployment, over all passes and stations.
final class NoSymbolTwice implements Invariant {
    private final Sight sight;
    private final Map<Block, BitSet> sent = new HashMap<>();

    private record Block(int deployment, FecObject object, int number) {}

    NoSymbolTwice(Sight sight) {
        this.sight = sight;
    }

    @Override
    public String name() {
        return "I3";
    }

    @Override
    public void sent(Symbols symbols) {
        var deployment = sight.deployment(symbols.deployment());
        var oti = deployment.flatMap(known -> known.announcement().oti(symbols.object()));
        if (oti.isEmpty()) {
            sight.violated(this, "symbols of deployment " + symbols.deployment() + ", which was not queued");
            return;
        }
        int end = symbols.esi() + symbols.data().size() / oti.get().symbolSize();
        var block = new Block(symbols.deployment(), symbols.object(), symbols.block());
        var used = sent.computeIfAbsent(block, key -> new BitSet());
        int again = used.nextSetBit(symbols.esi());
        if (again >= 0 && again < end) {
            sight.violated(
                    this,
                    "symbol %d of block %d of deployment %d was sent before"
                            .formatted(again, block.number(), block.deployment()));
        }
        used.set(symbols.esi(), end);
    }
}
