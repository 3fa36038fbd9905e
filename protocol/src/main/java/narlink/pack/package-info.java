/// A deployment as bytes: the [narlink.pack.Manifest] says what it brings, the pack holds the encoded NARs, and both
/// are FEC objects cut into source blocks by [narlink.pack.Layout].
///
/// A manifest travels as its [narlink.pack.Outline]: a path that was only built anew is told by the hash in its name,
/// its base and a check. What else it is, its name, size and references, both ends work out from what the store knows
/// of the base: a [narlink.pack.Board].
@NullMarked
package narlink.pack;

import org.jspecify.annotations.NullMarked;
