package narlink.fec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

final class BlockProperties {
    @Property(tries = 300)
    void whatIsDecodedIsWhatWasEncoded(
            @ForAll @IntRange(min = 1, max = 600) int k,
            @ForAll @IntRange(min = 1, max = 200) int symbolSize,
            @ForAll @DoubleRange(min = 0, max = 1) double loss,
            @ForAll long seed) {
        var random = new Random(seed);
        byte[] data = new byte[k * symbolSize - random.nextInt(symbolSize)];
        random.nextBytes(data);
        var encoder = BlockEncoder.of(data, 0, data.length, k, symbolSize);
        var decoder = new BlockDecoder(k, symbolSize);
        byte[] symbol = new byte[symbolSize];
        for (int esi = 0; esi < k; esi++) {
            if (random.nextDouble() < loss) continue;
            encoder.symbol(esi, symbol, 0);
            assertTrue(decoder.add(esi, symbol, 0));
        }
        var sent = new HashSet<Integer>();
        while (!decoder.decode()) {
            assertTrue(decoder.received() < k + 20);
            int esi = k + random.nextInt(random.nextBoolean() ? 3 * k + 50 : BlockEncoder.ESI_MAX + 1 - k);
            encoder.symbol(esi, symbol, 0);
            if (sent.add(esi)) assertTrue(decoder.add(esi, symbol, 0));
        }
        assertArrayEquals(Arrays.copyOf(data, k * symbolSize), decoder.data());
        assertFalse(decoder.add(k, symbol, 0));
    }
}
