package narlink.fec;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Collects encoding symbols of one source block and gives back its source symbols as soon as the symbols that came
/// determine them. For one thread.
///
/// It trusts what it is given: a single wrong symbol spoils the block, so symbols are authenticated before.
public final class BlockDecoder {
    private static final int SPARE = 4;

    private final int k;
    private final int symbolSize;
    private final int width;
    private final Parameters parameters;
    private final Generator generator;
    private final byte[] source;
    private final boolean[] present;
    private final Set<Integer> repairs = new HashSet<>();
    private byte[] repair = {};
    private int[] repairEsis = {};
    private int sources;
    private int[] fresh = {}; // Symbols, by number, that came after the attempt that failed.
    private int freshCount;
    private @Nullable Matrix matrix;
    private @Nullable Attempt attempt;
    private Slab slab = new Slab(new byte[0], 0, Known.UNIT);
    private boolean done;

    /// What is known about the matrix after an attempt: enough to go on with one more row.
    private record Attempt(Constraints constraints, Peeling peeling, Elimination elimination) {}

    /// What all blocks of this size have in common.
    private record Matrix(Constraints source, Hdpc hdpc) {}

    public BlockDecoder(int k, int symbolSize) {
        Oti.check("source symbols", k, 1, Oti.K_MAX);
        Oti.check("symbol size", symbolSize, 1, Oti.SYMBOL_SIZE_MAX);
        Oti.check("bytes of a block", (long) k * symbolSize, 1, Oti.BLOCK_BYTES_MAX);
        this.k = k;
        this.symbolSize = symbolSize;
        width = Known.width(symbolSize);
        parameters = Parameters.of(k);
        generator = new Generator(parameters);
        source = new byte[Math.multiplyExact(k, width)];
        present = new boolean[k];
    }

    /// How many source symbols the block has.
    public int k() {
        return k;
    }

    /// In bytes.
    public int symbolSize() {
        return symbolSize;
    }

    /// Forgets all symbols, for another block of as many in the same memory. What [#data] gave before is overwritten.
    public void reset() {
        Arrays.fill(present, false);
        repairs.clear();
        sources = 0;
        freshCount = 0;
        attempt = null;
        done = false;
    }

    /// Takes in the symbol `esi`. The first payload of an ESI wins; returns whether this was it.
    public boolean add(int esi, byte[] symbol, int offset) {
        Oti.check("ESI", esi, 0, BlockEncoder.ESI_MAX);
        Objects.checkFromIndexSize(offset, symbolSize, symbol.length);
        if (done) return false;
        if (esi < k) {
            if (present[esi]) return false;
            present[esi] = true;
            sources++;
            System.arraycopy(symbol, offset, source, esi * width, symbolSize);
            if (attempt != null) note(esi);
        } else {
            if (!repairs.add(esi)) return false;
            int number = repairs.size() - 1;
            reserve(number + 1);
            repairEsis[number] = esi;
            System.arraycopy(symbol, offset, repair, number * width, symbolSize);
            if (attempt != null) note(k + number);
        }
        return true;
    }

    private void reserve(int count) {
        if (count <= repairEsis.length) return;
        // As a rule repair symbols come last, and this is all that is ever needed.
        int capacity = repairEsis.length == 0 ? k - sources + SPARE : repairEsis.length + repairEsis.length / 4 + SPARE;
        repairEsis = Arrays.copyOf(repairEsis, capacity);
        repair = Arrays.copyOf(repair, Math.multiplyExact(capacity, width));
    }

    private void note(int number) {
        if (freshCount == fresh.length) fresh = Arrays.copyOf(fresh, freshCount + freshCount / 2 + 8);
        fresh[freshCount++] = number;
    }

    /// How many different symbols came.
    public int received() {
        return sources + repairs.size();
    }

    /// Tries to decode. Cheap when too few symbols came, and when none came since it last failed.
    public boolean decode() {
        if (done || received() < k) return done;
        done = sources == k || solve();
        if (done) attempt = null;
        return done;
    }

    private boolean solve() {
        if (attempt != null && freshCount == 0) return false;
        var tried = attempt == null ? begin() : attempt;
        attempt = tried;
        for (int i = 0; i < freshCount; i++) tried.elimination.add(addRow(tried.constraints, fresh[i]));
        freshCount = 0;
        var completion = tried.elimination.completion();
        completion.ifPresent(found -> run(Planner.plan(tried.constraints, tried.peeling, tried.elimination, found)));
        return completion.isPresent();
    }

    private Attempt begin() {
        int padding = parameters.kPrime() - k;
        var code =
                matrix == null ? new Matrix(Constraints.ofSource(parameters, generator), new Hdpc(parameters)) : matrix;
        matrix = code;
        var constraints = Constraints.like(code.source, received() + padding);
        for (int esi = 0; esi < k; esi++) {
            if (present[esi]) constraints.addLt(code.source, esi, esi);
        }
        for (int i = 0; i < padding; i++) constraints.addLt(code.source, k + i, Constraints.ZERO);
        for (int i = 0; i < repairs.size(); i++) addRow(constraints, k + i);
        var peeling = new Peeling(constraints);
        return new Attempt(constraints, peeling, new Elimination(constraints, peeling, code.hdpc));
    }

    private int addRow(Constraints constraints, int number) {
        int isi = number < k ? number : repairEsis[number - k] + parameters.kPrime() - k;
        return constraints.addLt(isi, number);
    }

    private void run(Plan plan) {
        if (slab.slots() < plan.slots()) slab = Slab.of(plan.slots(), width);
        var known = new Known(source, 0, k, repair, k + repairs.size(), width);
        plan.run(Kernels.best(), known, slab);
        int[] columns = new int[Generator.COLUMNS_MAX];
        for (int esi = 0; esi < k; esi++) {
            if (present[esi]) continue;
            int count = generator.columns(esi, columns, 0);
            Kernels.best().sum(columns, count, slab, source, esi * width);
        }
    }

    /// The source symbols, one after the other. Without a copy where the symbol size is a multiple of 64.
    ///
    /// @throws IllegalStateException before [#decode] has returned true
    public byte[] data() {
        if (!done) throw new IllegalStateException(received() + " symbols do not determine the block");
        if (width == symbolSize) return source;
        byte[] data = new byte[k * symbolSize];
        for (int esi = 0; esi < k; esi++) {
            System.arraycopy(source, esi * width, data, esi * symbolSize, symbolSize);
        }
        return data;
    }
}
