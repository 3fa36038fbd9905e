package narlink.ground;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import narlink.Bytes;
import narlink.fec.BlockEncoder;
import narlink.wire.FecObject;

/// Encoding symbols of deployments, any ESI on demand: source symbols as they stand in the pack, repair symbols by
/// encoders.
final class SymbolSource implements Closeable {
    private static final int STRIPS = 4;
    private static final int STRIP_BYTES = 128 * 1024;

    private final Path packs;
    private final Encoders encoders;
    private final Map<String, FileChannel> open = new HashMap<>();
    private final Map<Encoders.Key, Strip> strips = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Encoders.Key, Strip> eldest) {
            return size() > STRIPS;
        }
    };

    /// Repair symbols of one block that were made ahead: an encoder may be gone when the next segment is due.
    ///
    /// @param esi of the first
    private record Strip(int esi, byte[] symbols) {
        boolean has(int first, int count, int size) {
            return first >= esi && (first - esi + count) * (long) size <= symbols.length;
        }
    }

    /// @param packs directory of the pack files
    SymbolSource(Path packs) {
        this.packs = packs;
        this.encoders = Encoders.SHARED;
    }

    Bytes symbols(Deployment deployment, FecObject object, int block, int esi, int count) throws IOException {
        var oti = deployment.announcement().oti(object).orElseThrow();
        int size = oti.symbolSize();
        byte[] out = new byte[count * size];
        int sources = Math.clamp(oti.k(block) - (long) esi, 0, count);
        if (sources > 0) {
            // The last one is filled up with zeros.
            int length = Math.min(sources * size, oti.length(block) - esi * size);
            System.arraycopy(
                    data(deployment, object, oti.offset(block) + (long) esi * size, length), 0, out, 0, length);
        }
        if (sources < count) {
            repair(deployment, object, block, esi + sources, out, sources * size);
        }
        return Bytes.of(out);
    }

    /// Fills `out` from `at` on.
    private void repair(Deployment deployment, FecObject object, int block, int esi, byte[] out, int at)
            throws IOException {
        var oti = deployment.announcement().oti(object).orElseThrow();
        int size = oti.symbolSize();
        int count = (out.length - at) / size;
        var key = new Encoders.Key(deployment.announcement().manifestHash(), object, oti, block);
        var strip = strips.get(key);
        if (strip == null || !strip.has(esi, count, size)) {
            int ahead = Math.max(count, Math.min(oti.k(block) / 8, STRIP_BYTES / size));
            strip = new Strip(esi, encoders.symbols(key, (long) oti.k(block) * size, esi, ahead, () -> {
                byte[] data = data(deployment, object, oti.offset(block), oti.length(block));
                return BlockEncoder.of(data, 0, data.length, oti.k(block), size);
            }));
            strips.remove(key); // The newest goes last.
            strips.put(key, strip);
        }
        System.arraycopy(strip.symbols(), (esi - strip.esi()) * size, out, at, count * size);
    }

    private byte[] data(Deployment deployment, FecObject object, long offset, int length) throws IOException {
        if (object == FecObject.MANIFEST) {
            int from = Math.toIntExact(offset);
            return Arrays.copyOfRange(deployment.manifest(), from, from + length);
        }
        var file = open.get(deployment.pack());
        if (file == null) {
            file = FileChannel.open(packs.resolve(deployment.pack()), StandardOpenOption.READ);
            open.put(deployment.pack(), file);
        }
        return Packer.read(file, offset, length);
    }

    @Override
    public void close() throws IOException {
        for (var file : open.values()) file.close();
    }
}
