/// How the NARs of a deployment become one stream of few bytes, and NARs again. A [narlink.delta.Codec] turns them into
/// the pack's bytes and back; [narlink.delta.Solid] is the codec that needs no base: one zstd frame over all NARs.
@NullMarked
package narlink.delta;

import org.jspecify.annotations.NullMarked;
