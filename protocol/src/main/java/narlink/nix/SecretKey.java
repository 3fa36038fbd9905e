package narlink.nix;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import narlink.Bytes;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.math.ec.rfc7748.X25519;

/// An Ed25519 key pair with its name, as Nix writes it: `NAME:BASE64` of the 32 bytes of the seed and the 32 of the
/// public key. Only [#text] gives the secret away.
public final class SecretKey {
    private final Ed25519PrivateKeyParameters key;
    private final PublicKey publicKey;

    private SecretKey(String name, Ed25519PrivateKeyParameters key) {
        this.key = key;
        this.publicKey = new PublicKey(name, Bytes.of(key.generatePublicKey().getEncoded()));
    }

    public static SecretKey generate(String name) {
        return new SecretKey(name, new Ed25519PrivateKeyParameters(new SecureRandom()));
    }

    /// The key that follows from 32 secret bytes (RFC 8032 §5.1.5).
    public static SecretKey of(String name, byte[] seed) {
        if (seed.length != PublicKey.LENGTH) throw new IllegalArgumentException("a seed has 32 bytes");
        return new SecretKey(name, new Ed25519PrivateKeyParameters(seed, 0));
    }

    /// Reads a key file's text.
    ///
    /// @param text may end with white space, as key files do
    public static SecretKey parse(String text) {
        var stripped = text.strip();
        int colon = stripped.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("a secret key is NAME:BASE64");
        }
        byte[] both = decode(stripped.substring(colon + 1));
        if (both.length != 2 * PublicKey.LENGTH) {
            throw new IllegalArgumentException("a secret key has 64 bytes, not " + both.length);
        }
        var secret = new SecretKey(stripped.substring(0, colon), new Ed25519PrivateKeyParameters(both, 0));
        byte[] half = Arrays.copyOfRange(both, PublicKey.LENGTH, both.length);
        if (!secret.publicKey.key().equals(Bytes.of(half))) {
            throw new IllegalArgumentException("the halves of secret key " + secret.name() + " don't belong together");
        }
        return secret;
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            // The decoder's own message would quote the secret's letters.
            throw new IllegalArgumentException("a secret key is NAME:BASE64; this one is not base64");
        }
    }

    public String name() {
        return publicKey.name();
    }

    public PublicKey publicKey() {
        return publicKey;
    }

    /// The secret itself, for the key's file.
    public String text() {
        var both = new byte[2 * PublicKey.LENGTH];
        key.encode(both, 0);
        publicKey.key().copyTo(both, PublicKey.LENGTH);
        return name() + ':' + Base64.getEncoder().encodeToString(both);
    }

    /// The signature's 64 bytes; equal messages have equal signatures.
    public byte[] sign(byte[] message) {
        var signer = new Ed25519Signer();
        signer.init(true, key);
        signer.update(message, 0, message.length);
        return signer.generateSignature();
    }

    /// What this key and another one's public half have in common: X25519 (RFC 7748 §5) of both, mapped from the
    /// Edwards curve to the Montgomery curve (§4.1). 32 bytes, the same for both sides; to be hashed before use.
    ///
    /// @throws IllegalArgumentException if there is nothing secret to have with the other key
    public byte[] agree(PublicKey other) {
        var hash = new SHA512Digest();
        byte[] seed = key.getEncoded();
        hash.update(seed, 0, seed.length);
        byte[] scalar = new byte[hash.getDigestSize()];
        hash.doFinal(scalar, 0);
        byte[] shared = new byte[X25519.POINT_SIZE];
        if (!X25519.calculateAgreement(scalar, 0, other.montgomery(), 0, shared, 0)) {
            throw new IllegalArgumentException("nothing can be agreed with " + other.name());
        }
        return shared;
    }

    public boolean verify(byte[] message, byte[] signature) {
        return publicKey.verify(message, signature);
    }

    /// The name only.
    @Override
    public String toString() {
        return "SecretKey[" + name() + ']';
    }
}
