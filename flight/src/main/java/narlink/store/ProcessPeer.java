package narlink.store;

import static java.lang.System.Logger.Level.DEBUG;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A `nix-daemon --stdio` of our own. Its stderr is read all the time, since a full pipe would stop it, and its end
/// is kept for error messages.
final class ProcessPeer implements Peer {
    private static final System.Logger LOG = System.getLogger(ProcessPeer.class.getName());
    private static final int TAIL = 4096;
    private static final long SECONDS_TO_END = 5;

    private final Process process;
    private final Thread drain;
    private final StringBuilder tail = new StringBuilder();

    private ProcessPeer(Process process) {
        this.process = process;
        this.drain =
                Thread.ofPlatform().daemon().name("nix-daemon stderr").start(() -> drain(process.getErrorStream()));
    }

    static ProcessPeer start(List<String> command) throws IOException {
        var builder = new ProcessBuilder(command);
        builder.environment().remove("NIX_REMOTE"); // Would lead it away from the store that --store names.
        builder.environment().putIfAbsent("HOME", "/"); // Without one it aborts where the uid has no passwd entry.
        return new ProcessPeer(builder.start());
    }

    private void drain(InputStream err) {
        var buffer = new byte[1024];
        try (err) {
            for (int read = err.read(buffer); read >= 0; read = err.read(buffer)) {
                keep(new String(buffer, 0, read, StandardCharsets.UTF_8));
            }
        } catch (IOException e) { // So it is when we end the process while its stderr is read.
            LOG.log(DEBUG, "no more stderr of nix-daemon", e);
        }
    }

    private void keep(String text) {
        synchronized (tail) {
            tail.append(text);
            tail.delete(0, Math.max(0, tail.length() - TAIL));
        }
    }

    @Override
    public InputStream in() {
        return process.getInputStream();
    }

    @Override
    public OutputStream out() {
        return process.getOutputStream();
    }

    @Override
    public String lastWords() {
        try {
            if (process.waitFor(1, TimeUnit.SECONDS)) {
                drain.join(TimeUnit.SECONDS.toMillis(1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (tail) {
            return tail.toString().strip();
        }
    }

    @Override
    public void abort() {
        process.destroyForcibly();
        await();
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close(); // It ends by itself when there are no more requests.
        if (!await()) {
            abort();
        }
    }

    private boolean await() {
        try {
            return process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
