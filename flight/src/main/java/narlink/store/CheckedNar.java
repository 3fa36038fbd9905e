package narlink.store;

import java.io.IOException;
import java.io.InputStream;
import narlink.Sha256;
import narlink.nix.NarException;
import narlink.nix.NarParser;
import narlink.nix.NarVisitor;
import narlink.nix.PathInfo;

/// A NAR on its way into a store. It is handed on while it is read, but for its last bytes, without which no store
/// can make it valid: these follow when grammar, size and hash are found right.
final class CheckedNar {
    /// With Nix the last padded token's content suffices; it makes a path valid before the frames' end.
    private static final int HELD_BACK = 8;

    /// One frame of the worker protocol, which Nix allocates at once.
    private static final int PIECE = 64 * 1024;

    interface Sink {
        void write(byte[] array, int offset, int length) throws IOException;
    }

    private final PathInfo info;
    private final InputStream in;
    private final NarVisitor visitor;

    /// @param visitor sees the tree too
    CheckedNar(PathInfo info, InputStream in, NarVisitor visitor) {
        this.info = info;
        this.in = in;
        this.visitor = visitor;
    }

    void copyTo(Sink sink) throws IOException {
        var parser = new NarParser(visitor, info.narSize());
        var digest = Sha256.digest();
        var piece = new byte[PIECE];
        var last = new byte[HELD_BACK];
        int held = 0;
        long left = info.narSize();
        while (left > 0) {
            int read = in.readNBytes(piece, 0, (int) Math.min(piece.length, left));
            if (read == 0) {
                throw new NarException(info.narSize() - left, "it ends here, but " + left + " bytes are to come");
            }
            parser.feed(piece, 0, read);
            digest.update(piece, 0, read);
            left -= read;
            int free = (int) Math.max(0, read - Math.max(0, HELD_BACK - left));
            sink.write(piece, 0, free);
            System.arraycopy(piece, free, last, held, read - free);
            held += read - free;
        }
        parser.end();
        if (in.read() >= 0) {
            throw new NarException(info.narSize(), "bytes behind the end");
        }
        var hash = Sha256.finish(digest);
        if (!hash.equals(info.narHash())) {
            throw new NarException(
                    info.narSize(), "its SHA-256 is " + hash + ", but " + info.narHash() + " was announced");
        }
        sink.write(last, 0, held);
    }
}
