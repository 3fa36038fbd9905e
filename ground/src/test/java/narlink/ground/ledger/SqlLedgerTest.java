package narlink.ground.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;
import narlink.ground.Deployment;
import narlink.ground.Ledger;
import narlink.ground.Mirror;
import narlink.ground.QueuedCommand;
import narlink.ground.Satellite;
import narlink.nix.SecretKey;
import narlink.nix.StorePath;
import narlink.wire.Announcement;
import narlink.wire.Command;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.Report;
import narlink.wire.SatelliteName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlLedgerTest {
    private static final SatelliteName NAME = new SatelliteName("sat");
    private static final SecretKey KEY = SecretKey.generate("key-1");
    private static final Sha256 HASH = Sha256.of(new byte[0]);
    private static final StorePath PATH = StorePath.of(new byte[20], "a");

    @TempDir
    Path directory;

    private @org.jspecify.annotations.Nullable SqlLedger opened;

    Database database() {
        return Database.file(directory.resolve("narlink.db"));
    }

    @AfterEach
    void close() {
        ledger().close();
    }

    private SqlLedger ledger() {
        return java.util.Objects.requireNonNull(opened);
    }

    @BeforeEach
    void open() throws IOException {
        opened = SqlLedger.open(database());
        ledger().add(new Satellite(NAME, KEY.publicKey(), Optional.empty()));
    }

    @Test
    void whatWasWrittenIsThereWhenItIsOpenedAgain() throws IOException {
        var deployment = deployment(1);
        ledger().add(deployment);
        ledger().believe(NAME, List.of(item(Mirror.Belief.PREDICTED)));
        var again = SqlLedger.open(database());
        assertEquals(KEY.publicKey(), again.satellite(NAME).orElseThrow().flightKey());
        var read = again.deployments(NAME).getFirst();
        assertEquals(deployment.announcement(), read.announcement());
        assertArrayEquals(deployment.manifest(), read.manifest());
        assertEquals(deployment.objects(), read.objects());
        assertEquals(deployment.targets(), read.targets());
        assertEquals(1, again.mirror(NAME).paths().size());
        assertEquals(2, again.nextNumber(NAME));
        assertEquals(1, again.lowestOpen(NAME));
    }

    @Test
    void noEsiIsLeasedTwiceHoweverManyAsk() throws InterruptedException {
        ledger().add(deployment(1));
        var taken = new ConcurrentSkipListSet<Integer>();
        var threads = new java.util.ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int j = 0; j < 25; j++) {
                    int first = ledger().lease(NAME, 1, FecObject.PACK, 0, 3);
                    for (int esi = first; esi < first + 3; esi++) assertTrue(taken.add(esi));
                }
            }));
        }
        for (var thread : threads) thread.join();
        assertEquals(300, taken.size());
        assertArrayEquals(new int[] {300}, ledger().used(NAME, 1, FecObject.PACK, 1));
    }

    @Test
    void onlyTheEndOfTheLastLeaseIsTakenBack() {
        ledger().add(deployment(1));
        int first = ledger().lease(NAME, 1, FecObject.PACK, 0, 100);
        ledger().giveBack(NAME, 1, FecObject.PACK, 0, first + 40, first + 100);
        assertEquals(40, ledger().lease(NAME, 1, FecObject.PACK, 0, 10));
        ledger().giveBack(NAME, 1, FecObject.PACK, 0, 0, 40); // Leased behind it since.
        assertEquals(50, ledger().lease(NAME, 1, FecObject.PACK, 0, 1));
    }

    @Test
    void aCommandsNumberNeverHasOtherContents() throws IOException {
        var now = Instant.ofEpochSecond(1_800_000_000L);
        assertEquals(1, ledger().nextCommand(NAME));
        assertTrue(ledger().add(command(1, 7)));
        assertFalse(ledger().add(command(1, 8)));
        assertEquals(2, ledger().nextCommand(NAME));
        ledger().answer(NAME, 1, QueuedCommand.State.REFUSED, Bytes.ofUtf8("no"), 0);
        ledger().happened(NAME, now, "one");
        ledger().happened(NAME, now.minusSeconds(60), "two"); // The clock was set back.
        var again = SqlLedger.open(database());
        var read = again.commands(NAME).getFirst();
        assertEquals(new Command.Action.Confirm(7), read.action());
        assertEquals(QueuedCommand.State.REFUSED, read.state());
        assertEquals("no", read.answer().utf8());
        assertEquals(
                List.of("one", "two"),
                again.history(NAME).stream().map(Ledger.Event::what).toList());
        ledger().remove(NAME);
        assertTrue(again.commands(NAME).isEmpty() && again.history(NAME).isEmpty());
    }

    private static QueuedCommand command(int number, int deployment) {
        var expires = Instant.ofEpochSecond(1_900_000_000L);
        var command = new Command(number, expires, new Command.Action.Confirm(deployment));
        return new QueuedCommand(
                NAME,
                number,
                Instant.EPOCH,
                expires,
                "confirm",
                Envelope.seal(command, KEY, Envelope.Direction.UP, NAME),
                QueuedCommand.State.QUEUED,
                Bytes.EMPTY,
                0);
    }

    @Test
    void symbolsRunOutOnceAndForAll() {
        ledger().add(deployment(1));
        ledger().lease(NAME, 1, FecObject.PACK, 0, 1 << 24);
        var error = assertThrows(IllegalStateException.class, () -> ledger().lease(NAME, 1, FecObject.PACK, 0, 1));
        assertTrue(String.valueOf(error.getMessage()).contains("send the target again"), error.getMessage());
        assertArrayEquals(new int[] {1 << 24}, ledger().used(NAME, 1, FecObject.PACK, 1));
    }

    @Test
    void anOlderReportChangesNothing() {
        ledger().add(deployment(1));
        ledger().lease(NAME, 1, FecObject.PACK, 0, 7);
        assertTrue(ledger().report(NAME, report(5), new byte[] {5}, Instant.EPOCH));
        assertArrayEquals(new int[] {7}, ledger().settled(NAME, 1, FecObject.PACK, 1));
        ledger().lease(NAME, 1, FecObject.PACK, 0, 7);
        assertFalse(ledger().report(NAME, report(5), new byte[] {9}, Instant.EPOCH));
        assertFalse(ledger().report(NAME, report(4), new byte[] {4}, Instant.EPOCH));
        assertArrayEquals(
                new byte[] {5}, ledger().lastReport(NAME).orElseThrow().segment());
        assertArrayEquals(new int[] {7}, ledger().settled(NAME, 1, FecObject.PACK, 1));
    }

    @Test
    void whatIsAcknowledgedIsNotMerelyPredictedAgain() {
        ledger().believe(NAME, List.of(item(Mirror.Belief.ACKNOWLEDGED)));
        ledger().believe(NAME, List.of(item(Mirror.Belief.PREDICTED)));
        assertEquals(1, ledger().mirror(NAME).acknowledged());
    }

    @Test
    void theFleetIsToldInShort() {
        var other = new SatelliteName("other");
        ledger().add(new Satellite(other, KEY.publicKey(), Optional.empty()));
        for (int number = 1; number <= 4; number++) ledger().add(deployment(number));
        for (int number : List.of(1, 3, 4)) {
            var state = number == 4 ? Deployment.State.FAILED : Deployment.State.CONFIRMED;
            ledger().progress(NAME, number, new Deployment.Progress(state, "because", 1, 1, 0, "", false, false));
        }
        ledger().believe(NAME, List.of(item(Mirror.Belief.ACKNOWLEDGED)));
        ledger().report(NAME, report(1), new byte[] {7}, Instant.EPOCH);
        assertTrue(ledger().add(command(1, 7)));
        ledger().places().freeze(NAME, true);
        var fleet = ledger().fleet();
        assertEquals(
                List.of(other, NAME),
                fleet.stream().map(narlink.ground.FleetMember::satellite).toList());
        var told = fleet.getLast();
        assertEquals(Map.of(Mirror.Belief.ACKNOWLEDGED, 1L), told.paths());
        assertEquals(Instant.EPOCH, told.report().orElseThrow().heard());
        assertTrue(told.frozen() && told.waiting());
        assertEquals(1, told.openCommands());
        assertEquals(
                List.of(2, 4),
                told.deployments().stream()
                        .map(narlink.ground.FleetMember.Brief::number)
                        .toList(),
                "what is open, and the newest");
        var newest = told.deployments().getLast();
        assertEquals(deployment(4).blocks(), newest.blocks());
        assertEquals(deployment(4).objects().size(), newest.paths());
        assertEquals("because", newest.reason());
        assertFalse(fleet.getFirst().waiting() || fleet.getFirst().frozen());
    }

    @Test
    void aRemovedSatelliteLeavesNothing() {
        ledger().add(deployment(1));
        ledger().believe(NAME, List.of(item(Mirror.Belief.PREDICTED)));
        ledger().report(NAME, report(1), new byte[1], Instant.EPOCH);
        ledger().remove(NAME);
        assertTrue(ledger().satellites().isEmpty());
        assertTrue(ledger().deployments(NAME).isEmpty());
        assertTrue(ledger().mirror(NAME).paths().isEmpty());
        assertTrue(ledger().lastReport(NAME).isEmpty());
    }

    @Test
    void aFileThatIsNoDatabaseIsToldSo() throws IOException {
        var file = directory.resolve("junk.db");
        Files.write(file, new byte[5000]);
        Files.writeString(file, "this is not a database at all, but long enough to be taken for one".repeat(50));
        var error = assertThrows(IOException.class, () -> SqlLedger.open(file));
        assertTrue(String.valueOf(error.getMessage()).contains("cannot open the ledger"), error.getMessage());
    }

    private static Mirror.Item item(Mirror.Belief belief) {
        return new Mirror.Item(PATH, HASH, 120, belief);
    }

    private static Report report(long sequence) {
        return new Report(
                sequence,
                1,
                0,
                Instant.EPOCH,
                Report.shortDigest(HASH),
                0,
                0,
                "x86_64-linux",
                0,
                0,
                0,
                Map.of(),
                List.of(),
                List.of(),
                1,
                0,
                List.of(),
                java.util.Optional.empty());
    }

    private static Deployment deployment(int number) {
        var announcement = new Announcement(
                number,
                number,
                new Oti(3, 8, 1),
                Optional.of(new Oti(1000, 16, 1)),
                HASH,
                Report.shortDigest(HASH),
                List.of(Bytes.of(new byte[32])),
                Instant.ofEpochSecond(4_000_000_000L),
                1);
        return new Deployment(
                NAME,
                announcement,
                Envelope.seal(announcement, KEY, Envelope.Direction.UP, NAME),
                new byte[] {1, 2, 3},
                "sat-1.pack",
                List.of(PATH),
                "default",
                List.of(item(Mirror.Belief.ACKNOWLEDGED)),
                Instant.ofEpochSecond(1),
                Deployment.Progress.QUEUED,
                "daemon");
    }
}
