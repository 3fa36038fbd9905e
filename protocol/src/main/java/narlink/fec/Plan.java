package narlink.fec;

/// What to do with symbols in order to have all intermediate symbols, found on bits alone: it depends on which
/// symbols are known, never on their bytes, and can be replayed at will. Phases 3 to 5 of RFC 6330 §5.4.2.
///
/// @param slots intermediate symbols (the first L slots) and scratch
/// @param forward the pivots with all inactive symbols taken as zero, and the residual rows
/// @param hdpcAt where the sums of the HDPC rows go
/// @param complete the HDPC sums less the residual rows
/// @param tables all sums of four of these
/// @param free the inactive symbols that only HDPC rows determine
/// @param backward the other inactive symbols, and the pivots once more
record Plan(
        Hdpc hdpc,
        int slots,
        Program forward,
        int hdpcAt,
        Program complete,
        Program tables,
        Program free,
        Program backward) {
    /// Makes the intermediate symbols in `slab`, which has room for all slots.
    void run(Kernel kernel, Known known, Slab slab) {
        kernel.gather(forward, known, slab);
        if (free.size() > 0) kernel.hdpc(this, slab);
        kernel.horner(complete, slab);
        kernel.gather(tables, known, slab);
        kernel.horner(free, slab);
        kernel.gather(backward, known, slab);
    }

    /// Memory that the plan takes, in ints.
    int size() {
        return hdpc.pairs().length
                + forward.code().length
                + complete.code().length
                + tables.code().length
                + free.code().length
                + backward.code().length;
    }
}
