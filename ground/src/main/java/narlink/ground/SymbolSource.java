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
import narlink.fec.Oti;
import narlink.wire.FecObject;

/// Encoding symbols of deployments, any ESI on demand. Keeps the encoders of the blocks used last: each holds about
/// twice its block.
final class SymbolSource implements Closeable {
    private static final int ENCODERS = 6;

    private final Path packs;
    private final Map<String, FileChannel> open = new HashMap<>();
    private final Map<Key, BlockEncoder> encoders = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, BlockEncoder> eldest) {
            return size() > ENCODERS;
        }
    };

    private record Key(int deployment, FecObject object, int block) {}

    /// @param packs directory of the pack files
    SymbolSource(Path packs) {
        this.packs = packs;
    }

    Bytes symbols(Deployment deployment, FecObject object, int block, int esi, int count) throws IOException {
        var oti = deployment.announcement().oti(object).orElseThrow();
        var encoder = encoder(deployment, object, oti, block);
        byte[] out = new byte[count * oti.symbolSize()];
        for (int i = 0; i < count; i++) encoder.symbol(esi + i, out, i * oti.symbolSize());
        return Bytes.of(out);
    }

    private BlockEncoder encoder(Deployment deployment, FecObject object, Oti oti, int block) throws IOException {
        var key = new Key(deployment.number(), object, block);
        var known = encoders.get(key);
        if (known != null) return known;
        byte[] data = data(deployment, object, oti, block);
        var encoder = BlockEncoder.of(data, 0, data.length, oti.k(block), oti.symbolSize());
        encoders.put(key, encoder);
        return encoder;
    }

    private byte[] data(Deployment deployment, FecObject object, Oti oti, int block) throws IOException {
        if (object == FecObject.MANIFEST) {
            int offset = Math.toIntExact(oti.offset(block));
            return Arrays.copyOfRange(deployment.manifest(), offset, offset + oti.length(block));
        }
        var file = open.get(deployment.pack());
        if (file == null) {
            file = FileChannel.open(packs.resolve(deployment.pack()), StandardOpenOption.READ);
            open.put(deployment.pack(), file);
        }
        return Packer.read(file, oti.offset(block), oti.length(block));
    }

    @Override
    public void close() throws IOException {
        for (var file : open.values()) file.close();
    }
}
