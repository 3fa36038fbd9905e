package narlink.fec;

/// The memory of the intermediate symbols and of scratch symbols, by slots.
///
/// @param at where slot 0 begins
/// @param width bytes of a symbol, a multiple of [Known#UNIT]
record Slab(byte[] bytes, int at, int width) {
    /// G1 puts an array of half a region or more at the start of a region, and its bytes come after a header of 16. So
    /// a large slab begins on a cache line, and no vector of 64 bytes lies on two of them. Other collectors and
    /// smaller arrays win nothing by it and lose nothing.
    private static final int AT = 48;

    static Slab of(int slots, int width) {
        return new Slab(new byte[Math.addExact(AT, Math.multiplyExact(slots, width))], AT, width);
    }

    int slots() {
        return (bytes.length - at) / width;
    }

    /// Where `slot` begins.
    int offset(int slot) {
        return at + slot * width;
    }
}
