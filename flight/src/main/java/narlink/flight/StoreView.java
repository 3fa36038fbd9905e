package narlink.flight;

import java.util.Optional;
import narlink.Sha256;
import narlink.wire.Report;

/// What the store held when it was last looked at.
///
/// @param digest [StoreDigest] over the valid paths
/// @param damaged what is known to be damaged; empty if nothing was ever read
record StoreView(Sha256 digest, int validPaths, long freeBytes, Optional<Report.Damage> damaged) {
    /// It has not been looked at yet.
    static final StoreView NONE = new StoreView(Report.NO_DIGEST, 0, 0, Optional.empty());
}
