package narlink.ground;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import narlink.nix.StorePath;
import narlink.pack.MalformedManifestException;
import narlink.pack.ManifestFormat;
import narlink.wire.Announcement;
import narlink.wire.DeploymentState;
import narlink.wire.Report;
import narlink.wire.SatelliteName;

/// A deployment as Earth sees it.
///
/// @param segment the signed announcement, as it goes on the pipe
/// @param manifest the manifest object
/// @param pack file name of the pack under the pack directory; empty where there is no pack
/// @param objects what it brings, in import order
/// @param progress as last reported
/// @param store URL of the store on Earth that its contents come from
public record Deployment(
        SatelliteName satellite,
        Announcement announcement,
        byte[] segment,
        byte[] manifest,
        String pack,
        List<StorePath> targets,
        String profile,
        List<Mirror.Item> objects,
        Instant created,
        Progress progress,
        String store) {
    public Deployment {
        targets = List.copyOf(targets);
        objects = List.copyOf(objects);
    }

    public int number() {
        return announcement.deployment();
    }

    public boolean ended() {
        return progress.state().ended();
    }

    /// What the target was built of, as a locked flake reference; empty where that was not told.
    public String origin() {
        try {
            return ManifestFormat.read(manifest).activation().origin();
        } catch (MalformedManifestException e) {
            throw new IllegalStateException("the manifest of deployment " + number() + " in the ledger is damaged", e);
        }
    }

    /// Source blocks of the pack.
    public int blocks() {
        return announcement.pack().map(narlink.fec.Oti::blocks).orElse(0);
    }

    /// Bytes of announcement, manifest and pack.
    public long packBytes() {
        return segment.length
                + manifest.length
                + announcement.pack().map(narlink.fec.Oti::transferLength).orElse(0L);
    }

    /// How far it is.
    public enum State {
        /// Signed; nothing has been heard of it from the satellite.
        QUEUED,
        RECEIVING,
        STORED,
        ACTIVATING,
        CONFIRMED,
        ROLLED_BACK,
        FAILED,
        CANCELLED,
        EXPIRED,
        SUPERSEDED,
        CHECKING,
        AWAITING_REBOOT,
        AWAITING_CONFIRMATION,
        ROLLING_BACK,
        ROLLBACK_FAILED;

        public boolean ended() {
            return onBoard().map(DeploymentState::ended).orElse(false);
        }

        /// Whether it waits on board for somebody, for hours maybe: no pass can bring it further.
        public boolean waits() {
            return onBoard().map(DeploymentState::waits).orElse(false);
        }

        /// Whether the satellite reported a failure.
        public boolean failed() {
            return this == FAILED || this == ROLLED_BACK || this == ROLLBACK_FAILED;
        }

        /// Whether the paths are in the satellite's store.
        public boolean stored() {
            return this == STORED
                    || this == CONFIRMED
                    || this == ROLLED_BACK
                    || onBoard().map(DeploymentState::activates).orElse(false);
        }

        private Optional<DeploymentState> onBoard() {
            return this == QUEUED ? Optional.empty() : Optional.of(DeploymentState.valueOf(name()));
        }
    }

    /// @param stuck whether something that it counts on can't be used on board
    /// @param storeMoved whether the store was not in the announced state before the first path came
    public record Progress(
            State state,
            String reason,
            int blocksDone,
            int pathsDone,
            int exitStatus,
            String outputTail,
            boolean stuck,
            boolean storeMoved) {
        public static final Progress QUEUED = new Progress(State.QUEUED, "", 0, 0, -1, "", false, false);

        /// An end that did not come from on board.
        static Progress ended(State state, String reason) {
            return new Progress(state, reason, 0, 0, -1, "", false, false);
        }

        static Progress of(Report.DeploymentReport report) {
            return new Progress(
                    State.valueOf(report.state().name()),
                    report.reason(),
                    report.blocksDone(),
                    report.pathsDone(),
                    report.exitStatus(),
                    report.outputTail().utf8(),
                    report.state() == DeploymentState.RECEIVING
                            && !report.unusable().isEmpty(),
                    report.storeMoved());
        }
    }
}
