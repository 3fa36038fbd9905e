package narlink.nix;

import java.io.IOException;

/// Bytes that are not the NAR they ought to be: not canonical, or not the announced ones.
public final class NarException extends IOException {
    private static final long serialVersionUID = 1;

    private final long offset;

    public NarException(long offset, String what) {
        super("bad NAR at byte " + offset + ": " + what);
        this.offset = offset;
    }

    /// Where in the NAR reading stopped.
    public long offset() {
        return offset;
    }
}
