package narlink.nix;

import narlink.Bytes;

/// Receives the tree of a NAR while a [NarParser] reads it, in the NAR's order. What was received counts only after
/// [NarParser#end]: the fault of a bad NAR may come last.
///
/// A tree is one node: [#file] with its [#bytes], or [#symlink], or [#directory], then [#enter] and a node for each
/// entry, then [#leave].
public interface NarVisitor {
    /// Takes no notice of anything.
    NarVisitor NONE = new NarVisitor() {};

    default void directory() {}

    /// The next node is the entry `name` of the directory that is open.
    default void enter(Bytes name) {}

    /// The directory opened last is complete.
    default void leave() {}

    /// A file begins.
    ///
    /// @param size how many bytes will come
    default void file(boolean executable, long size) {}

    /// The next piece of a file's contents; the array is the parser's own and changes afterwards.
    default void bytes(byte[] array, int offset, int length) {}

    default void symlink(Bytes target) {}
}
