package narlink.pack;

import org.jspecify.annotations.Nullable;

/// A manifest object that breaks the specification; nothing of its deployment can be believed.
public final class MalformedManifestException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedManifestException(String message, @Nullable Throwable cause) {
        super("manifest refused: " + message, cause);
    }
}
