/// The conformance vectors of `proto/vectors` (§14): [narlink.testkit.vectors.ConformanceVectors] writes them.
@NullMarked
package narlink.testkit.vectors;

import org.jspecify.annotations.NullMarked;
