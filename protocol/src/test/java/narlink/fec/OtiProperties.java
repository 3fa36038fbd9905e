package narlink.fec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

final class OtiProperties {
    @Property
    void blocksCoverTheObjectWithoutGapOrOverlap(
            @ForAll @LongRange(min = 1, max = 1_000_000) long length,
            @ForAll @IntRange(min = 1, max = 5000) int symbolSize,
            @ForAll @IntRange(min = 10, max = 56403) int symbolsPerBlock) {
        var oti = Oti.of(length, symbolSize, symbolsPerBlock);
        long at = 0;
        for (int sbn = 0; sbn < Math.min(oti.blocks(), 1000); sbn++) {
            assertEquals(at, oti.offset(sbn));
            assertTrue(oti.k(sbn) <= symbolsPerBlock);
            at += oti.length(sbn);
        }
        int last = oti.blocks() - 1;
        assertEquals(length, oti.offset(last) + oti.length(last));
        assertTrue(oti.length(last) > (oti.k(last) - 1L) * symbolSize);
    }
}
