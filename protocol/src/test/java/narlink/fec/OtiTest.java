package narlink.fec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class OtiTest {
    @Test
    void longBlocksComeFirst() {
        var oti = new Oti(10 * 7 - 3, 7, 3);
        assertEquals(4, oti.k(0));
        assertEquals(3, oti.k(1));
        assertEquals(3, oti.k(2));
        assertEquals(28, oti.offset(1));
        assertEquals(49, oti.offset(2));
        assertEquals(28, oti.length(0));
        assertEquals(21, oti.length(1));
        assertEquals(18, oti.length(2));
    }

    @Test
    void takesTheFewestBlocks() {
        assertEquals(1, Oti.of(4096L * 1280, 1280, 4096).blocks());
        assertEquals(2, Oti.of(4096L * 1280 + 1, 1280, 4096).blocks());
        assertEquals(1, Oti.of(1, 65535, 1).blocks());
        assertEquals(1, Oti.of(56403, 1, 56403).blocks());
    }

    @Test
    void numbersBeyondTheLimitsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Oti(0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Oti(Oti.LENGTH_MAX + 1, 65535, 1_000_000));
        assertThrows(IllegalArgumentException.class, () -> new Oti(Long.MAX_VALUE, 65535, Integer.MAX_VALUE));
        assertThrows(IllegalArgumentException.class, () -> new Oti(100, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Oti(100, 65536, 1));
        assertThrows(IllegalArgumentException.class, () -> new Oti(100, 10, 0));
        assertThrows(IllegalArgumentException.class, () -> new Oti(100, 10, 11));
        assertThrows(IllegalArgumentException.class, () -> new Oti(56404, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> Oti.of(Oti.LENGTH_MAX, 1, 56403));
        assertThrows(IllegalArgumentException.class, () -> new Oti(100, 10, 5).k(5));
        assertThrows(IllegalArgumentException.class, () -> new Oti(100, 10, 5).offset(-1));
    }

    @Test
    void theLargestObjectFits() {
        var oti = Oti.of(Oti.LENGTH_MAX, 65535, 1024);
        int last = oti.blocks() - 1;
        assertEquals(Oti.LENGTH_MAX, oti.offset(last) + oti.length(last));
    }
}
