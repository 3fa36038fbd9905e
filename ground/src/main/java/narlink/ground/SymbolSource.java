package narlink.ground;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import narlink.Bytes;
import narlink.fec.BlockEncoder;
import narlink.fec.Oti;
import narlink.wire.FecObject;

/// Encoding symbols of deployments, any ESI on demand: source symbols as they stand in the pack, repair symbols by
/// encoders.
final class SymbolSource implements Closeable {
    private final Path packs;
    private final Encoders encoders;
    private final Map<String, FileChannel> open = new HashMap<>();

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
            var encoder = encoder(deployment, object, oti, block);
            for (int i = sources; i < count; i++) encoder.symbol(esi + i, out, i * size);
        }
        return Bytes.of(out);
    }

    private BlockEncoder encoder(Deployment deployment, FecObject object, Oti oti, int block) throws IOException {
        var key = new Encoders.Key(deployment.announcement().manifestHash(), object, oti, block);
        return encoders.of(key, (long) oti.k(block) * oti.symbolSize(), () -> {
            byte[] data = data(deployment, object, oti.offset(block), oti.length(block));
            return BlockEncoder.of(data, 0, data.length, oti.k(block), oti.symbolSize());
        });
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
