package narlink.flight;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.FileHandler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// Keeps the receiver's log in a file of bounded size, so that a command can fetch its end.
final class ReceiverLog implements Closeable {
    private static final int MAX_BYTES = 256 * 1024;

    /// Kept here, since the log manager itself forgets loggers that nobody holds.
    private static final Logger NARLINK = Logger.getLogger("narlink");

    private final FileHandler handler;
    private boolean open = true;

    private ReceiverLog(FileHandler handler) {
        this.handler = handler;
    }

    static ReceiverLog begin(Path directory) throws IOException {
        Files.createDirectories(directory);
        var handler = new FileHandler(Logs.receiver(directory).toString().replace("%", "%%"), MAX_BYTES, 1, true);
        handler.setFormatter(new SimpleFormatter() {
            @Override
            public String format(java.util.logging.LogRecord record) {
                var thrown = record.getThrown() == null ? "" : ": " + record.getThrown();
                return "%s %s %s%s%n".formatted(record.getInstant(), record.getLevel(), formatMessage(record), thrown);
            }
        });
        handler.setLevel(Level.INFO);
        NARLINK.addHandler(handler);
        return new ReceiverLog(handler);
    }

    boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
        NARLINK.removeHandler(handler);
        handler.close();
    }
}
