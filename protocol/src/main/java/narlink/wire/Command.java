package narlink.wire;

import java.time.Instant;
import java.util.List;
import narlink.Bytes;

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
                positive("deployment", deployment);
            }
        }

        /// Set a profile to a generation that is stored, and activate that again.
        record Activate(String profile, int generation) implements Action {
            public Activate {
                name(profile);
                positive("generation", generation);
            }
        }

        /// Set a profile back and activate what it led to then, without a health check.
        ///
        /// @param generation 0: the last confirmed one, or where that is current, the one before
        record RollBack(String profile, int generation) implements Action {
            public RollBack {
                name(profile);
                if (generation < 0) throw new IllegalArgumentException("generation " + generation);
            }
        }

        /// Keep what a deployment activated.
        record Confirm(int deployment) implements Action {
            public Confirm {
                positive("deployment", deployment);
            }
        }

        /// Drop all but so many generations of a profile, now and after each deployment to come.
        record Retain(String profile, int keep) implements Action {
            public Retain {
                name(profile);
                positive("number of generations", keep);
            }
        }

        /// Tell a piece of a log.
        ///
        /// @param deployment whose activation; 0 for the receiver's own log
        /// @param offset bytes between the piece and the log's end
        record FetchLog(int deployment, int offset) implements Action {
            public FetchLog {
                if (deployment < 0) throw new IllegalArgumentException("deployment " + deployment);
                if (offset < 0) throw new IllegalArgumentException("offset " + offset);
            }
        }

        /// Delete just these paths.
        ///
        /// @param paths the beginning of the digest part of each, all of one length
        record Collect(List<Bytes> paths) implements Action {
            public static final int MIN_PREFIX = 5;
            public static final int MAX_PREFIX = 20;
            /// Bytes of all beginnings together: the command fits a segment of 1 KiB.
            public static final int MAX_BYTES = 840;

            public Collect {
                paths = List.copyOf(paths);
                if (paths.isEmpty()) throw new IllegalArgumentException("no paths");
                int prefix = paths.getFirst().size();
                if (prefix < MIN_PREFIX || prefix > MAX_PREFIX || paths.size() * prefix > MAX_BYTES) {
                    throw new IllegalArgumentException(paths.size() + " prefixes of " + prefix + " bytes");
                }
                if (paths.stream().anyMatch(path -> path.size() != prefix)) {
                    throw new IllegalArgumentException("prefixes of different lengths");
                }
            }
        }

        /// Read all paths and compare them with what was registered of them.
        record Verify() implements Action {}

        private static void positive(String what, int number) {
            if (number < 1) throw new IllegalArgumentException(what + " " + number);
        }

        private static void name(String profile) {
            if (profile.isEmpty() || profile.length() > 63) {
                throw new IllegalArgumentException("profile name of " + profile.length() + " characters");
            }
        }
    }
}
