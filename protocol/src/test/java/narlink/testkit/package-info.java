/// What tests of all modules share: arbitraries and stories about real programs. Published as protocol's test jar.
@NullMarked
package narlink.testkit;

import org.jspecify.annotations.NullMarked;
