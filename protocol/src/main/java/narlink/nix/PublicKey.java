package narlink.nix;

import java.util.Base64;
import narlink.Bytes;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/// An Ed25519 public key with its name, as Nix writes it: `NAME:BASE64`.
public record PublicKey(String name, Bytes key) {
    public static final int LENGTH = 32;
    public static final int SIGNATURE_LENGTH = 64;

    /// Longer key names are nowhere needed.
    public static final int MAX_NAME = 255;

    public PublicKey {
        requireName(name);
        if (key.size() != LENGTH) {
            throw new IllegalArgumentException("an Ed25519 public key has 32 bytes, not " + key.size());
        }
    }

    /// Reads a key file's text.
    ///
    /// @param text may end with white space, as key files do
    public static PublicKey parse(String text) {
        var stripped = text.strip();
        int colon = stripped.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("a public key is NAME:BASE64");
        }
        byte[] key = Base64.getDecoder().decode(stripped.substring(colon + 1));
        return new PublicKey(stripped.substring(0, colon), Bytes.of(key));
    }

    public String text() {
        return name + ':' + Base64.getEncoder().encodeToString(key.toArray());
    }

    /// Whether `signature` is this key's over `message`. Says no, and never throws, for bytes of any kind.
    public boolean verify(byte[] message, byte[] signature) {
        if (signature.length != SIGNATURE_LENGTH) {
            return false;
        }
        try {
            var signer = new Ed25519Signer();
            signer.init(false, new Ed25519PublicKeyParameters(key.toArray()));
            signer.update(message, 0, message.length);
            return signer.verifySignature(signature);
        } catch (IllegalArgumentException e) { // These 32 bytes are no point of the curve: nobody can sign with them.
            return false;
        }
    }

    @Override
    public String toString() {
        return text();
    }

    static void requireName(String name) {
        boolean odd = name.chars().anyMatch(c -> c == ':' || c <= ' ' || c == 0x7f);
        if (name.isEmpty() || name.length() > MAX_NAME || odd) {
            throw new IllegalArgumentException("not the name of a key: \"" + name + '"');
        }
    }
}
