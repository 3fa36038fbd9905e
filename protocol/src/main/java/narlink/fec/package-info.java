/// RaptorQ (RFC 6330), bit-exact.
@NullMarked
package narlink.fec;

import org.jspecify.annotations.NullMarked;
