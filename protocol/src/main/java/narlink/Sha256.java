package narlink;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// A SHA-256 hash: always 32 bytes.
public record Sha256(Bytes bytes) implements Comparable<Sha256> {
    public static final int LENGTH = 32;

    public Sha256 {
        if (bytes.size() != LENGTH) {
            throw new IllegalArgumentException("a SHA-256 hash has 32 bytes, not " + bytes.size());
        }
    }

    public static Sha256 of(byte[] data) {
        return new Sha256(Bytes.of(digest().digest(data)));
    }

    public static Sha256 of(byte[] data, int offset, int length) {
        var digest = digest();
        digest.update(data, offset, length);
        return finish(digest);
    }

    public static Sha256 of(Bytes data) {
        var digest = digest();
        digest.update(data.buffer());
        return finish(digest);
    }

    public static Sha256 ofHex(String hex) {
        return new Sha256(Bytes.ofHex(hex));
    }

    /// Ends `digest` and resets it.
    public static Sha256 finish(MessageDigest digest) {
        return new Sha256(Bytes.of(digest.digest()));
    }

    /// A fresh SHA-256 for data that comes in pieces; [#finish] ends it.
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    public String hex() {
        return bytes.hex();
    }

    @Override
    public int compareTo(Sha256 other) {
        return bytes.compareTo(other.bytes);
    }

    @Override
    public String toString() {
        return hex();
    }
}
