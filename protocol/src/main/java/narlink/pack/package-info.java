/// A deployment as bytes: the [narlink.pack.Manifest] says what it brings, the pack holds the encoded NARs, and both
/// are FEC objects cut into source blocks by [narlink.pack.Layout].
@NullMarked
package narlink.pack;

import org.jspecify.annotations.NullMarked;
