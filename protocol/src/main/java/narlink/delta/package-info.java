/// How the NARs of a deployment become one stream of few bytes, and NARs again. A [narlink.delta.Codec] turns them into
/// the pack's bytes and back. [narlink.delta.Solid] needs no base: one zstd frame over all NARs. [narlink.delta.Delta]
/// makes new paths of paths on board:
///
/// - `ImageBuilder` turns NARs into [narlink.delta.Image]s: compressed files opened (`Opener`; `Gzip`, `Zip`, `Xz`), in
/// bases
/// store
///   paths put in the place of older ones (`Rewriter`, by each [narlink.delta.Rewrite]);
/// - `Matcher` finds what of the new image is nearly in the base, by a `SuffixArray`, in large images an
/// `AnchorMatcher`
///   with little memory; `Drafts` writes that down, in `Pile`s, `Script` reads it and carries it out, in `Steps`;
/// - a `Source` is where a script gets at the streams: `StreamSource` decodes them, `MixtureEncoder` is told them,
///   `LayoutSource` only goes through them;
/// - `Coder` compresses the streams each by itself, a `Mixture` by all that is known at their place (see
///   [narlink.delta.mixing]); `Streams` lays them in the pack as a decoder needs them;
/// - `Unfolder` makes the NAR of an image, packing again what was opened by its `Recipe` (`Packing`, `Deflate`,
/// `XzShape` with [narlink.delta.lzma]).
///
/// To add a format, see `Opener` and `Packing`: it must be reproduced bit for bit, or left alone (`NewGate`).
@NullMarked
package narlink.delta;

import org.jspecify.annotations.NullMarked;
