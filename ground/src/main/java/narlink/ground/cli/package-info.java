/// The program `narlink`: what a person types, told back in words and as JSON. Wires the other packages together;
/// nothing depends on it.
@NullMarked
package narlink.ground.cli;

import org.jspecify.annotations.NullMarked;
