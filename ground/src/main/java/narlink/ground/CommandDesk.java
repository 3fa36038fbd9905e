package narlink.ground;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import narlink.Bytes;
import narlink.nix.SecretKey;
import narlink.wire.Command;
import narlink.wire.Command.Action;
import narlink.wire.Envelope;
import narlink.wire.Report;

/// Signs and queues commands.
public final class CommandDesk {
    /// Others may take numbers at the same time.
    private static final int TRIES = 100;

    private final Ledger ledger;

    public CommandDesk(Ledger ledger) {
        this.ledger = ledger;
    }

    /// Queues a command under the next number: above all that this ledger and the satellite know.
    public QueuedCommand queue(Satellite satellite, Action action, SecretKey missionKey, Duration lasts, Instant now)
            throws IOException {
        var name = satellite.name();
        int told =
                new ReportIntake(ledger, satellite).last().map(Report::command).orElse(0);
        for (int i = 0; i < TRIES; i++) {
            int number = Math.max(ledger.nextCommand(name), told + 1);
            var expires = Instant.ofEpochSecond(now.plus(lasts).getEpochSecond());
            var command = new Command(number, expires, action);
            var queued = new QueuedCommand(
                    name,
                    number,
                    now,
                    expires,
                    describe(action),
                    Envelope.seal(command, missionKey, Envelope.Direction.UP, name),
                    QueuedCommand.State.QUEUED,
                    Bytes.EMPTY,
                    0);
            if (ledger.add(queued)) {
                ledger.happened(name, now, "command " + number + " queued: " + queued.what());
                return queued;
            }
        }
        throw new IOException("others queue commands for " + name + " all the time; try again");
    }

    /// Cancels a deployment: here alone where nothing of it has gone up, else on board too.
    ///
    /// @return the command, where one is needed
    public java.util.Optional<QueuedCommand> cancel(
            Satellite satellite, int number, SecretKey missionKey, Duration lasts, Instant now) throws IOException {
        var deployment = ledger.deployments(satellite.name()).stream()
                .filter(known -> known.number() == number)
                .findFirst()
                .orElseThrow(() -> new IOException("no deployment " + number + " of " + satellite.name()
                        + "; see narlink status " + satellite.name()));
        if (deployment.ended()) {
            throw new IOException("deployment " + number + " has ended: "
                    + deployment.progress().state());
        }
        boolean untouched = deployment.progress().state() == Deployment.State.QUEUED
                && !new Outgoing(deployment.announcement(), Load.used(ledger, deployment)).begun();
        if (!untouched)
            return java.util.Optional.of(queue(satellite, new Action.Cancel(number), missionKey, lasts, now));
        ledger.progress(
                satellite.name(),
                number,
                Deployment.Progress.ended(Deployment.State.CANCELLED, "before anything of it went up"));
        ledger.happened(satellite.name(), now, "deployment " + number + " CANCELLED (before anything of it went up)");
        return java.util.Optional.empty();
    }

    private static String describe(Action action) {
        return switch (action) {
            case Action.Cancel cancel -> "cancel deployment " + cancel.deployment();
            case Action.Activate activate ->
                "activate generation " + activate.generation() + " of profile " + activate.profile();
            case Action.RollBack back ->
                "roll profile " + back.profile() + " back"
                        + (back.generation() == 0 ? "" : " to generation " + back.generation());
            case Action.Confirm confirm -> "confirm deployment " + confirm.deployment();
            case Action.Retain retain -> "keep " + retain.keep() + " generations of profile " + retain.profile();
            case Action.Collect collect -> "delete " + collect.paths().size() + " paths";
            case Action.Verify verify -> "verify the store";
            case Action.FetchLog fetch ->
                (fetch.deployment() == 0
                                ? "fetch the receiver's log"
                                : "fetch the log of deployment " + fetch.deployment())
                        + " before its last " + fetch.offset() + " bytes";
        };
    }
}
