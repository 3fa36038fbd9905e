package narlink.fec;

import java.util.Arrays;
import java.util.Objects;

/// Makes any encoding symbol of one source block. ESIs below K are the source symbols; all others up to 2^24-1 are
/// repair symbols. The intermediate symbols are made when the first repair symbol is asked for.
public final class BlockEncoder {
    /// The largest encoding symbol id.
    public static final int ESI_MAX = (1 << 24) - 1;

    private final int k;
    private final int symbolSize;
    private final int width;
    private final Parameters parameters;
    private final Generator generator;
    private final int[] columns = new int[Generator.COLUMNS_MAX];
    private byte[] data = {};
    private int offset;
    private byte[] padded = {};
    private Slab slab = new Slab(new byte[0], 0, Known.UNIT);
    private boolean solved;

    private BlockEncoder(int k, int symbolSize) {
        this.k = k;
        this.symbolSize = symbolSize;
        width = Known.width(symbolSize);
        parameters = Parameters.of(k);
        generator = new Generator(parameters);
    }

    /// The encoder of `k` symbols: `length` bytes of `data`, then zeros. The bytes may not change while it is used:
    /// they are copied only where they must be padded.
    public static BlockEncoder of(byte[] data, int offset, int length, int k, int symbolSize) {
        Oti.check("source symbols", k, 1, Oti.K_MAX);
        Oti.check("symbol size", symbolSize, 1, Oti.SYMBOL_SIZE_MAX);
        Oti.check("bytes of a block", (long) k * symbolSize, 1, Oti.BLOCK_BYTES_MAX);
        var encoder = new BlockEncoder(k, symbolSize);
        encoder.reset(data, offset, length);
        return encoder;
    }

    /// Turns to another block of as many symbols and uses the same memory for it.
    public synchronized void reset(byte[] data, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, data.length);
        Oti.check("bytes of a block", length, 0, (long) k * symbolSize);
        solved = false;
        if (width == symbolSize && length == k * symbolSize) {
            this.data = data;
            this.offset = offset;
            return;
        }
        if (padded.length == 0) padded = new byte[k * width];
        Arrays.fill(padded, (byte) 0);
        for (int i = 0; (long) i * symbolSize < length; i++) {
            int from = i * symbolSize;
            System.arraycopy(data, offset + from, padded, i * width, Math.min(symbolSize, length - from));
        }
        this.data = padded;
        this.offset = 0;
    }

    /// Writes the symbol `esi` to `out` from `at` on.
    public synchronized void symbol(int esi, byte[] out, int at) {
        Oti.check("ESI", esi, 0, ESI_MAX);
        Objects.checkFromIndexSize(at, symbolSize, out.length);
        if (esi < k) {
            System.arraycopy(data, offset + esi * width, out, at, symbolSize);
            return;
        }
        solve();
        int count = generator.columns(esi + parameters.kPrime() - k, columns, 0);
        if (width == symbolSize) {
            Kernels.best().sum(columns, count, slab, out, at);
        } else {
            byte[] padded = new byte[width];
            Kernels.best().sum(columns, count, slab, padded, 0);
            System.arraycopy(padded, 0, out, at, symbolSize);
        }
    }

    private void solve() {
        if (solved) return;
        var kernel = Kernels.best();
        var plan = EncodePlans.of(parameters);
        if (slab.slots() == 0) slab = Slab.of(plan.slots(), width);
        plan.run(kernel, new Known(data, offset, k, new byte[0], k, width), slab);
        solved = true;
    }

    /// The intermediate symbols (§5.3.3.3), one after the other.
    synchronized byte[] intermediate() {
        solve();
        byte[] all = new byte[parameters.l() * symbolSize];
        for (int i = 0; i < parameters.l(); i++) {
            System.arraycopy(slab.bytes(), slab.offset(i), all, i * symbolSize, symbolSize);
        }
        return all;
    }
}
