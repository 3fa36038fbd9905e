package narlink.ground;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import narlink.Sha256;
import narlink.fec.BlockEncoder;
import narlink.fec.Oti;
import narlink.wire.FecObject;

/// Encoders of the blocks that repair symbols were last made of, for all passes of this process together: each holds
/// about three times its block. Where more passes want some than there is room for, each is given many symbols of one
/// at a time, so that it need not be made anew for each segment.
final class Encoders {
    static final Encoders SHARED =
            new Encoders(Math.max(32L << 20, Runtime.getRuntime().maxMemory() / 6));

    private static final int TIMES = 3;

    private final long most;
    /// As many work at a time as there are processors: each that is made takes memory.
    private final Semaphore working = new Semaphore(Runtime.getRuntime().availableProcessors());
    private final Map<Key, Held> held = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /// A block of the objects that a manifest's hash stands for, as they are cut into symbols: the same deployment can
    /// be sent with symbols of several sizes.
    record Key(Sha256 manifest, FecObject object, Oti oti, int block) {}

    private record Held(BlockEncoder encoder, long bytes) {}

    interface Maker {
        BlockEncoder make() throws IOException;
    }

    /// @param most bytes that may be held; one encoder is kept in any case
    Encoders(long most) {
        this.most = most;
    }

    /// @param blockBytes of the block
    /// @return `count` repair symbols from `esi` on
    byte[] symbols(Key key, long blockBytes, int esi, int count, Maker maker) throws IOException {
        int size = key.oti().symbolSize();
        byte[] symbols = new byte[count * size];
        working.acquireUninterruptibly();
        try {
            var encoder = of(key, blockBytes, maker);
            for (int i = 0; i < count; i++) encoder.symbol(esi + i, symbols, i * size);
        } finally {
            working.release();
        }
        return symbols;
    }

    private BlockEncoder of(Key key, long blockBytes, Maker maker) throws IOException {
        var known = find(key);
        if (known.isPresent()) return known.get();
        var made = maker.make();
        hold(key, new Held(made, TIMES * blockBytes));
        return made;
    }

    private synchronized Optional<BlockEncoder> find(Key key) {
        return Optional.ofNullable(held.get(key)).map(Held::encoder);
    }

    private synchronized void hold(Key key, Held made) {
        var before = held.put(key, made);
        bytes += made.bytes() - (before == null ? 0 : before.bytes());
        var eldest = held.entrySet().iterator();
        while (bytes > most && held.size() > 1) {
            bytes -= eldest.next().getValue().bytes();
            eldest.remove();
        }
    }
}
