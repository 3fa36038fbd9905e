package narlink.ground;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.wire.Report;
import narlink.wire.Report.CommandResult;
import narlink.wire.Report.CommandResult.Outcome;
import narlink.wire.SatelliteName;
import org.junit.jupiter.api.Test;

final class CommandSendingTest {
    private static final Instant NOON = Instant.parse("2027-01-01T12:00:00Z");
    private static final Duration ANSWER = Duration.ofSeconds(2);

    @Test
    void theNextIsSaidOnlyOnceThoseBeforeWereHeard() {
        var sending = new CommandSending(List.of(command(5), command(3)), true, ANSWER);
        assertEquals(3, said(sending, NOON));
        assertEquals(0, said(sending, NOON.plusMillis(1999)));
        assertEquals(3, said(sending, NOON.plusSeconds(2))); // It may have got lost.
        sending.on(report(2), NOON.plusSeconds(2));
        assertEquals(0, said(sending, NOON.plusSeconds(3)));
        sending.on(report(3, Outcome.DONE), NOON.plusSeconds(3));
        assertEquals(5, said(sending, NOON.plusSeconds(3)));
        assertFalse(sending.over(NOON.plusSeconds(3)));
        sending.on(report(5, Outcome.PENDING), NOON.plusSeconds(4));
        assertEquals(0, said(sending, NOON.plusSeconds(10)));
        assertFalse(sending.over(NOON.plusSeconds(5)));
        sending.on(report(5, Outcome.DONE), NOON.plusSeconds(6));
        assertTrue(sending.over(NOON.plusSeconds(6)));
    }

    @Test
    void anOutcomeIsNotWaitedForWithoutEnd() {
        var sending = new CommandSending(List.of(command(1)), true, ANSWER);
        assertEquals(1, said(sending, NOON));
        sending.on(report(1, Outcome.PENDING), NOON);
        assertFalse(sending.over(NOON.plusSeconds(15)));
        assertTrue(sending.over(NOON.plusSeconds(17)));
    }

    @Test
    void whereNobodyAnswersEachIsSaidSeveralTimesInOrder() {
        var sending = new CommandSending(List.of(command(5), command(3)), false, ANSWER);
        var said = new ArrayList<Integer>();
        for (int number = said(sending, NOON); number != 0; number = said(sending, NOON)) said.add(number);
        assertEquals(List.of(3, 3, 3, 5, 5, 5), said);
    }

    private static int said(CommandSending sending, Instant now) {
        return sending.next(now).map(segment -> (int) segment[0]).orElse(0);
    }

    private static QueuedCommand command(int number) {
        return new QueuedCommand(
                new SatelliteName("sat"),
                number,
                NOON,
                NOON.plusSeconds(1000),
                "",
                new byte[] {(byte) number},
                QueuedCommand.State.QUEUED,
                Bytes.EMPTY,
                0);
    }

    private static Report report(int command, Outcome... outcomes) {
        var results = Optional.of(outcomes).filter(list -> list.length > 0).stream()
                .map(list -> new CommandResult(command, list[0], Bytes.EMPTY, 0))
                .toList();
        return new Report(
                1,
                1,
                0,
                NOON,
                Report.shortDigest(Sha256.of(new byte[0])),
                0,
                0,
                "",
                0,
                0,
                0,
                Map.of(),
                List.of(),
                List.of(),
                1,
                command,
                results,
                java.util.Optional.empty());
    }
}
