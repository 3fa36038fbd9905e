/// Bad links on demand: what a [narlink.simulation.FaultyPipe] does to frames follows from a seed alone, so that
/// every failure can be played again.
@NullMarked
package narlink.simulation;

import org.jspecify.annotations.NullMarked;
