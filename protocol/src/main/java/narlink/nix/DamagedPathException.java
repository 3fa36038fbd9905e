package narlink.nix;

import java.io.IOException;

/// What lies in the store for a valid path is not what the store recorded of it.
public final class DamagedPathException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient StorePath path;

    public DamagedPathException(StorePath path, String what) {
        super(path + " is damaged: " + what + "; repair it or import it again");
        this.path = path;
    }

    public StorePath path() {
        return path;
    }
}
