/// Pipes by the JDK's own channels: one end of whatever byte stream or datagram channel the comms provide, as segments
/// in and segments out. Open one with [narlink.pipe.Pipes].
@NullMarked
package narlink.pipe;

import org.jspecify.annotations.NullMarked;
