/// What goes over a pipe. From the outside in: a [narlink.wire.PipeUrl] names the pipe; a frame
/// ([narlink.wire.Frames], [narlink.wire.FrameReader]) finds segment boundaries again after any damage; an
/// [narlink.wire.Envelope] says who signed a segment, or with whom symbols were sealed ([narlink.wire.Seal]); a
/// [narlink.wire.Message] is what the segment says.
///
/// Nothing here does I/O. What a link damages comes out as a value that says why it was refused, never as an
/// exception. Paragraphs (§) are those of `proto/README.md`.
@NullMarked
package narlink.wire;

import org.jspecify.annotations.NullMarked;
