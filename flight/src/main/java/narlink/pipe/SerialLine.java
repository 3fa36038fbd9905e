package narlink.pipe;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import narlink.wire.PipeUrl;

/// A serial line, in raw mode: every byte passes as it is, no modem line is waited for. The terminal's settings are
/// made by `stty` of the system.
final class SerialLine {
    private static final long PATIENCE_SECONDS = 10;

    private SerialLine() {}

    static Pipe open(PipeUrl.Serial serial) throws IOException {
        var device = Path.of(serial.device());
        if (!Files.exists(device)) {
            throw new IOException("there is no serial device " + device + "; ls /dev/tty* shows those that there are");
        }
        // Opened first: the settings of some drivers last only as long as somebody has the device open.
        var out = new FileOutputStream(device.toFile());
        try {
            set(serial);
            var in = new FileInputStream(device.toFile());
            return new StreamPipe(in, out, () -> {
                out.close();
                in.close();
            });
        } catch (IOException e) {
            out.close();
            throw e;
        }
    }

    private static void set(PipeUrl.Serial serial) throws IOException {
        var stty = new ProcessBuilder(
                        "stty",
                        "-F",
                        serial.device(),
                        Integer.toString(serial.baud()),
                        "raw",
                        "-echo",
                        "cs8",
                        "-cstopb",
                        "-parenb",
                        "-crtscts",
                        "clocal",
                        "cread",
                        "-hupcl",
                        "min",
                        "1",
                        "time",
                        "0")
                .redirectErrorStream(true)
                .start();
        stty.getOutputStream().close();
        var said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (!stty.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || stty.exitValue() != 0) {
                stty.destroyForcibly();
                throw new IOException("cannot set up " + serial.text() + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while setting up " + serial.text(), e);
        }
    }
}
