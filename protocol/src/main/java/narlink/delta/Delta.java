package narlink.delta;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;

/// New paths as what is different from paths on board (§11.2): bases are rewritten and opened, regions of them are
/// found in the new path, and what is left goes into a few streams over all paths.
public final class Delta implements Codec {
    public static final int ID = 2;

    private final boolean opens;

    public Delta() {
        this(true);
    }

    /// @param opens whether compressed files of new paths are opened
    Delta(boolean opens) {
        this.opens = opens;
    }

    @Override
    public int id() {
        return ID;
    }

    @Override
    public Encoder encoder(OutputStream pack, long rawBytes) {
        return new DeltaEncoder(pack, opens);
    }

    @Override
    public Decoder decoder(InputStream pack, Path scratch) throws IOException {
        return new DeltaDecoder(pack, scratch);
    }
}
