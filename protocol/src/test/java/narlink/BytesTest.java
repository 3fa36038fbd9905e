package narlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class BytesTest {
    @Test
    void ordersAsUnsignedBytesWithAPrefixFirst() {
        assertTrue(Bytes.of((byte) 0x7f).compareTo(Bytes.of((byte) 0x80)) < 0);
        assertTrue(Bytes.ofUtf8("a").compareTo(Bytes.ofUtf8("a-b")) < 0);
    }

    @Test
    void laterChangesOfTheArrayDoNotReachTheValue() {
        byte[] array = {1, 2, 3};
        var bytes = Bytes.of(array);
        array[0] = 9;
        bytes.toArray()[1] = 9;
        assertEquals(Bytes.ofHex("010203"), bytes);
    }

    @Test
    void hashesWhatTheStandardSays() {
        assertEquals(
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                Sha256.of(new byte[0]).hex());
    }
}
