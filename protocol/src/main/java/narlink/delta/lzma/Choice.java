package narlink.delta.lzma;

/// Decides what symbol comes next.
abstract sealed class Choice permits FastChoice, NormalChoice {
    static final int LITERAL = -1;

    /// What the symbol is: a literal, the index of a distance that is remembered, or, above those, a distance.
    int symbol;

    /// Bytes that it stands for.
    int length;

    abstract void next(int place);

    final void choose(int chosen, int bytes) {
        symbol = chosen;
        length = bytes;
    }
}
