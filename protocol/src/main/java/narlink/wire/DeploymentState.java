package narlink.wire;

/// Where a deployment stands on board.
public enum DeploymentState {
    /// Symbols and paths are still missing.
    RECEIVING,
    /// Every path is valid and synced; the profile is not yet touched.
    STORED,
    /// The profile points at the target; activation runs.
    ACTIVATING,
    /// Done, as ordered.
    CONFIRMED,
    /// Activation failed; the profile points at the generation before.
    ROLLED_BACK,
    /// Could not be carried out; the reason says why.
    FAILED,
    CANCELLED,
    EXPIRED,
    SUPERSEDED;

    /// Whether nothing more will happen to it.
    public boolean ended() {
        return compareTo(CONFIRMED) >= 0;
    }
}
