package narlink.ground;

import java.time.Instant;
import narlink.Bytes;
import narlink.wire.Command;
import narlink.wire.Envelope;
import narlink.wire.Report.CommandResult;
import narlink.wire.SatelliteName;

/// A signed command, and what became of it.
///
/// @param what in words
/// @param segment as it goes on the pipe
/// @param answer what the satellite said, or a piece of a log
/// @param logSize bytes of the whole log, where a piece of one was asked for
public record QueuedCommand(
        SatelliteName satellite,
        int number,
        Instant created,
        Instant expires,
        String what,
        byte[] segment,
        State state,
        Bytes answer,
        int logSize) {
    public enum State {
        /// Signed; the satellite has not told that it heard it.
        QUEUED,
        /// Begun on board.
        PENDING,
        DONE,
        REFUSED,
        FAILED,
        /// A later command was carried out first, so that this one never is.
        OVERTAKEN,
        EXPIRED;

        public boolean ended() {
            return this != QUEUED && this != PENDING;
        }

        public boolean failed() {
            return this == REFUSED || this == FAILED || this == OVERTAKEN;
        }

        static State of(CommandResult.Outcome outcome) {
            return valueOf(outcome.name());
        }
    }

    /// Whether it orders paths to be deleted.
    boolean collects() {
        return Envelope.peek(segment).orElse(null) instanceof Command command
                && command.action() instanceof Command.Action.Collect;
    }

    /// What it orders.
    public Command.Action action() {
        if (Envelope.peek(segment).orElse(null) instanceof Command command) return command.action();
        throw new IllegalStateException("command " + number + " in the ledger is damaged");
    }
}
