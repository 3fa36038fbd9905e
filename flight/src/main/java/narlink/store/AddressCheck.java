package narlink.store;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Map;
import narlink.Bytes;
import narlink.nix.ContentAddress;
import narlink.nix.NarException;
import narlink.nix.NarVisitor;
import narlink.nix.PathInfo;
import narlink.nix.PublicKey;

/// Whether a path may be believed, for stores without a Nix that asks that: it carries a signature by a trusted key,
/// or its contents lead to its name. Where that takes the hash of a file, it is made while the NAR streams by.
final class AddressCheck implements NarVisitor {
    /// Other algorithms of content addresses, MD5 and SHA-1, prove nothing any more.
    private static final Map<String, String> ALGORITHMS = Map.of("sha256", "SHA-256", "sha512", "SHA-512");

    private final PathInfo info;
    private final Bytes wanted; // Empty: nothing is to be compared.
    private final MessageDigest digest;
    private boolean plainFile;

    private AddressCheck(PathInfo info, Bytes wanted, String algorithm) {
        this.info = info;
        this.wanted = wanted;
        try {
            digest = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK has " + algorithm, e);
        }
    }

    /// @param keys empty: everything is believed
    static AddressCheck of(PathInfo info, Collection<PublicKey> keys) throws IOException {
        if (keys.isEmpty() || info.isSignedBy(keys)) {
            return new AddressCheck(info, Bytes.EMPTY, "SHA-256");
        }
        var address = info.contentAddress().filter(unused -> info.caLeadsToPath());
        if (address.isPresent()) {
            if (address.get().method() != ContentAddress.Method.NAR) {
                return new AddressCheck(
                        info,
                        address.get().hash(),
                        ALGORITHMS.getOrDefault(address.get().algorithm(), ""));
            } else if (address.get().hash().equals(info.narHash().bytes())) {
                return new AddressCheck(info, Bytes.EMPTY, "SHA-256");
            }
        }
        throw new IOException(info.path() + " has no signature by a trusted key ("
                + String.join(", ", keys.stream().map(PublicKey::name).toList())
                + ") and no content address that could replace one; sign it or add its key");
    }

    @Override
    public void file(boolean executable, long size) {
        plainFile = !executable;
    }

    @Override
    public void directory() {
        plainFile = false;
    }

    @Override
    public void bytes(byte[] array, int offset, int length) {
        if (!wanted.isEmpty()) {
            digest.update(array, offset, length);
        }
    }

    /// To be asked before the NAR's last bytes go on.
    void end() throws NarException {
        if (!wanted.isEmpty() && !(plainFile && Bytes.of(digest.digest()).equals(wanted))) {
            throw new NarException(info.narSize(), "its contents don't lead to " + info.path() + " as its ca says");
        }
    }
}
