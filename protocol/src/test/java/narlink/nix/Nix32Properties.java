package narlink.nix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;

final class Nix32Properties {
    @Property
    void decodingUndoesEncoding(@ForAll @Size(max = 80) byte[] bytes) {
        assertArrayEquals(bytes, Nix32.decode(Nix32.encode(bytes)));
    }

    @Property
    void whatIsAcceptedIsWhatWouldBeWritten(@ForAll @CharRange(from = '0', to = 'z') String text) {
        try {
            assertEquals(text, Nix32.encode(Nix32.decode(text)));
        } catch (IllegalArgumentException refused) {
            return; // Most texts are.
        }
    }
}
