package narlink.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;
import narlink.inventory.Runs;
import narlink.v1.Body;
import narlink.v1.CommandResult;
import narlink.v1.FetchLog;
import narlink.v1.TransmissionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// Numbers beyond their limits make no message, whoever would send it, and a body that says them is malformed.
final class LimitsTest {
    private static final Oti SMALL = new Oti(100, 50, 1);
    private static final Sha256 HASH = Sha256.of(new byte[0]);
    private static final Bytes STORE = Report.shortDigest(HASH);
    private static final Bytes KEY = Bytes.of(new byte[32]);
    private static final Bytes DIGEST = Bytes.of(new byte[StoreQuestion.DIGEST_BYTES]);
    private static final Instant LATER = Instant.ofEpochSecond(4_000_000_000L);

    private static void refused(Executable... made) {
        for (int i = 0; i < made.length; i++) {
            assertThrows(IllegalArgumentException.class, made[i], "the one with number " + i);
        }
    }

    private static Announcement announcement(
            int number, int open, Oti manifest, Oti pack, List<Bytes> keys, List<Integer> supersedes) {
        return new Announcement(number, open, manifest, Optional.of(pack), HASH, STORE, keys, LATER, 1, supersedes);
    }

    @Test
    void announcements() {
        var keys = List.of(KEY);
        var most = Collections.nCopies(Announcement.MAX_STATION_KEYS, KEY);
        var largest = new Oti(Announcement.MAX_MANIFEST, Announcement.MAX_SYMBOL_SIZE, 1);
        assertEquals(9, announcement(9, 9, largest, SMALL, most, List.of(1, 8)).lowestOpen());
        assertEquals(
                largest,
                announcement(9, 1, largest, SMALL, keys, List.of())
                        .oti(FecObject.MANIFEST)
                        .orElseThrow());
        assertEquals(
                SMALL,
                announcement(9, 1, largest, SMALL, keys, List.of())
                        .oti(FecObject.PACK)
                        .orElseThrow());
        refused(
                () -> announcement(0, 0, SMALL, SMALL, keys, List.of()),
                () -> announcement(5, 0, SMALL, SMALL, keys, List.of()),
                () -> announcement(5, 6, SMALL, SMALL, keys, List.of()),
                () -> announcement(5, 1, SMALL, SMALL, List.of(), List.of()),
                () -> announcement(5, 1, SMALL, SMALL, Collections.nCopies(7, KEY), List.of()),
                () -> announcement(5, 1, SMALL, SMALL, List.of(Bytes.of(new byte[31])), List.of()),
                () -> announcement(5, 1, SMALL, SMALL, keys, List.of(0)),
                () -> announcement(5, 1, SMALL, SMALL, keys, List.of(5)),
                () -> announcement(20, 1, SMALL, SMALL, keys, List.of(1, 2, 3, 4, 5, 6, 7, 8, 9)),
                () -> announcement(5, 1, new Oti(Announcement.MAX_MANIFEST + 1, 900, 9), SMALL, keys, List.of()),
                () -> announcement(5, 1, new Oti(100, Announcement.MAX_SYMBOL_SIZE + 1, 1), SMALL, keys, List.of()),
                () -> announcement(5, 1, SMALL, new Oti(100, Announcement.MAX_SYMBOL_SIZE + 1, 1), keys, List.of()),
                () -> announcement(5, 1, SMALL, new Oti(1 << 30, 64, Announcement.MAX_BLOCKS + 1), keys, List.of()),
                () -> announcement(5, 1, SMALL, new Oti(Announcement.MAX_BLOCK_BYTES + 1L, 896, 1), keys, List.of()));
    }

