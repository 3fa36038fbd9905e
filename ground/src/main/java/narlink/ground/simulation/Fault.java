package narlink.ground.simulation;

/// What goes wrong in a simulation. Each kind is counted, so that a run says what it has really tried.
public enum Fault {
    /// A frame did not arrive.
    FRAME_LOST,
    FRAME_DUPLICATED,
    FRAME_REORDERED,
    /// A bit was flipped on the way.
    FRAME_CORRUPTED,
    /// A stream lost some bytes.
    BYTES_LOST,
    /// A stream had bytes that nobody sent.
    BYTES_INSERTED,
    /// A frame ended in its middle.
    FRAME_CUT,
    /// A link that carries one direction at a time was used for both.
    COLLISION,
    PASS_LOST,
    /// The link closed in the middle of a pass.
    PASS_CUT,
    /// A pass had no return link.
    NO_RETURN_LINK,
    /// The satellite's power failed at some moment.
    POWER_CUT,
    /// It failed in the middle of a write.
    POWER_CUT_IN_WRITE,
    /// What was not synced was gone after a power cut.
    UNSYNCED_LOST,
    /// Of what was not synced a part was left, or other bytes.
    UNSYNCED_TORN,
    /// A path was valid after a power cut, with contents that never reached the disk.
    VALID_BUT_EMPTY,
    RECEIVER_KILLED,
    GROUND_KILLED,
    DISK_FULL,
    READ_ERROR,
    STORE_ERROR,
    /// A bit of the receiver's state flipped.
    STATE_ROTTED,
    /// A bit of a path's contents flipped.
    STORE_ROTTED,
    CLOCK_STEP,
    CLOCK_AT_1970,
    GROUND_CLOCK_STEP,
    COLLECTED_BY_HAND,
    ADDED_BY_HAND,
    EARTH_COLLECTED,
    JUNK_INJECTED,
    /// An old segment came again.
    REPLAYED,
    /// A good segment came with something changed.
    FORGED,
    /// A segment of another mission came.
    FOREIGN,
    /// A station that nobody trusts sent symbols.
    STRANGER,
    ACTIVATION_FAILED,
    HEALTH_FAILED,
    PROGRAM_HUNG
}
