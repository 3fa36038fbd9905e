package narlink.ground.simulation;

import java.util.SplittableRandom;

/// The satellite's power, and what a process that runs on it may still do. It fails at a moment or in the middle of a
/// write; from then on nothing works that belongs to the process.
final class Power {
    final SplittableRandom random;
    final Trace trace;
    private long left = Long.MAX_VALUE;
    private boolean off;

    Power(SplittableRandom random, Trace trace) {
        this.random = random;
        this.trace = trace;
    }

    /// Has power fail before the write after so many more.
    void failAfter(long writes) {
        left = writes;
    }

    void fail() {
        off = true;
    }

    boolean isOff() {
        return off;
    }

    /// A place at which it may fail: before, between and behind the steps of a write.
    void boundary() {
        check();
        if (left-- > 0) return;
        off = true;
        trace.fault(Fault.POWER_CUT_IN_WRITE);
        throw new Fiber.KilledError();
    }

    void check() {
        if (off) throw new Fiber.KilledError();
    }
}
