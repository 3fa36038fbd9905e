package narlink.wire;

/// Where a deployment stands on board, in the order of the wire's numbers.
public enum DeploymentState {
    /// Symbols and paths are still missing.
    RECEIVING,
    /// Every path is valid and synced; the profile is not yet touched.
    STORED,
    /// The profile points at the target; activation runs.
    ACTIVATING,
    /// Done, as ordered.
    CONFIRMED,
    /// Activation, health or confirmation failed; the profile points at the generation before.
    ROLLED_BACK,
    /// Could not be carried out; the reason says why.
    FAILED,
    CANCELLED,
    EXPIRED,
    SUPERSEDED,
    /// Activated; its health is looked at.
    CHECKING,
    /// Healthy; to be looked at again after a reboot.
    AWAITING_REBOOT,
    /// Healthy; a command has to confirm it.
    AWAITING_CONFIRMATION,
    /// The generation before is being activated again.
    ROLLING_BACK,
    /// The profile points at the generation before, but its activation failed too: an operator has to look.
    ROLLBACK_FAILED;

    /// Whether nothing more will happen to it.
    public boolean ended() {
        return switch (this) {
            case CONFIRMED, ROLLED_BACK, FAILED, CANCELLED, EXPIRED, SUPERSEDED -> true;
            case RECEIVING,
                    STORED,
                    ACTIVATING,
                    CHECKING,
                    AWAITING_REBOOT,
                    AWAITING_CONFIRMATION,
                    ROLLING_BACK,
                    ROLLBACK_FAILED -> false;
        };
    }

    /// Whether it waits for somebody, for hours maybe.
    public boolean waits() {
        return this == AWAITING_REBOOT || this == AWAITING_CONFIRMATION || this == ROLLBACK_FAILED;
    }

    /// Whether its profile has been touched and it has not ended.
    public boolean activates() {
        return !ended() && this != RECEIVING && this != STORED;
    }
}
