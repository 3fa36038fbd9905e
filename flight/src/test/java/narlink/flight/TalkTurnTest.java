package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TalkTurnTest {
    private static final long MILLI = 1_000_000;

    private final TalkTurn turn = new TalkTurn(Duration.ofMillis(150), 0);

    @Test
    void whoIsNotAskedAnswersNothingAndReportsIntoSilence() {
        assertEquals(TalkTurn.NEVER, turn.due(false, 0));
        assertEquals(3000 * MILLI, turn.due(true, 0));
        turn.heard(2000 * MILLI);
        assertEquals(2000 * MILLI, turn.due(true, 3000 * MILLI));
        assertEquals(0, turn.due(true, 5000 * MILLI));
        turn.said(true, 5000 * MILLI);
        assertEquals(3000 * MILLI, turn.due(true, 5000 * MILLI));
        assertEquals(TalkTurn.NEVER, turn.due(false, 60_000 * MILLI));
    }

    @Test
    void whoIsAskedTurnsRoundFirst() {
        turn.heard(1000 * MILLI);
        turn.asked(1000 * MILLI);
        assertEquals(150 * MILLI, turn.due(true, 1000 * MILLI));
        assertEquals(50 * MILLI, turn.due(false, 1100 * MILLI));
        assertEquals(0, turn.due(true, 1150 * MILLI));
    }

    @Test
    void oneReportATurnAndAnswersWhileTheyCome() {
        turn.asked(0);
        turn.said(true, 200 * MILLI);
        assertEquals(2999 * MILLI, turn.due(true, 201 * MILLI));
        for (long now = 1000 * MILLI; now < 10_000 * MILLI; now += 1000 * MILLI) {
            assertEquals(0, turn.due(false, now));
            turn.said(false, now);
        }
        assertEquals(TalkTurn.NEVER, turn.due(false, 12_000 * MILLI), "nothing came for so long that Earth goes on");
        turn.asked(13_000 * MILLI);
        assertEquals(0, turn.due(false, 13_150 * MILLI));
        assertEquals(0, turn.due(true, 13_150 * MILLI));
    }
}