    @Test
    void symbols() {
        var data = Bytes.of(new byte[1]);
        assertEquals(Symbols.MAX_ESI, new Symbols(1, FecObject.PACK, 0, Symbols.MAX_ESI, data, 0).esi());
        refused(
                () -> new Symbols(0, FecObject.PACK, 0, 0, data, 0),
                () -> new Symbols(1, FecObject.PACK, -1, 0, data, 0),
                () -> new Symbols(1, FecObject.PACK, 0, -1, data, 0),
                () -> new Symbols(1, FecObject.PACK, 0, Symbols.MAX_ESI + 1, data, 0),
                () -> new Symbols(1, FecObject.PACK, 0, 0, Bytes.EMPTY, 0));
    }

    @Test
    void commands() {
        var five = Bytes.of(new byte[Command.Action.Collect.MIN_PREFIX]);
        int most = Command.Action.Collect.MAX_BYTES / Command.Action.Collect.MIN_PREFIX;
        assertEquals(
                most,
                new Command.Action.Collect(Collections.nCopies(most, five))
                        .paths()
                        .size());
        assertEquals(63, new Command.Action.Retain("n".repeat(63), 1).profile().length());
        assertEquals(0, new Command.Action.RollBack("a", 0).generation());
        assertEquals(0, new Command.Action.FetchLog(0, 0).offset());
        refused(
                () -> new Command(0, LATER, new Command.Action.Verify()),
                () -> new Command.Action.Cancel(0),
                () -> new Command.Action.Confirm(-1),
                () -> new Command.Action.Activate("", 1),
                () -> new Command.Action.Activate("n".repeat(64), 1),
                () -> new Command.Action.Activate("system", 0),
                () -> new Command.Action.RollBack("system", -1),
                () -> new Command.Action.Retain("system", 0),
                () -> new Command.Action.FetchLog(-1, 0),
                () -> new Command.Action.FetchLog(1, -1),
                () -> new Command.Action.Collect(List.of()),
                () -> new Command.Action.Collect(List.of(Bytes.of(new byte[4]))),
                () -> new Command.Action.Collect(List.of(Bytes.of(new byte[21]))),
                () -> new Command.Action.Collect(Collections.nCopies(most + 1, five)),
                () -> new Command.Action.Collect(List.of(five, Bytes.of(new byte[6]))));
    }

    @Test
    void questions() {
        var ids = new StoreQuestion.Subject.Ids();
        var most = Collections.nCopies(StoreQuestion.MAX_PIECES, StoreQuestion.MAX_PIECE - 1);
        assertEquals(most, new StoreQuestion(1, DIGEST, ids, most, 1).pieces());
        refused(
                () -> new StoreQuestion(0, DIGEST, ids, List.of(0), 1),
                () -> new StoreQuestion(1, Bytes.EMPTY, ids, List.of(0), 1),
                () -> new StoreQuestion(1, DIGEST, ids, List.of(-1), 1),
                () -> new StoreQuestion(1, DIGEST, ids, List.of(StoreQuestion.MAX_PIECE), 1),
                () -> new StoreQuestion(1, DIGEST, ids, Collections.nCopies(17, 0), 1),
                () -> new StoreQuestion(1, DIGEST, ids, List.of(0), 0),
                () -> new StoreQuestion.Subject.Paths(Set.of(), Collections.nCopies(Runs.MAX + 1, 1)));
    }

    @Test
    void answers() {
        var most = Bytes.of(new byte[StoreQuestion.MAX_PIECES * StoreAnswer.PIECE]);
        assertEquals(most, new StoreAnswer(1, 0, StoreQuestion.MAX_PIECE - 1, most).data());
        refused(
                () -> new StoreAnswer(0, 1, 0, DIGEST),
                () -> new StoreAnswer(1, -1, 0, DIGEST),
                () -> new StoreAnswer(1, 1, -1, DIGEST),
                () -> new StoreAnswer(1, 1, StoreQuestion.MAX_PIECE, DIGEST),
                () -> new StoreAnswer(1, 1, 0, Bytes.of(new byte[most.size() + 1])));
    }

