package narlink.wire;

import java.time.Instant;

/// An order (§8), believed only when a mission key signed it, carried out at most once.
///
/// @param number per satellite; one that is not greater than the last one carried out is a replay
/// @param expires from then on it is not carried out
public record Command(int number, Instant expires, Action action) implements Message {
    public Command {
        if (number < 1) throw new IllegalArgumentException("command " + number);
    }

    /// What is to be done.
    public sealed interface Action {
        /// Stop an unfinished deployment and forget what was received of it.
        record Cancel(int deployment) implements Action {
            public Cancel {
                if (deployment < 1) throw new IllegalArgumentException("deployment " + deployment);
            }
        }
    }
}
