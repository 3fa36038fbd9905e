package narlink.ground;

/// Blocks whose segments take turns, so that a burst is divided among them: groups of nearly one size, one group after
/// the other.
///
/// @param size of a group
/// @param least of the last group, which may be smaller
record Turns(int size, int least) {
    /// @param blocks of the object
    /// @param depth blocks of a group, at most
    static Turns of(int blocks, int depth) {
        int groups = Math.max(1, Math.ceilDiv(blocks, depth));
        int size = Math.max(1, Math.ceilDiv(blocks, groups));
        return new Turns(size, Math.max(1, blocks - (Math.ceilDiv(blocks, size) - 1) * size));
    }
}