    @Test
    void answersAreCutAsTheirSubjectSays() {
        var answer = new StoreAnswer(1, 3000, 0, Bytes.of(new byte[2 * StoreAnswer.PIECE + 1]));
        var sizes = answer.split(new StoreQuestion.Subject.Ids()).stream()
                .map(Bytes::size)
                .toList();
        assertEquals(List.of(StoreAnswer.PIECE, StoreAnswer.PIECE, 1), sizes);
        var cells = answer.split(new StoreQuestion.Subject.Sketch()).stream()
                .map(Bytes::size)
                .toList();
        assertEquals(List.of(288, 288, 288, 288, 288, 288, 97), cells);
        assertEquals(4, StoreAnswer.pieces(3 * StoreAnswer.PIECE + 1));
        assertEquals(1, StoreAnswer.fitting(64));
        assertEquals(1, StoreAnswer.fitting(1024));
        assertEquals(2, StoreAnswer.fitting(2 * StoreAnswer.PIECE + 112));
        assertEquals(1, StoreAnswer.fitting(2 * StoreAnswer.PIECE + 111));
        assertEquals(StoreQuestion.MAX_PIECES, StoreAnswer.fitting(65_536));
        assertEquals(false, answer.moved());
        assertEquals(false, new StoreAnswer(1, 0, 0, DIGEST).moved());
        assertEquals(false, new StoreAnswer(1, 1, 0, Bytes.EMPTY).moved());
        assertEquals(true, new StoreAnswer(1, 0, 0, Bytes.EMPTY).moved());
    }

    @Test
    void reports() {
        refused(() -> report(-1, 0), () -> report(0, -1), () -> new Report.Damage(-1, 0));
        assertEquals(new Report.Damage(2, 5 ^ 6), Report.Damage.NONE.with(5).with(6 | 1L << 40));
        assertEquals(0, report(0, 0).boots());
    }

    private static Report report(int paths, long free) {
        return new Report(
                7,
                1,
                0,
                LATER,
                STORE,
                paths,
                free,
                "aarch64-linux",
                0,
                0,
                0,
                Map.of(),
                List.of(),
                List.of(),
                1,
                0,
                List.of(),
                Optional.empty());
    }

    @Test
    void aReportIsOfOneDeploymentOnly() {
        var announcement = announcement(5, 1, SMALL, SMALL, List.of(KEY), List.of());
        assertEquals(true, told(5, Report.DeploymentReport.prefix(announcement)).isOf(announcement));
        assertEquals(
                false, told(4, Report.DeploymentReport.prefix(announcement)).isOf(announcement));
        assertEquals(false, told(5, DIGEST).isOf(announcement));
    }

    private static Report.DeploymentReport told(int number, Bytes prefix) {
        var missing = new Report.Missing(1, List.of(2));
        var told = new Report.DeploymentReport(
                number,
                DeploymentState.RECEIVING,
                "",
                0,
                1,
                0,
                0,
                Report.Missing.NONE,
                missing,
                -1,
                Bytes.EMPTY,
                prefix);
        assertEquals(missing, told.missing(FecObject.PACK));
        assertEquals(Report.Missing.NONE, told.missing(FecObject.MANIFEST));
        return told;
    }

    @Test
    void statesEndOrWaitOrActivate() {
        var ended = EnumSet.of(
                DeploymentState.CONFIRMED,
                DeploymentState.ROLLED_BACK,
                DeploymentState.FAILED,
                DeploymentState.CANCELLED,
                DeploymentState.EXPIRED,
                DeploymentState.SUPERSEDED);
        var waiting = EnumSet.of(
                DeploymentState.AWAITING_REBOOT,
                DeploymentState.AWAITING_CONFIRMATION,
                DeploymentState.ROLLBACK_FAILED);
        var before = EnumSet.of(DeploymentState.RECEIVING, DeploymentState.STORED);
        for (var state : DeploymentState.values()) {
            assertEquals(ended.contains(state), state.ended(), state.name());
            assertEquals(waiting.contains(state), state.waits(), state.name());
            assertEquals(!ended.contains(state) && !before.contains(state), state.activates(), state.name());
        }
    }

