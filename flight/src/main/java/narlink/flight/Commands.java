package narlink.flight;

import java.io.IOException;
import java.time.Clock;
import narlink.wire.Command;
import narlink.wire.Report.Counter;

/// Carries out commands, each at most once: its number is durable before anything is done. Belongs to the reception
/// thread.
final class Commands {
    private static final System.Logger LOG = System.getLogger(Commands.class.getName());

    private final FlightState files;
    private final Clock clock;
    private final Reporter reporter;
    private final Deployments deployments;
    private int last;

    Commands(FlightState files, Clock clock, Reporter reporter, Deployments deployments) throws IOException {
        this.files = files;
        this.clock = clock;
        this.reporter = reporter;
        this.deployments = deployments;
        this.last = files.command();
    }

    /// The number of the last one carried out.
    int last() {
        return last;
    }

    /// Takes a command that a mission key signed.
    void ordered(Command order) {
        if (order.number() <= last) {
            reporter.count(Counter.ANNOUNCEMENTS_REPLAYED, 1);
            return;
        }
        if (!clock.instant().isBefore(order.expires())) {
            reporter.count(Counter.ANNOUNCEMENTS_EXPIRED, 1);
            return;
        }
        try {
            files.saveNumber("command", order.number());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "command " + order.number() + " can't be written down", e);
            return;
        }
        last = order.number();
        reporter.count(Counter.SEGMENTS_ACCEPTED, 1);
        switch (order.action()) {
            case Command.Action.Cancel cancel -> deployments.step(cancel.deployment(), new Input.Cancelled());
        }
    }
}
