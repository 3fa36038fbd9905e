package narlink.nix;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Collectors;
import narlink.Bytes;
import narlink.Sha256;

/// What a `ca` field says: how contents and name lead to the store path, so that the path proves its contents and
/// needs no signature.
///
/// @param algorithm `sha256`, or for [Method#FLAT] and [Method#NAR] also `md5`, `sha1`, `sha512`
public record ContentAddress(Method method, String algorithm, Bytes hash) {
    /// What the hash is of.
    public enum Method {
        /// A file's contents; the path may have references, but not to itself.
        TEXT("text:"),
        /// The NAR.
        NAR("fixed:r:"),
        /// A file's contents; no references.
        FLAT("fixed:");

        private final String prefix;

        Method(String prefix) {
            this.prefix = prefix;
        }
    }

    private static final Map<String, Integer> LENGTHS = Map.of("md5", 16, "sha1", 20, "sha256", 32, "sha512", 64);

    public ContentAddress {
        var length = LENGTHS.get(algorithm);
        if (length == null || length != hash.size() || (method == Method.TEXT && !algorithm.equals("sha256"))) {
            throw new IllegalArgumentException(
                    "no content address by " + algorithm + " with " + hash.size() + " bytes");
        }
    }

    /// Reads a `ca` field.
    ///
    /// @throws IllegalArgumentException if `ca` is not one of the kinds known here (`fixed:git:` is not)
    public static ContentAddress parse(String ca) {
        for (var method : Method.values()) {
            if (!ca.startsWith(method.prefix)) {
                continue;
            }
            int colon = ca.indexOf(':', method.prefix.length());
            var algorithm = colon < 0 ? "" : ca.substring(method.prefix.length(), colon);
            var length = LENGTHS.get(algorithm);
            if (length != null) {
                return new ContentAddress(
                        method, algorithm, Bytes.of(HashText.digits(ca.substring(colon + 1), length)));
            }
        }
        throw new IllegalArgumentException("unknown kind of content address: \"" + ca + '"');
    }

    /// The store path of such contents with that name; empty where Nix allows no such references.
    ///
    /// @param references without the path itself
    /// @param self whether the path refers to itself
    public Optional<StorePath> path(String name, SortedSet<StorePath> references, boolean self) {
        var listed = references.stream().map(path -> ":" + path).collect(Collectors.joining());
        return switch (method) {
            case TEXT -> self ? Optional.empty() : Optional.of(path("text" + listed, hash.hex(), name));
            case NAR -> {
                if (algorithm.equals("sha256")) {
                    yield Optional.of(path("source" + listed + (self ? ":self" : ""), hash.hex(), name));
                }
                yield fixedOutput(name, listed.isEmpty() && !self);
            }
            case FLAT -> fixedOutput(name, listed.isEmpty() && !self);
        };
    }

    private Optional<StorePath> fixedOutput(String name, boolean allowed) {
        if (!allowed) {
            return Optional.empty();
        }
        var inner = "fixed:out:" + (method == Method.NAR ? "r:" : "") + algorithm + ':' + hash.hex() + ':';
        return Optional.of(path("output:out", sha256(inner).hex(), name));
    }

    private static StorePath path(String type, String inner, String name) {
        var fingerprint = type + ":sha256:" + inner + ':' + StorePath.STORE_DIR + ':' + name;
        return StorePath.of(fold(sha256(fingerprint)), name);
    }

    private static Sha256 sha256(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /// A hash pressed into the 20 bytes of a store path: byte i goes onto byte i modulo 20.
    private static byte[] fold(Sha256 hash) {
        byte[] folded = new byte[StorePath.DIGEST_BYTES];
        for (int i = 0; i < Sha256.LENGTH; i++) {
            folded[i % folded.length] ^= hash.bytes().at(i);
        }
        return folded;
    }

    @Override
    public String toString() {
        return method.prefix + algorithm + ':' + HexFormat.of().formatHex(hash.toArray());
    }
}
