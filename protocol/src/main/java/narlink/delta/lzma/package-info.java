/// LZMA2 bit for bit as liblzma makes it, the library that nearly all `.xz` files are made by: so a file that was
/// opened is packed again on board ([narlink.delta]). Other encoders decide otherwise what to take for a match, and
/// each decision moves all bits behind it.
///
/// - [narlink.delta.lzma.LzmaEncoder] makes chunks of what is coded;
/// - a `Finder` knows where the bytes to come have been before, by a hash table (`Heads`) and chains or trees;
/// - a `Choice` decides what to take: `FastChoice` at once, `NormalChoice` by what all ways to the next places would
/// cost;
/// - a `Model` holds the probabilities, codes by them with a `RangeEncoder`, and tells `Prices`.
///
/// §11.42 to §11.45 in `proto/README.md` tell the same.
@NullMarked
package narlink.delta.lzma;

import org.jspecify.annotations.NullMarked;
