package narlink.delta;

import java.io.IOException;
import narlink.nix.StorePath;

/// A path that others are made of is not on board, or not as it should be. Another base, or none, will do instead.
public final class UnusableBaseException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient StorePath path;

    public UnusableBaseException(StorePath path, IOException cause) {
        super("base " + path + " can't be used: " + cause.getMessage(), cause);
        this.path = path;
    }

    public StorePath path() {
        return path;
    }
}
