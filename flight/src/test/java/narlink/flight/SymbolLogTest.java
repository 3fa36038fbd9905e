package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A log on a disk that fails: what was not synced is forgotten, what was stays, and it goes on.
final class SymbolLogTest {
    private static final int T = 16;
    private static final int RECORD = T + 8;
    private static final int SPARSE = 1 << 20;

    /// A file in memory.
    private static final class Faulty implements Disk.Appender {
        private byte[] bytes = new byte[0];
        private boolean failsToForce;
        private boolean failsToAppend;
        private int forced;
        private int closed;

        @Override
        public InputStream contents() {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public void append(byte[] more, int offset, int length) throws IOException {
            int taken = failsToAppend ? length / 2 : length;
            bytes = Arrays.copyOf(bytes, bytes.length + taken);
            System.arraycopy(more, offset, bytes, bytes.length - taken, taken);
            if (failsToAppend) throw new IOException("no room");
        }

        @Override
        public void truncate(long size) {
            bytes = Arrays.copyOf(bytes, (int) size);
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void force() throws IOException {
            if (failsToForce) throw new IOException("the disk fails");
            forced++;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private static SymbolLog open(Faulty file) throws IOException {
        var disk = (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> file);
        return SymbolLog.open(disk, Path.of("/log"), T);
    }

    private static List<Integer> esis(SymbolLog log) throws IOException {
        var esis = new ArrayList<Integer>();
        log.symbols(entry -> esis.add(entry.esi()));
        return esis;
    }

    @Test
    void whatAFailedSyncLeavesUnknownIsForgotten() throws IOException {
        var file = new Faulty();
        try (var log = open(file)) {
            assertTrue(log.append(1, new byte[T], 0));
            log.force();
            assertTrue(log.append(2, new byte[T], 0) && log.append(SPARSE, new byte[T], 0));
            file.failsToForce = true;
            assertThrows(IOException.class, log::force);
            assertEquals(1, log.held());
            assertEquals(List.of(1), esis(log));
            file.failsToForce = false;
            assertTrue(log.append(2, new byte[T], 0) && log.append(SPARSE, new byte[T], 0), "they may come again");
            assertFalse(log.append(1, new byte[T], 0));
            log.force();
            assertEquals(List.of(1, 2, SPARSE), esis(log));
            assertEquals(3 * RECORD, file.bytes.length, "what was torn is gone");
        }
        assertEquals(1, file.closed);
    }

    @Test
    void aRecordThatWasWrittenInPartIsCutOff() throws IOException {
        var file = new Faulty();
        try (var log = open(file)) {
            log.append(1, new byte[T], 0);
            file.failsToAppend = true;
            assertThrows(IOException.class, () -> log.append(2, new byte[T], 0));
            file.failsToAppend = false;
            assertTrue(log.append(2, new byte[T], 0));
            log.force();
            assertEquals(2 * RECORD, file.bytes.length);
            assertEquals(List.of(1, 2), esis(log));
        }
        assertEquals(List.of(1, 2), esis(open(file)));
    }

    /// What a killed process wrote may lie in the kernel only.
    @Test
    void whatIsFoundIsSyncedBeforeItCounts() throws IOException {
        var file = new Faulty();
        open(file);
        assertEquals(0, file.forced, "there is nothing to sync");
        open(file).append(1, new byte[T], 0);
        file.failsToForce = true;
        assertThrows(IOException.class, () -> open(file));
        assertEquals(1, file.closed);
        file.failsToForce = false;
        assertEquals(1, open(file).held());
        assertEquals(1, file.forced);
    }
}
