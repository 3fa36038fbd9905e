package narlink.fec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class BlockDecoderTest {
    private static final long WORKING_BYTES_MAX = 24_000_000;

    @Test
    void allSourceSymbolsNeedNoRepair() {
        byte[] data = VectorsTest.sourceBlock(20, 16);
        var decoder = new BlockDecoder(20, 16);
        for (int esi = 19; esi >= 0; esi--) {
            assertFalse(decoder.decode());
            assertTrue(decoder.add(esi, data, esi * 16));
        }
        assertEquals(20, decoder.received());
        assertTrue(decoder.decode());
        assertArrayEquals(data, decoder.data());
    }

    @Test
    void manySymbolsMoreNeedNoHdpcRows() {
        byte[] data = VectorsTest.sourceBlock(500, 64);
        var encoder = BlockEncoder.of(data, 0, data.length, 500, 64);
        var decoder = new BlockDecoder(500, 64);
        byte[] symbol = new byte[64];
        for (int esi = 400; esi < 1000; esi++) {
            encoder.symbol(esi, symbol, 0);
            assertTrue(decoder.add(esi, symbol, 0));
        }
        assertTrue(decoder.decode());
        assertArrayEquals(data, decoder.data());
    }

    @Test
    void anotherBlockFitsIntoTheSameMemory() {
        var encoder = BlockEncoder.of(VectorsTest.sourceBlock(100, 64), 0, 6400, 100, 64);
        var decoder = new BlockDecoder(100, 64);
        byte[] symbol = new byte[64];
        for (int block = 0; block < 3; block++) {
            byte[] data = VectorsTest.sourceBlock(64, 100 - block);
            encoder.reset(data, 0, data.length);
            decoder.reset();
            for (int esi = 50 + block; !decoder.decode(); esi++) {
                encoder.symbol(esi, symbol, 0);
                decoder.add(esi, symbol, 0);
            }
            assertArrayEquals(data, Arrays.copyOf(decoder.data(), data.length));
        }
    }

    @Test
    void wrongArgumentsAreRefused() {
        var decoder = new BlockDecoder(10, 8);
        assertThrows(IllegalArgumentException.class, () -> decoder.add(-1, new byte[8], 0));
        assertThrows(IllegalArgumentException.class, () -> decoder.add(1 << 24, new byte[8], 0));
        assertThrows(IndexOutOfBoundsException.class, () -> decoder.add(0, new byte[8], 1));
        assertThrows(IllegalArgumentException.class, () -> new BlockDecoder(56404, 8));
        assertThrows(IllegalArgumentException.class, () -> new BlockDecoder(56403, 65535));
        assertThrows(IllegalArgumentException.class, () -> BlockEncoder.of(new byte[81], 0, 81, 10, 8));
        assertThrows(IllegalStateException.class, decoder::data);
    }

    /// All that a decoder allocates while it decodes one block, kept or not, is more than what it needs at any time.
    /// Code that is not compiled yet allocates besides, so the best of a few runs counts.
    @Test
    void aBlockOfFiveMegabytesIsDecodedInTwentyFour() throws InterruptedException {
        Kernels.settled();
        int k = 4096;
        int t = 1280;
        byte[] data = VectorsTest.sourceBlock(k, t);
        var encoder = BlockEncoder.of(data, 0, data.length, k, t);
        for (int firstEsi : new int[] {k / 10, k / 2, k}) {
            byte[] symbols = new byte[(k + 10) * t];
            for (int i = 0; i < k + 10; i++) encoder.symbol(firstEsi + i, symbols, i * t);
            long least = Long.MAX_VALUE;
            for (int run = 0; run < 5; run++) {
                long before = allocated();
                var decoder = new BlockDecoder(k, t);
                for (int i = 0; !decoder.decode(); i++) decoder.add(firstEsi + i, symbols, i * t);
                least = Math.min(least, allocated() - before);
                assertArrayEquals(data, decoder.data());
            }
            System.out.printf("decoding from ESI %d on took %,d bytes%n", firstEsi, least);
            assertTrue(least <= WORKING_BYTES_MAX, least + " bytes from ESI " + firstEsi + " on");
        }
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
