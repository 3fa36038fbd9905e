package narlink.delta;

/// The streams that a pack of [Delta] consists of, each coded by itself, over all paths.
enum Stream {
    /// How each path is made: method, sizes, closed and packed files.
    PATHS(4 << 20),
    COPIES(4 << 20),
    ADDS(4 << 20),
    INSERTS(4 << 20),
    SEEKS(4 << 20),
    DIFFERENCES(8 << 20),
    LITERALS(32 << 20);

    /// The decoder's window; all of them together are the memory that decoding takes.
    final int window;

    Stream(int window) {
        this.window = window;
    }
}
