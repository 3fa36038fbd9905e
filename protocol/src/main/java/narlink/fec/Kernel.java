package narlink.fec;

/// Replays symbol operations. All kernels give the same bytes; they differ in speed.
abstract class Kernel {
    /// Runs each gather of `program`.
    abstract void gather(Program program, Known known, Slab slab);

    /// Runs each operation of eight groups of `program`.
    abstract void horner(Program program, Slab slab);

    /// Runs the HDPC recurrence over the intermediate symbols; the sums go to the plan's slots for them.
    abstract void hdpc(Plan plan, Slab slab);

    /// Sums `count` intermediate symbols, at least one, into `out`.
    abstract void sum(int[] columns, int count, Slab slab, byte[] out, int at);
}
