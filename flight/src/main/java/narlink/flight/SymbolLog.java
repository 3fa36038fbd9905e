package narlink.flight;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/// The symbols of one source block, on disk: records of CRC-32C (4 bytes, over the rest), ESI (4 bytes) and one symbol,
/// all big endian. What a cut tore off the end is dropped when the log is opened again, and a record that is damaged is
/// passed over: its symbol may come again. Every ESI stands once.
final class SymbolLog implements Closeable {
    private static final int HEADER = 8;
    /// ESIs below this have a bit; the rare ones above are kept one by one.
    private static final int DENSE = 1 << 16;

    private final Disk.Appender file;
    private final int symbolSize;
    private final BitSet dense = new BitSet();
    private final Set<Integer> sparse = new HashSet<>();
    private final byte[] record;
    /// Which records are whole, by their places.
    private final BitSet sound = new BitSet();
    /// ESIs since the last sync.
    private final List<Integer> unsynced = new ArrayList<>();
    private long end;
    private long synced;
    /// Whether behind the end there may be something that could not be cut off.
    private boolean torn;
    private int held;

    private SymbolLog(Disk.Appender file, int symbolSize) {
        this.file = file;
        this.symbolSize = symbolSize;
        this.record = new byte[HEADER + symbolSize];
    }

    static SymbolLog open(Disk disk, Path file, int symbolSize) throws IOException {
        var log = new SymbolLog(disk.append(file), symbolSize);
        try {
            log.replay();
            if (log.file.size() > log.end) log.file.truncate(log.end);
            // What a process that was killed wrote may still lie in the kernel only.
            if (log.end > 0) log.file.force();
        } catch (IOException e) {
            log.close();
            throw e;
        }
        return log;
    }

    /// One symbol of the log.
    record Entry(int esi, byte[] bytes, int offset) {}

    /// Distinct symbols in the log, synced or not.
    int held() {
        return held;
    }

    /// Writes a symbol unless its ESI is there already; the first payload wins. Not durable before [#force].
    ///
    /// @return whether it was new
    boolean append(int esi, byte[] symbols, int offset) throws IOException {
        if (has(esi)) return false;
        var buffer = ByteBuffer.wrap(record);
        buffer.putInt(4, esi).put(HEADER, symbols, offset, symbolSize);
        buffer.putInt(0, crc(record, 4));
        if (torn) cut();
        try {
            file.append(record, 0, record.length);
        } catch (IOException e) {
            torn = true;
            throw e;
        }
        end += record.length;
        note(esi);
        unsynced.add(esi);
        return true;
    }

    private void cut() throws IOException {
        file.truncate(end);
        torn = false;
    }

    /// Makes all symbols durable. Where that fails those since the last time are forgotten: after a sync that failed
    /// nobody knows what a disk holds, and a second sync may succeed without having written them.
    void force() throws IOException {
        try {
            file.force();
        } catch (IOException e) {
            end = synced;
            sound.clear((int) (end / record.length), Integer.MAX_VALUE);
            torn = true;
            unsynced.forEach(this::forget);
            unsynced.clear();
            throw e;
        }
        synced = end;
        unsynced.clear();
    }

    /// Hands each symbol on, in the order of arrival; an entry's bytes are overwritten by the next.
    void symbols(Consumer<Entry> entries) throws IOException {
        byte[] read = new byte[record.length];
        var buffer = ByteBuffer.wrap(read);
        try (var contents = file.contents()) {
            for (int i = 0;
                    (long) i * read.length < end && contents.readNBytes(read, 0, read.length) == read.length;
                    i++) {
                if (sound.get(i)) entries.accept(new Entry(buffer.getInt(4), read, HEADER));
            }
        }
    }

    private void replay() throws IOException {
        var buffer = ByteBuffer.wrap(record);
        try (var contents = file.contents()) {
            for (long at = record.length;
                    contents.readNBytes(record, 0, record.length) == record.length;
                    at += record.length) {
                int esi = buffer.getInt(4);
                if (esi < 0 || buffer.getInt(0) != crc(record, 4) || has(esi)) continue;
                end = at;
                note(esi);
            }
        }
        synced = end;
    }

    private int crc(byte[] bytes, int at) {
        var crc = new CRC32C();
        crc.update(bytes, at, 4 + symbolSize);
        return (int) crc.getValue();
    }

    private boolean has(int esi) {
        return esi < DENSE ? dense.get(esi) : sparse.contains(esi);
    }

    private void note(int esi) {
        if (esi < DENSE) dense.set(esi);
        else sparse.add(esi);
        held++;
        sound.set((int) (end / record.length) - 1);
    }

    private void forget(int esi) {
        if (esi < DENSE) dense.clear(esi);
        else sparse.remove(esi);
        held--;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