    private static Messages.Parsed parsed(Body.Builder body) {
        return Messages.parse(body.build().toByteArray());
    }

    @Test
    void bodiesThatSaySuchNumbersAreMalformed() {
        for (var body : List.of(
                Body.newBuilder()
                        .setSymbols(
                                narlink.v1.Symbols.newBuilder().setDeployment(1).setObjectValue(9)),
                Body.newBuilder().setSymbols(narlink.v1.Symbols.newBuilder().setDeployment(1)),
                report(CommandResult.newBuilder().setOutcomeValue(0)),
                report(CommandResult.newBuilder().setOutcomeValue(9)),
                Body.newBuilder().setReport(good().addDeployments(narlink.v1.DeploymentReport.newBuilder())),
                Body.newBuilder()
                        .setReport(good().addDeployments(
                                        narlink.v1.DeploymentReport.newBuilder().setStateValue(99))),
                Body.newBuilder().setReport(good().setTime(-1)),
                Body.newBuilder().setReport(good().setTime(253_402_300_800L)),
                Body.newBuilder().setReport(good().setStoreDigest(ByteString.copyFrom(new byte[31]))),
                command().setCommand(order().setCollect(collect(0, 20))),
                command().setCommand(order().setCollect(collect(7, 20))),
                Body.newBuilder()
                        .setQuestion(question(narlink.v1.StoreQuestion.Subject.SUBJECT_PATHS)
                                .addRuns(-1)),
                Body.newBuilder()
                        .setAnnouncement(narlink.v1.Announcement.newBuilder()
                                .setManifest(TransmissionInfo.newBuilder().setTransferLength(-1))))) {
            assertInstanceOf(Messages.Parsed.Malformed.class, parsed(body), body.toString());
        }
        assertInstanceOf(Messages.Parsed.Malformed.class, Messages.parse(new byte[] {10, 5, 1}));
    }

    private static Body.Builder command() {
        return Body.newBuilder();
    }

    private static narlink.v1.Command.Builder order() {
        return narlink.v1.Command.newBuilder().setNumber(1);
    }

    private static narlink.v1.CollectGarbage.Builder collect(int prefix, int bytes) {
        return narlink.v1.CollectGarbage.newBuilder().setPrefix(prefix).setPaths(ByteString.copyFrom(new byte[bytes]));
    }

    private static narlink.v1.StoreQuestion.Builder question(narlink.v1.StoreQuestion.Subject subject) {
        return narlink.v1.StoreQuestion.newBuilder()
                .setNumber(1)
                .setStoreDigest(ByteString.copyFrom(new byte[8]))
                .setSubject(subject);
    }

    private static narlink.v1.Report.Builder good() {
        return narlink.v1.Report.newBuilder().setStoreDigest(ByteString.copyFrom(new byte[32]));
    }

    private static Body.Builder report(CommandResult.Builder result) {
        return Body.newBuilder().setReport(good().addResults(result));
    }

    /// A sender of a newer version is not to be blamed.
    @Test
    void whatIsNotKnownYetIsUnknown() {
        for (var body : List.of(
                Body.newBuilder(),
                command().setCommand(order()),
                Body.newBuilder().setQuestion(question(narlink.v1.StoreQuestion.Subject.SUBJECT_UNSPECIFIED)),
                Body.newBuilder()
                        .setQuestion(question(narlink.v1.StoreQuestion.Subject.SUBJECT_SKETCH)
                                .setSubjectValue(77)))) {
            assertInstanceOf(Messages.Parsed.Unknown.class, parsed(body), body.toString());
        }
        assertInstanceOf(
                Messages.Parsed.Known.class, parsed(command().setCommand(order().setFetchLog(FetchLog.newBuilder()))));
    }
}
