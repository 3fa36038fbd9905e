package narlink.store;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import narlink.nix.DamagedPathException;
import narlink.nix.NarException;

/// A [Worker] whenever one is needed. After any error it is dropped, temporary roots and all, and the next request
/// makes a new one.
final class Connection implements Closeable {
    interface Request<T> {
        T on(Worker worker) throws IOException;
    }

    private final String url;
    private final Options options;
    private final Peer.Dialer dialer;
    private Optional<Worker> worker = Optional.empty();
    private volatile Optional<Peer> peer = Optional.empty(); // All that other threads may touch.

    Connection(String url, Options options, Peer.Dialer dialer) {
        this.url = url;
        this.options = options;
        this.dialer = dialer;
    }

    /// Asks what can be asked twice: if the connection turns out to be dead, once more on a new one.
    <T> T ask(Request<T> request) throws IOException {
        boolean isNew = worker.isEmpty();
        try {
            return once(request);
        } catch (WorkerException e) {
            throw e;
        } catch (IOException e) {
            if (isNew) {
                throw e;
            }
            return once(request);
        }
    }

    <T> T once(Request<T> request) throws IOException {
        var used = worker();
        boolean inStep = false;
        try {
            var result = request.on(used);
            inStep = true;
            return result;
        } catch (DamagedPathException | NarException e) {
            throw e;
        } catch (IOException e) {
            used.abort(); // What it has to say yet is in its last words.
            throw explained(e, used.lastWords());
        } finally {
            if (!inStep) {
                worker = Optional.empty();
                used.abort();
            }
        }
    }

    private Worker worker() throws IOException {
        if (worker.isEmpty()) {
            var dialed = dialer.dial();
            peer = Optional.of(dialed);
            try {
                var connected = new Worker(dialed);
                connected.setOptions(options.nixSettings());
                worker = Optional.of(connected);
            } catch (IOException e) {
                dialed.abort();
                throw explained(e, dialed.lastWords());
            }
        }
        return worker.orElseThrow();
    }

    /// From any thread: makes the request that another one is waiting for fail.
    void abort() {
        peer.ifPresent(Peer::abort);
    }

    private IOException explained(IOException e, String lastWords) {
        var message = url + ": " + e.getMessage() + (lastWords.isEmpty() ? "" : " (" + lastWords + ")");
        return e instanceof WorkerException ? new WorkerException(message) : new IOException(message, e);
    }

    /// Ends it in good order; the next request makes a new one.
    @Override
    public void close() throws IOException {
        var used = worker;
        worker = Optional.empty();
        if (used.isPresent()) {
            used.get().close();
        }
    }
}
