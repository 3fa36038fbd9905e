package narlink.fec;

/// Replays symbol operations. All kernels give the same bytes; they differ in speed.
abstract class Kernel {
    /// Runs each gather of `program`.
    abstract void gather(Program program, Known known, byte[] slab);

    /// Runs each operation of eight groups of `program`.
    abstract void horner(Program program, byte[] slab, int width);

    /// Runs the HDPC recurrence over the intermediate symbols; the sums go to the plan's slots for them.
    abstract void hdpc(Plan plan, byte[] slab, int width);

    /// Sums `count` intermediate symbols, at least one, into `out`.
    abstract void sum(int[] columns, int count, byte[] slab, int width, byte[] out, int at);
}
