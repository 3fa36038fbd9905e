package narlink.flight;

import java.util.List;
import narlink.Sha256;
import narlink.nix.StoreDigest;
import narlink.wire.Report;

/// What the store held when it was last looked at.
///
/// @param digest [StoreDigest] over the valid paths
record StoreView(Sha256 digest, int validPaths, long freeBytes, List<Report.ProfileReport> profiles) {
    static final StoreView NONE = new StoreView(new StoreDigest().digest(), 0, 0, List.of());

    StoreView {
        profiles = List.copyOf(profiles);
    }
}
