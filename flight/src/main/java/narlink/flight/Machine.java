package narlink.flight;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the receiver has to know of the machine that it runs on; no wall clock tells it.
public interface Machine {
    /// Another one after each reboot.
    String bootId();

    /// Milliseconds since the machine was booted; for this boot, never less than before.
    long uptimeMillis();

    /// What it is, as Nix names systems.
    default String system() {
        return Reporter.system();
    }

    default Workers workers() {
        return Workers.real();
    }

    default Programs programs() {
        return Programs.real();
    }

    /// This machine, by Linux's own account.
    static Machine real() {
        return new Machine() {
            private static final System.Logger LOG = System.getLogger(Machine.class.getName());
            private final long began = System.nanoTime();

            @Override
            public String bootId() {
                try {
                    return text("/proc/sys/kernel/random/boot_id");
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.DEBUG, "no boot id", e);
                    return "";
                }
            }

            @Override
            public long uptimeMillis() {
                try {
                    return (long)
                            (1000 * Double.parseDouble(text("/proc/uptime").split(" ", 2)[0]));
                } catch (IOException | NumberFormatException e) {
                    LOG.log(System.Logger.Level.DEBUG, "no uptime", e);
                    return (System.nanoTime() - began) / 1_000_000;
                }
            }

            private static String text(String file) throws IOException {
                return new String(Files.readAllBytes(Path.of(file)), StandardCharsets.US_ASCII).strip();
            }
        };
    }
}
