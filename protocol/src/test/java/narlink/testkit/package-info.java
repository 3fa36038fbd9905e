/// What tests of all modules share: arbitraries and stories about real programs. Published as protocol's test jar, with
/// [narlink.testkit.check] for your own pipes and receivers, [narlink.testkit.fuzz] for decoders, and
/// [narlink.testkit.vectors] for other implementations.
@NullMarked
package narlink.testkit;

import org.jspecify.annotations.NullMarked;
