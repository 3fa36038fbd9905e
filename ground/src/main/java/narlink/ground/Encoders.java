package narlink.ground;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import narlink.Sha256;
import narlink.fec.BlockEncoder;
import narlink.fec.Oti;
import narlink.wire.FecObject;

/// Encoders of the blocks that repair symbols were last made of, for all passes of this process together: each holds
/// about three times its block.
final class Encoders {
    static final Encoders SHARED =
            new Encoders(Math.max(32L << 20, Runtime.getRuntime().maxMemory() / 6));

    private static final int TIMES = 3;

    private final long most;
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
    synchronized BlockEncoder of(Key key, long blockBytes, Maker maker) throws IOException {
        var known = held.get(key);
        if (known != null) return known.encoder();
        var made = new Held(maker.make(), TIMES * blockBytes);
        held.put(key, made);
        bytes += made.bytes();
        var eldest = held.entrySet().iterator();
        while (bytes > most && held.size() > 1) {
            bytes -= eldest.next().getValue().bytes();
            eldest.remove();
        }
        return made.encoder();
    }
}
