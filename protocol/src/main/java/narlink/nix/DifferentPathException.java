package narlink.nix;

import java.io.IOException;
import narlink.Sha256;

/// A path is valid in the store with other contents than the announced ones: possible wherever a build isn't
/// reproducible. The store keeps what it has.
public final class DifferentPathException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient StorePath path;
    private final transient Sha256 present;
    private final transient Sha256 announced;

    public DifferentPathException(StorePath path, Sha256 present, Sha256 announced) {
        super(path + " is valid here with NAR hash " + HashText.write(present) + ", but announced with "
                + HashText.write(announced) + "; delete it, or send what builds on the one that is here");
        this.path = path;
        this.present = present;
        this.announced = announced;
    }

    public StorePath path() {
        return path;
    }

    public Sha256 present() {
        return present;
    }

    public Sha256 announced() {
        return announced;
    }
}
