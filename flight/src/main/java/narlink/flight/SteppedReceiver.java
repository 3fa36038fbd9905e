package narlink.flight;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Queue;
import narlink.nix.Store;

/// The receiver without a thread of its own, for a simulator: whoever has it says when it goes on. What its workers do
/// is up to [Machine#workers].
public final class SteppedReceiver {
    private final Queue<Receiver.Event> inbox = new ArrayDeque<>();
    private final Receiver receiver;

    /// Opens the state directory and takes up what a cut left.
    public SteppedReceiver(FlightState files, Store store, Clock clock, ReceptionLoop.Settings settings)
            throws IOException {
        this.receiver = new Receiver(files, store, clock, settings, inbox::add);
    }

    /// Puts a segment in its inbox.
    public void hear(byte[] segment) {
        inbox.add(new Receiver.Event.Heard(segment));
    }

    /// Counts frames that a pipe found damaged.
    public void damaged(long frames) {
        if (frames > 0) inbox.add(new Receiver.Event.Damaged(frames));
    }

    public void reportTo(ReceptionLoop.Downlink link) {
        receiver.reportTo(link);
    }

    public void endReportsTo(ReceptionLoop.Downlink link) {
        receiver.endReportsTo(link);
    }

    /// Whether something waits in its inbox.
    public boolean due() {
        return !inbox.isEmpty();
    }

    /// Takes what is next in its inbox, or notices that time has passed where nothing is there.
    public void step() {
        receiver.step(inbox.poll(), this::due);
    }
}
