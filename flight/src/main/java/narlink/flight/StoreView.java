package narlink.flight;

import java.util.OptionalInt;
import narlink.Sha256;
import narlink.wire.Report;

/// What the store held when it was last looked at.
///
/// @param digest [StoreDigest] over the valid paths
/// @param damaged paths that the last verification found damaged; empty if there never was one
record StoreView(Sha256 digest, int validPaths, long freeBytes, OptionalInt damaged) {
    /// It has not been looked at yet.
    static final StoreView NONE = new StoreView(Report.NO_DIGEST, 0, 0, OptionalInt.empty());
}
