/// What every layer speaks: byte strings, hashes, and the step of a state machine.
@NullMarked
package narlink;

import org.jspecify.annotations.NullMarked;
