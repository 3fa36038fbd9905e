package narlink.nix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import narlink.Sha256;

/// What a store knows of a valid path. Equal NAR hashes mean equal contents, equal paths don't: builds need not be
/// reproducible.
///
/// @param references the path itself included, if it refers to itself
/// @param deriver information only: it need not be valid anywhere
/// @param signatures each `NAME:BASE64`
/// @param ca a [ContentAddress] as text
public record PathInfo(
        StorePath path,
        Sha256 narHash,
        long narSize,
        SortedSet<StorePath> references,
        Optional<StorePath> deriver,
        List<String> signatures,
        Optional<String> ca) {

    public PathInfo {
        if (narSize < 0) {
            throw new IllegalArgumentException("negative NAR size " + narSize + " of " + path);
        }
        references = Collections.unmodifiableSortedSet(new TreeSet<>(references));
        signatures = List.copyOf(signatures);
        signatures.forEach(PathInfo::requireWord);
        ca.ifPresent(PathInfo::requireWord);
    }

    /// The text that signatures are of.
    public String fingerprint() {
        return references.stream()
                .map(StorePath::toString)
                .collect(
                        Collectors.joining(",", "1;" + path + ';' + HashText.write(narHash) + ';' + narSize + ';', ""));
    }

    /// The same with `key`'s signature, if it isn't there yet.
    public PathInfo signedBy(SecretKey key) {
        var signature = key.name() + ':' + Base64.getEncoder().encodeToString(key.sign(message()));
        if (signatures.contains(signature)) {
            return this;
        }
        var more = new ArrayList<>(signatures);
        more.add(signature);
        return withSignatures(more);
    }

    public PathInfo withSignatures(List<String> others) {
        return new PathInfo(path, narHash, narSize, references, deriver, others, ca);
    }

    /// Whether one good signature by one of `keys` is there; keys are looked up by name, as Nix does.
    public boolean isSignedBy(Collection<PublicKey> keys) {
        return signatures.stream().anyMatch(signature -> keys.stream().anyMatch(key -> isSignature(signature, key)));
    }

    private boolean isSignature(String signature, PublicKey key) {
        if (!signature.startsWith(key.name() + ':')) {
            return false;
        }
        try {
            return key.verify(
                    message(),
                    Base64.getDecoder().decode(signature.substring(key.name().length() + 1)));
        } catch (IllegalArgumentException e) { // Not base64, so not a good signature.
            return false;
        }
    }

    private byte[] message() {
        return fingerprint().getBytes(StandardCharsets.US_ASCII);
    }

    /// Whether the path is content-addressed and its `ca` leads to it, so that it needs no signature. For a NAR's
    /// SHA-256 without self-reference the NAR hash must agree too; else the contents are still to be compared with
    /// the `ca`, which only their reader can do.
    public boolean caLeadsToPath() {
        return contentAddress().filter(this::leadsToPath).isPresent();
    }

    /// The `ca`, if it is of a known kind.
    public Optional<ContentAddress> contentAddress() {
        try {
            return ca.map(ContentAddress::parse);
        } catch (IllegalArgumentException e) { // A kind of a newer Nix, or nonsense: no address for us.
            return Optional.empty();
        }
    }

    private boolean leadsToPath(ContentAddress address) {
        var others = new TreeSet<>(references);
        boolean self = others.remove(path);
        boolean isNarHash = address.method() == ContentAddress.Method.NAR
                && address.algorithm().equals("sha256")
                && !self;
        return address.path(path.name(), others, self).filter(path::equals).isPresent()
                && (!isNarHash || address.hash().equals(narHash.bytes()));
    }

    /// Signatures and addresses stand in lines of narinfo: a line break in one could forge a field.
    private static void requireWord(String text) {
        if (text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            throw new IllegalArgumentException("not a signature or content address: \"" + text + '"');
        }
    }
}
