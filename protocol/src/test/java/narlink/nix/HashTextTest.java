package narlink.nix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Base64;
import narlink.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HashTextTest {
    private static final Sha256 HASH = Sha256.of(new byte[] {1, 2, 3});

    @Test
    void readsEveryWayInWhichNixWritesThem() {
        var base64 = Base64.getEncoder().encodeToString(HASH.bytes().toArray());
        assertEquals(HASH, HashText.parse(HashText.write(HASH)));
        assertEquals(HASH, HashText.parse(HASH.hex()));
        assertEquals(HASH, HashText.parse("sha256:" + HASH.hex()));
        assertEquals(HASH, HashText.parse("sha256:" + base64));
        assertEquals(HASH, HashText.parse("sha256-" + base64));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sha256:",
                "sha256-",
                "sha256-AAAA",
                "sha256:AAAA",
                "sha512:00",
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "sha256:1z6wirdi83j8zhirkgp37ks8xk60akwzxpd49qklamgv9xq1fiv",
                "sha256:ez6wirdi83j8zhirkgp37ks8xk60akwzxpd49qklamgv9xq1fiv4",
                "zz27171717171717171717171717171717171717171717171717171717171717"
            })
    void refusesAnythingElse(String text) {
        assertThrows(IllegalArgumentException.class, () -> HashText.parse(text));
    }
}
