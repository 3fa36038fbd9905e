package narlink.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

final class LayoutProperties {
    @Property
    void blocksCoverTheObjectWithLittlePadding(
            @ForAll @LongRange(min = 1, max = 1L << 32) long length, @ForAll @IntRange(min = 64, max = 4096) int size) {
        var oti = Layout.of(length, size);
        long end = 0;
        long symbols = 0;
        for (int i = 0; i < oti.blocks(); i++) {
            assertEquals(end, oti.offset(i));
            assertTrue(oti.k(i) <= Layout.MAX_SYMBOLS);
            end += oti.length(i);
            symbols += oti.k(i);
        }
        assertEquals(length, end);
        assertTrue(oti.symbolSize() <= size);
        long padding = symbols * oti.symbolSize() - length;
        assertTrue(padding < size, padding + " bytes of padding in " + length);
        if (oti.blocks() == 1) assertTrue(padding <= symbols, padding + " bytes of padding in " + length);
    }
}
