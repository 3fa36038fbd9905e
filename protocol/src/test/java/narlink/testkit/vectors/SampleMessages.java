package narlink.testkit.vectors;

import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;
import narlink.inventory.Descriptions.Column;
import narlink.wire.Announcement;
import narlink.wire.Command;
import narlink.wire.DeploymentState;
import narlink.wire.FecObject;
import narlink.wire.Message;
import narlink.wire.Report;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion;
import narlink.wire.Symbols;

/// One message of each kind, with every field set.
final class SampleMessages {
    static final Instant EXPIRES = Instant.ofEpochSecond(1_800_000_000L);

    private SampleMessages() {}

    /// By names, in the order of the specification.
    static Map<String, Message> all() {
        var all = new LinkedHashMap<String, Message>();
        all.put("announcement", announcement(7));
        all.put("symbols of the pack", symbols(FecObject.PACK));
        all.put("symbols of the manifest", symbols(FecObject.MANIFEST));
        all.put("report", report());
        commands().forEach((name, action) -> all.put("command " + name, new Command(12, EXPIRES, action)));
        var digest = Bytes.ofHex("0011223344556677");
        all.put(
                "question for a sketch",
                new StoreQuestion(1, digest, new StoreQuestion.Subject.Sketch(), List.of(0, 1), 1));
        all.put("question for ids", new StoreQuestion(2, digest, new StoreQuestion.Subject.Ids(), List.of(0), 4));
        var columns = Set.of(Column.NAME, Column.TRAITS);
        var paths = new StoreQuestion.Subject.Paths(columns, List.of(0, 5, 100, 1));
        all.put("question for paths", new StoreQuestion(3, digest, paths, List.of(0, 3), 1));
        all.put("question for roots", new StoreQuestion(4, digest, new StoreQuestion.Subject.Roots(), List.of(0), 1));
        all.put(
                "question for damage",
                new StoreQuestion(5, digest, new StoreQuestion.Subject.Damaged(), List.of(0), 1));
        all.put("answer", new StoreAnswer(3, 2000, 1, pattern(100)));
        all.put("answer of a store that has moved on", new StoreAnswer(3, 0, 0, Bytes.EMPTY));
        return all;
    }

    static Announcement announcement(int number) {
        return new Announcement(
                number,
                number - 1,
                new Oti(700, 350, 1),
                Optional.of(new Oti(1_000_000, 896, 2)),
                Sha256.of("manifest".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
                Report.shortDigest(Sha256.of("store".getBytes(java.nio.charset.StandardCharsets.US_ASCII))),
                List.of(SampleKeys.station().publicKey().key()),
                EXPIRES,
                1,
                List.of(number - 1));
    }

    static Symbols symbols(FecObject object) {
        return new Symbols(7, object, 3, 1025, pattern(64), 99);
    }

    private static Map<String, Command.Action> commands() {
        var actions = new LinkedHashMap<String, Command.Action>();
        actions.put("cancel", new Command.Action.Cancel(7));
        actions.put("activate", new Command.Action.Activate("system", 4));
        actions.put("roll back", new Command.Action.RollBack("system", 0));
        actions.put("confirm", new Command.Action.Confirm(7));
        actions.put("retain", new Command.Action.Retain("system", 3));
        actions.put("fetch log", new Command.Action.FetchLog(7, 240));
        actions.put("collect", new Command.Action.Collect(List.of(pattern(5), Bytes.ofHex("0102030405"))));
        actions.put("verify", new Command.Action.Verify());
        return actions;
    }

    private static Report report() {
        var counters = new EnumMap<Report.Counter, Long>(Report.Counter.class);
        for (var counter : Report.Counter.values()) counters.put(counter, (long) counter.ordinal());
        var deployment = new Report.DeploymentReport(
                7,
                DeploymentState.RECEIVING,
                "",
                1,
                2,
                40,
                5,
                Report.Missing.NONE,
                new Report.Missing(1, List.of(3), true),
                -1,
                Bytes.ofUtf8("tail"),
                Report.DeploymentReport.prefix(announcement(7)),
                List.of(new Report.Unusable(2, true), new Report.Unusable(3, false)),
                true);
        var result = new Report.CommandResult(12, Report.CommandResult.Outcome.DONE, Bytes.ofUtf8("done"), 0);
        return new Report(
                (2L << 32) + 5,
                1,
                Report.ANSWERS | Report.SEALS,
                Instant.ofEpochSecond(1_790_000_000L),
                Report.shortDigest(Sha256.of("store".getBytes(java.nio.charset.StandardCharsets.US_ASCII))),
                1234,
                5_000_000_000L,
                "aarch64-linux",
                99,
                4321,
                77,
                counters,
                List.of(deployment),
                List.of(new Report.ProfileReport(
                        "system",
                        4,
                        pattern(Report.ProfileReport.PATH_BYTES),
                        true,
                        Optional.of(DeploymentState.ACTIVATING))),
                6,
                12,
                List.of(result),
                Optional.of(new Report.Damage(1, 0x01020304)));
    }

    /// Bytes 0, 1, 2 …
    static Bytes pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = (byte) i;
        return Bytes.of(bytes);
    }
}
