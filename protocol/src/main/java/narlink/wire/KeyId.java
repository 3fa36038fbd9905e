package narlink.wire;

import java.nio.ByteBuffer;
import narlink.Sha256;
import narlink.nix.PublicKey;

/// Names a key on the wire: the first four bytes of the SHA-256 of the raw public key, big endian. It only finds
/// candidates; the signature decides.
public record KeyId(int value) {
    public static KeyId of(PublicKey key) {
        return new KeyId(ByteBuffer.wrap(Sha256.of(key.key()).bytes().toArray()).getInt());
    }
}
