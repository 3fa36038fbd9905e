package narlink.flight;

import java.util.List;
import narlink.Bytes;
import narlink.Sha256;
import narlink.pack.Outline;
import narlink.wire.DeploymentState;
import narlink.wire.FecObject;
import narlink.wire.Report;
import narlink.wire.Symbols;

/// What happens to a deployment: from the link, or as the answer to an [Effect].
sealed interface Input {
    /// Authentic symbols of this deployment came in.
    record Arrived(Symbols symbols) implements Input {}

    /// So many distinct symbols of the block are durable.
    record Kept(FecObject object, int block, int held) implements Input {}

    /// The block is decoded, verified and durable.
    record Decoded(FecObject object, int block) implements Input {}

    /// The symbols' rank is short.
    record Undecodable(FecObject object, int block) implements Input {}

    /// Something that may pass, such as a full disk, keeps the block from being decoded.
    record Undecided(FecObject object, int block, String reason) implements Input {}

    /// The block's bytes are not what the mission key signed for, or were damaged on disk; its symbols are gone.
    record Spoilt(FecObject object, int block) implements Input {}

    record ManifestRead(Outline manifest) implements Input {}

    /// So many of the deployment's paths are valid and synced.
    record Imported(int paths) implements Input {}

    /// All paths are valid and synced, and their hashes are as signed for.
    record Complete() implements Input {}

    /// What it counts on and can't use; none where everything is as it should be.
    record Unusable(List<Report.Unusable> paths, String reason) implements Input {}

    /// The store as it was before the deployment's first path came.
    record StoreSeen(Sha256 digest) implements Input {}

    /// A newer one takes its place.
    record Superseded(int by) implements Input {}

    /// Something that may pass stands in the way.
    record Stalled(String reason) implements Input {}

    /// It never can be carried out.
    record Failed(String reason) implements Input {}

    /// What its activation has come to.
    ///
    /// @param exitStatus of the last command that ran, -1 when none did
    record Activating(DeploymentState state, String reason, int exitStatus, Bytes outputTail) implements Input {}

    record Cancelled() implements Input {}

    record Expired() implements Input {}
}
