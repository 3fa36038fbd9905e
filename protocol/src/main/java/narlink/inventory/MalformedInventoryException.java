package narlink.inventory;

import java.io.IOException;
import java.io.Serial;

/// An object that tells of a store breaks its format.
public final class MalformedInventoryException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    public MalformedInventoryException(String message) {
        super(message);
    }

    public MalformedInventoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
