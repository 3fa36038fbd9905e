package narlink.flight;

import java.io.IOException;
import java.util.SplittableRandom;

/// Counts the boundaries at which power can fail, and fails at one of them: then nothing works any more.
final class Power {
    final SplittableRandom random;
    private final int cut;
    private int passed;
    private boolean off;

    /// @param cut the boundary that is not passed; -1: never
    /// @param seed of what is left on the disks
    Power(int cut, long seed) {
        this.cut = cut;
        this.random = new SplittableRandom(seed);
    }

    static final class OffException extends IOException {
        private static final long serialVersionUID = 1;

        OffException() {
            super("power is off");
        }
    }

    synchronized void boundary() throws OffException {
        check();
        if (passed++ == cut) {
            off = true;
            throw new OffException();
        }
    }

    synchronized void check() throws OffException {
        if (off) throw new OffException();
    }

    synchronized boolean isOff() {
        return off;
    }
}
