package narlink.nix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import narlink.Bytes;
import narlink.testkit.Vectors;
import org.junit.jupiter.api.Test;

final class SecretKeyTest {
    private static final byte[] MESSAGE = "a message".getBytes(StandardCharsets.UTF_8);

    @Test
    void readsAndWritesNixsKeyFiles() {
        for (var name : List.of("test", "other")) {
            var text = Vectors.nix().text("keys/" + name + ".sec");
            var key = SecretKey.parse(text);
            assertEquals(text.strip(), key.text());
            assertEquals(PublicKey.parse(Vectors.nix().text("keys/" + name + ".pub")), key.publicKey());
            assertEquals(
                    Vectors.nix().text("keys/" + name + ".pub").strip(),
                    key.publicKey().text());
        }
    }

    @Test
    void signsSoThatOnlyThisMessageVerifies() {
        var key = SecretKey.generate("sat-7");
        byte[] signature = key.sign(MESSAGE);
        assertTrue(SecretKey.parse(key.text()).verify(MESSAGE, signature));
        for (int bit = 0; bit < 8 * signature.length; bit++) {
            byte[] changed = signature.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertFalse(key.verify(MESSAGE, changed), "bit " + bit);
        }
        assertFalse(key.verify(new byte[0], signature));
        assertFalse(key.verify(MESSAGE, new byte[63]));
        assertFalse(SecretKey.generate("sat-7").verify(MESSAGE, signature));
    }

    @Test
    void keepsTheSecretOutOfLogsAndErrors() {
        var text = Vectors.nix().text("keys/test.sec").strip();
        var key = SecretKey.parse(text);
        var secret = text.substring(text.indexOf(':') + 1);
        assertFalse(key.toString().contains(secret.substring(0, 8)));
        var spoilt = text.replace('+', '!');
        var error = assertThrows(IllegalArgumentException.class, () -> SecretKey.parse(spoilt));
        assertFalse(String.valueOf(error.getMessage()).contains(secret.substring(0, 4)));
    }

    @Test
    void refusesWhatIsNoKey() {
        var test = Vectors.nix().text("keys/test.sec").strip();
        var other = Vectors.nix().text("keys/other.sec").strip();
        var mixed = test.substring(0, test.indexOf(':') + 41) + other.substring(other.indexOf(':') + 41);
        for (var text :
                List.of("", "a", "a:", ":" + test.split(":")[1], "a:AAAA", "a b:" + test.split(":")[1], mixed)) {
            assertThrows(IllegalArgumentException.class, () -> SecretKey.parse(text), text);
        }
        assertThrows(IllegalArgumentException.class, () -> PublicKey.parse("a:AAAA"));
        assertThrows(IllegalArgumentException.class, () -> new PublicKey("a:b", Bytes.of(new byte[32])));
        byte[] noPoint = new byte[32];
        noPoint[0] = 2;
        assertFalse(new PublicKey("a", Bytes.of(noPoint)).verify(MESSAGE, new byte[64]));
    }
}
