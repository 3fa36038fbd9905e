package narlink.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.PublicKey;

/// Authenticates and hides the symbols of one deployment between one station and one satellite (§3.6): 16 bytes a
/// segment, where a signature takes 64.
public final class Seal {
    /// Bytes of an authenticator.
    public static final int LENGTH = 16;

    private static final String CIPHER = "ChaCha20-Poly1305";
    private static final int NONCE = 12;
    private static final byte[] DOMAIN = "narlink-seal-1\0".getBytes(StandardCharsets.US_ASCII);

    private final SecretKey key;
    private final int deployment;

    private Seal(SecretKey key, int deployment) {
        this.key = key;
        this.deployment = deployment;
    }

    /// @param own the station's key on Earth, the flight key on board
    /// @param other the other one's
    public static Seal between(
            narlink.nix.SecretKey own, PublicKey other, SatelliteName satellite, Announcement announcement) {
        byte[] name = satellite.value().getBytes(StandardCharsets.US_ASCII);
        byte[] info = ByteBuffer.allocate(DOMAIN.length + 1 + name.length + 4)
                .put(DOMAIN)
                .put((byte) name.length)
                .put(name)
                .putInt(announcement.deployment())
                .array();
        try {
            var derived = KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addIKM(own.agree(other))
                            .addSalt(announcement.manifestHash().bytes().toArray())
                            .thenExpand(info, 32));
            return new Seal(new SecretKeySpec(derived, "ChaCha20"), announcement.deployment());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HKDF", e);
        }
    }

    /// Symbols that only who has the key reads.
    Sealed seal(Symbols symbols) {
        if (symbols.deployment() != deployment) throw new IllegalArgumentException("not this deployment's");
        byte[] both = crypt(Cipher.ENCRYPT_MODE, symbols, symbols.data().toArray())
                .orElseThrow(() -> new IllegalStateException("encryption never fails"));
        int length = both.length - LENGTH;
        return new Sealed(
                with(symbols, Bytes.of(Arrays.copyOf(both, length))), Arrays.copyOfRange(both, length, both.length));
    }

    /// The symbols as they were before [#seal]; empty where the tag is not theirs.
    Optional<Symbols> open(Sealed sealed) {
        if (sealed.symbols().deployment() != deployment || sealed.tag().length != LENGTH) return Optional.empty();
        byte[] data = sealed.symbols().data().toArray();
        byte[] both = Arrays.copyOf(data, data.length + LENGTH);
        System.arraycopy(sealed.tag(), 0, both, data.length, LENGTH);
        return crypt(Cipher.DECRYPT_MODE, sealed.symbols(), both).map(plain -> with(sealed.symbols(), Bytes.of(plain)));
    }

    /// @param symbols whose data are encrypted
    record Sealed(Symbols symbols, byte[] tag) {}

    private Optional<byte[]> crypt(int mode, Symbols symbols, byte[] data) {
        byte[] header = header(symbols);
        try {
            var cipher = Cipher.getInstance(CIPHER);
            // No two segments of a deployment have the same header: an ESI is never sent twice.
            byte[] nonce = Arrays.copyOf(Sha256.of(header).bytes().toArray(), NONCE);
            cipher.init(mode, key, new IvParameterSpec(nonce));
            cipher.updateAAD(header);
            return Optional.of(cipher.doFinal(data));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + CIPHER, e);
        }
    }

    private static byte[] header(Symbols symbols) {
        return ByteBuffer.allocate(17)
                .put((byte) (symbols.object() == FecObject.PACK ? 0 : 1))
                .putInt(symbols.block())
                .putInt(symbols.esi())
                .putInt(symbols.poll())
                .putInt(symbols.data().size())
                .array();
    }

    private static Symbols with(Symbols symbols, Bytes data) {
        return new Symbols(
                symbols.deployment(), symbols.object(), symbols.block(), symbols.esi(), data, symbols.poll());
    }
}
