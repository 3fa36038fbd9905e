package narlink.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import narlink.testkit.fuzz.FuzzTarget;

/// The body of a segment, of any kind (§4 to §9, §13): what is understood is written and read as the same again.
final class BodyTarget implements FuzzTarget {
    @Override
    public void accept(byte[] input) {
        if (!(Messages.parse(input) instanceof Messages.Parsed.Known known)) return;
        byte[] written = Messages.write(known.message());
        assertEquals(known, Messages.parse(written));
        assertTrue(written.length <= 2 * Frames.MAX_SEGMENT);
    }

    @Override
    public int executions() {
        return 150_000;
    }
}
