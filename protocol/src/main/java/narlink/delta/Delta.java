package narlink.delta;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/// New paths as what is different from paths on board (§11.2): bases are rewritten and opened, regions of them are
/// found in the new path, and what is left goes into a few streams over all paths, each coded by what takes fewest
/// bytes.
public final class Delta implements Codec {
    public static final int ID = 2;

    /// Larger images are not held in memory, on Earth: 14 bytes for each byte of a base would be needed to match them.
    private static final long LARGE = 64L << 20;

    private final Set<Opener.Format> opened;
    private final OptionalInt coder;
    private final long large;

    public Delta() {
        this(EnumSet.allOf(Opener.Format.class), OptionalInt.empty(), LARGE);
    }

    /// @param opened formats that are opened in new paths
    /// @param coder to be taken for all streams that it can code; else the best for each
    /// @param large bytes of an image above which it is matched in parts, each of so many bytes at most
    Delta(Set<Opener.Format> opened, OptionalInt coder, long large) {
        this.opened = Set.copyOf(opened);
        this.coder = coder;
        this.large = large;
    }

    @Override
    public int id() {
        return ID;
    }

    @Override
    public Encoder encoder(OutputStream pack, long rawBytes, Path scratch) {
        return new DeltaEncoder(pack, opened, coder, large, rawBytes, scratch);
    }

    @Override
    public Decoder decoder(InputStream pack, Path scratch) throws IOException {
        return new DeltaDecoder(pack, scratch);
    }
}
