package narlink.flight;

import narlink.Sha256;
import narlink.nix.StoreDigest;

/// What the store held when it was last looked at.
///
/// @param digest [StoreDigest] over the valid paths
record StoreView(Sha256 digest, int validPaths, long freeBytes) {
    static final StoreView NONE = new StoreView(new StoreDigest().digest(), 0, 0);
}
