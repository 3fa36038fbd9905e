package narlink.nix;

import java.util.Base64;
import java.util.HexFormat;
import narlink.Bytes;
import narlink.Sha256;

/// Hashes in the texts that Nix reads: nix32, hex or base64 behind `sha256:`, base64 behind `sha256-`, or bare hex.
final class HashText {
    private static final String NAME = "sha256";

    private HashText() {}

    /// What narinfo and fingerprints hold.
    static String write(Sha256 hash) {
        return NAME + ':' + Nix32.encode(hash.bytes().toArray());
    }

    static Sha256 parse(String text) {
        if (text.startsWith(NAME + '-')) {
            return new Sha256(Bytes.of(base64(text.substring(NAME.length() + 1), Sha256.LENGTH)));
        }
        boolean bare = text.length() == 2 * Sha256.LENGTH;
        if (!bare && !text.startsWith(NAME + ':')) {
            throw new IllegalArgumentException("not a SHA-256 hash: \"" + text + '"');
        }
        return new Sha256(Bytes.of(digits(bare ? text : text.substring(NAME.length() + 1), Sha256.LENGTH)));
    }

    /// A hash of `length` bytes; how it is written shows in how long it is.
    static byte[] digits(String text, int length) {
        if (text.length() == 2 * length) {
            return HexFormat.of().parseHex(text);
        }
        return text.length() == Nix32.digits(length) ? Nix32.decode(text) : base64(text, length);
    }

    private static byte[] base64(String text, int length) {
        byte[] bytes = Base64.getDecoder().decode(text);
        if (bytes.length != length) {
            throw new IllegalArgumentException("a hash of " + length + " bytes is not \"" + text + '"');
        }
        return bytes;
    }
}
