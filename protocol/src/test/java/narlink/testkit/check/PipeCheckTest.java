package narlink.testkit.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import narlink.simulation.Faults;
import narlink.simulation.FaultyPipe;
import narlink.wire.Frames;
import org.junit.jupiter.api.Test;

/// The check lets pass what narlink can live with, and names what it can't.
final class PipeCheckTest {
    private static Carrier faulty(Faults faults) {
        var pipe = new FaultyPipe(faults, 1);
        return pieces ->
                pieces.stream().flatMap(piece -> pipe.carry(piece).stream()).toList();
    }

    private static List<String> defects(PipeCheck check, Carrier carrier) throws Exception {
        return check.of(carrier).defects();
    }

    @Test
    void aGoodStreamKeepsAll() throws Exception {
        var findings = PipeCheck.stream(1000, 1).of(pieces -> pieces);
        assertEquals(List.of(), findings.defects());
        assertEquals(3, findings.sent() - findings.arrived(), "behind noise, half a frame, and one without end");
        assertEquals(0, findings.late() + findings.repeated());
    }

    @Test
    void lossDamageRepetitionAndOtherOrdersAreBorne() throws Exception {
        var faults = new Faults(0.2, 0.1, 0.1, 0.05, 0.05);
        for (var check : List.of(PipeCheck.stream(1000, 1), PipeCheck.datagrams(1000, 1))) {
            var findings = check.of(faulty(faults));
            findings.require(0.5);
            assertTrue(findings.repeated() > 0 && findings.late() > 0 && findings.bad() > 0, findings.toString());
            assertThrows(AssertionError.class, () -> findings.require(0.9));
        }
    }

    /// A line that flow control by XON and XOFF was left on.
    @Test
    void swallowedBytesAreNamed() throws Exception {
        Carrier cooked =
                pieces -> pieces.stream().map(PipeCheckTest::withoutFlowControl).toList();
        for (var check : List.of(PipeCheck.stream(100, 1), PipeCheck.datagrams(100, 1))) {
            assertEquals(
                    List.of("the path is not transparent: never a frame with bytes 11 13"), defects(check, cooked));
        }
    }

    private static byte[] withoutFlowControl(byte[] piece) {
        var out = new ByteArrayOutputStream();
        for (byte one : piece) {
            if (one != 0x11 && one != 0x13) out.write(one);
        }
        return out.toByteArray();
    }

    @Test
    void aFrameThatIsHeldBackIsNoticed() throws Exception {
        var held = new ArrayList<byte[]>();
        Carrier late = pieces -> {
            var out = List.copyOf(held);
            held.clear();
            held.addAll(pieces);
            return out;
        };
        assertEquals(
                List.of("a frame is held back until another one follows"), defects(PipeCheck.stream(100, 1), late));
    }

    @Test
    void aPathThatGetsStuckIsNoticed() throws Exception {
        var stuck = new ArrayList<byte[]>();
        Carrier wedged = pieces -> {
            if (pieces.stream().anyMatch(piece -> piece.length > Frames.MAX_SEGMENT)) stuck.addAll(pieces);
            return stuck.isEmpty() ? pieces : List.of();
        };
        assertEquals(
                "nothing comes through behind a frame without end",
                defects(PipeCheck.stream(100, 1), wedged).getFirst());
    }

    @Test
    void whatNobodySentIsNoticed() throws Exception {
        Carrier inventive = pieces -> {
            var out = new ArrayList<>(pieces);
            if (pieces.getFirst().length > 90) out.add(Frames.datagram(Arrays.copyOf(new byte[] {1, 2, 3}, 50)));
            return out;
        };
        assertTrue(defects(PipeCheck.datagrams(100, 1), inventive)
                .contains("a frame came out that never went in, 50 bytes"));
    }

    @Test
    void aDeadPathIsCalledSo() throws Exception {
        assertEquals(
                "no frame arrived at all",
                defects(PipeCheck.stream(100, 1), pieces -> List.of()).getFirst());
    }
}
