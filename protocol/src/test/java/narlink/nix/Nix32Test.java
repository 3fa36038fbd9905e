package narlink.nix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import narlink.testkit.Vectors;
import org.junit.jupiter.api.Test;

final class Nix32Test {
    @Test
    void agreesWithNix() {
        for (var row : Vectors.nix().rows("nix32.tsv")) {
            if (row[0].startsWith("!")) {
                assertThrows(IllegalArgumentException.class, () -> decode32(row[0].substring(1)), row[0]);
            } else {
                byte[] bytes = HexFormat.of().parseHex(row[0]);
                assertEquals(row[1], Nix32.encode(bytes));
                assertArrayEquals(bytes, Nix32.decode(row[1]));
            }
        }
    }

    private static byte[] decode32(String text) {
        byte[] bytes = Nix32.decode(text);
        if (bytes.length != 32) {
            throw new IllegalArgumentException("not 32 bytes");
        }
        return bytes;
    }

    @Test
    void noBytesAreNoDigits() {
        assertEquals("", Nix32.encode(new byte[0]));
        assertArrayEquals(new byte[0], Nix32.decode(""));
    }
}
