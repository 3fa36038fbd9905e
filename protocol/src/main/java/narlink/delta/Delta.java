package narlink.delta;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.OptionalInt;

/// New paths as what is different from paths on board (§11.2): bases are rewritten and opened, regions of them are
/// found in the new path, and what is left goes into a few streams over all paths, each coded by what takes fewest
/// bytes.
public final class Delta implements Codec {
    public static final int ID = 2;

    private final boolean opens;
    private final OptionalInt coder;

    public Delta() {
        this(true, OptionalInt.empty());
    }

    /// @param opens whether compressed files of new paths are opened
    /// @param coder to be taken for all streams that it can code; else the best for each
    Delta(boolean opens, OptionalInt coder) {
        this.opens = opens;
        this.coder = coder;
    }

    @Override
    public int id() {
        return ID;
    }

    @Override
    public Encoder encoder(OutputStream pack, long rawBytes) {
        return new DeltaEncoder(pack, opens, coder, rawBytes);
    }

    @Override
    public Decoder decoder(InputStream pack, Path scratch) throws IOException {
        return new DeltaDecoder(pack, scratch);
    }
}
