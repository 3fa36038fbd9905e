package narlink.delta;

import java.io.IOException;

/// The pack's bytes do not decode to what the manifest says. Since the bytes themselves are authenticated, this is the
/// packer's fault or a hostile packer, and trying again does not help.
public final class CorruptPackException extends IOException {
    private static final long serialVersionUID = 1;

    public CorruptPackException(String message) {
        super(message);
    }

    public CorruptPackException(String message, Throwable cause) {
        super(message, cause);
    }
}
