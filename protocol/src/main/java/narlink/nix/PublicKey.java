package narlink.nix;

import java.math.BigInteger;
import java.util.Base64;
import narlink.Bytes;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/// An Ed25519 public key with its name, as Nix writes it: `NAME:BASE64`.
public record PublicKey(String name, Bytes key) {
    public static final int LENGTH = 32;
    public static final int SIGNATURE_LENGTH = 64;

    private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

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

    /// The u coordinate of this point on the Montgomery curve, (1 + y) / (1 - y), little endian (RFC 7748 §4.1).
    byte[] montgomery() {
        byte[] little = key.toArray();
        byte[] big = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) big[i] = little[LENGTH - 1 - i];
        big[0] &= 0x7f; // The sign of x.
        var y = new BigInteger(1, big).mod(P);
        if (y.equals(BigInteger.ONE)) throw new IllegalArgumentException(name + " is no key");
        var u = BigInteger.ONE
                .add(y)
                .multiply(BigInteger.ONE.subtract(y).modInverse(P))
                .mod(P)
                .toByteArray();
        byte[] out = new byte[LENGTH];
        for (int i = 0; i < Math.min(u.length, LENGTH); i++) out[i] = u[u.length - 1 - i];
        return out;
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
