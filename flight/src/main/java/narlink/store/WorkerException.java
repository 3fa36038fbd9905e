package narlink.store;

import java.io.IOException;

/// Nix's answer to a request was an error. Its text is for people: it differs between versions, so what became of
/// the request is found out by asking for the state.
final class WorkerException extends IOException {
    private static final long serialVersionUID = 1;

    WorkerException(String message) {
        super(message);
    }
}
