package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;

import narlink.Bytes;
import narlink.wire.FecObject;
import narlink.wire.Symbols;
import org.junit.jupiter.api.Test;

/// Runs of lost symbols are counted, and nothing else.
final class GapsTest {
    private final Gaps gaps = new Gaps();

    @Test
    void aRunCountsOnceHoweverLongItIs() {
        heard(0, 0, 3);
        heard(0, 3, 3);
        assertEquals(0, gaps.count());
        heard(0, 7, 3);
        assertEquals(1, gaps.count());
        heard(0, 1000, 3);
        assertEquals(2, gaps.count());
    }

    @Test
    void blocksAreCountedEachForItself() {
        heard(0, 0, 4);
        heard(1, 0, 4);
        heard(0, 4, 4);
        heard(1, 4, 4);
        assertEquals(0, gaps.count());
        heard(0, 9, 1);
        assertEquals(1, gaps.count());
    }

    @Test
    void whatComesLateOrTwiceIsNoGap() {
        heard(0, 0, 2);
        heard(0, 4, 2);
        heard(0, 2, 2);
        heard(0, 4, 2);
        heard(0, 6, 2);
        assertEquals(1, gaps.count());
    }

    private void heard(int block, int esi, int count) {
        gaps.heard(new Symbols(1, FecObject.PACK, block, esi, Bytes.of(new byte[count]), 0), count);
    }
}
