package narlink.flight;

/// One source block as it fills.
///
/// @param needed symbols with which decoding is tried next
/// @param held distinct symbols that are durable
record Block(Stage stage, int needed, int held, int attempts) {
    enum Stage {
        FILLING,
        DECODING,
        DONE
    }

    /// Symbols kept beyond those needed, so that a block that waits for its manifest decodes at the first try.
    private static final int SPARE = 8;

    static Block empty(int k) {
        return new Block(Stage.FILLING, k, 0, 0);
    }

    boolean filling() {
        return stage == Stage.FILLING;
    }

    /// Whether nothing has come of it.
    boolean untouched() {
        return filling() && held == 0 && attempts == 0;
    }

    boolean done() {
        return stage == Stage.DONE;
    }

    boolean full() {
        return filling() && held >= needed;
    }

    /// Whether another symbol would be of use. Past what is needed few are kept: without its manifest a block can't be
    /// decoded, however much of it comes.
    boolean takes() {
        return filling() && held < needed + SPARE;
    }

    Block holding(int symbols) {
        return new Block(stage, needed, symbols, attempts);
    }

    Block decoding() {
        return new Block(Stage.DECODING, needed, held, attempts);
    }

    Block finished() {
        return new Block(Stage.DONE, needed, held, attempts);
    }

    /// It could not be decoded, through no fault of its symbols.
    Block undecided() {
        return new Block(Stage.FILLING, needed, held, attempts);
    }

    /// The rank was short. The next attempt waits for one more symbol, then two, then four: a sender whose symbols
    /// never suffice cannot make the receiver solve once per packet.
    Block undecodable() {
        return new Block(Stage.FILLING, held + (1 << Math.min(attempts, 10)), held, attempts + 1);
    }

    /// Symbols that are missing still.
    int missing() {
        return filling() ? Math.max(1, needed - held) : 0;
    }
}
