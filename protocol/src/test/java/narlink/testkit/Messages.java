package narlink.testkit;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;
import narlink.inventory.Descriptions.Column;
import narlink.inventory.Runs;
import narlink.nix.StorePath;
import narlink.wire.Announcement;
import narlink.wire.Command;
import narlink.wire.DeploymentState;
import narlink.wire.FecObject;
import narlink.wire.Message;
import narlink.wire.Report;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion;
import narlink.wire.StoreQuestion.Subject;
import narlink.wire.Symbols;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// Arbitrary messages, every field at and within its limits.
public final class Messages {
    private static final long YEAR_9999 = 253_402_300_799L;

    private Messages() {}

    public static Arbitrary<Message> messages() {
        return Arbitraries.oneOf(List.of(
                announcements().map(Message.class::cast),
                symbols().map(Message.class::cast),
                reports().map(Message.class::cast),
                commands().map(Message.class::cast),
                questions().map(Message.class::cast),
                answers().map(Message.class::cast)));
    }

    public static Arbitrary<Announcement> announcements() {
        return Combinators.combine(
                        numbers(),
                        numbers(),
                        otis(),
                        otis().optional(),
                        hashes(),
                        digests(),
                        bytes(32, 32).list().ofMinSize(1).ofMaxSize(Announcement.MAX_STATION_KEYS),
                        times())
                .as((one, other, manifest, pack, hash, digest, keys, expires) -> new Announcement(
                        Math.max(one, other),
                        Math.min(one, other),
                        manifest,
                        pack,
                        hash,
                        digest,
                        keys,
                        expires,
                        one % 5,
                        one.equals(other) ? List.of() : List.of(Math.min(one, other))));
    }

    public static Arbitrary<Symbols> symbols() {
        return Combinators.combine(
                        numbers(),
                        Arbitraries.of(FecObject.class),
                        Arbitraries.integers().between(0, Announcement.MAX_BLOCKS),
                        Arbitraries.integers().between(0, Symbols.MAX_ESI),
                        bytes(1, 2000),
                        Arbitraries.integers().between(0, Integer.MAX_VALUE))
                .as(Symbols::new);
    }

    public static Arbitrary<Command> commands() {
        return Combinators.combine(numbers(), times(), actions()).as(Command::new);
    }

    private static Arbitrary<Command.Action> actions() {
        var names = Arbitraries.strings().ofMinLength(1).ofMaxLength(63);
        return Arbitraries.oneOf(List.of(
                numbers().map(Command.Action.Cancel::new),
                numbers().map(Command.Action.Confirm::new),
                Combinators.combine(names, numbers()).as(Command.Action.Activate::new),
                Combinators.combine(names, Arbitraries.integers().between(0, Integer.MAX_VALUE))
                        .as(Command.Action.RollBack::new),
                Combinators.combine(names, numbers()).as(Command.Action.Retain::new),
                Combinators.combine(numbers(), numbers()).as(Command.Action.FetchLog::new),
                bytes(7, 7)
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(Command.Action.Collect.MAX_BYTES / 7)
                        .map(Command.Action.Collect::new),
                Arbitraries.just(new Command.Action.Verify())));
    }

    public static Arbitrary<StoreQuestion> questions() {
        var runs = Arbitraries.integers().between(0, Integer.MAX_VALUE).list().ofMaxSize(Runs.MAX);
        var subjects = Arbitraries.oneOf(List.<Arbitrary<Subject>>of(
                Arbitraries.just(new Subject.Sketch()),
                Arbitraries.just(new Subject.Ids()),
                Arbitraries.just(new Subject.Roots()),
                Arbitraries.just(new Subject.Damaged()),
                Combinators.combine(Arbitraries.of(Column.class).set(), runs).as(Subject.Paths::new)));
        return Combinators.combine(
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        bytes(StoreQuestion.DIGEST_BYTES, StoreQuestion.DIGEST_BYTES),
                        subjects,
                        Arbitraries.integers().between(0, 1_000_000).list().ofMaxSize(StoreQuestion.MAX_PIECES),
                        Arbitraries.integers().between(1, StoreQuestion.MAX_PIECES))
                .as(StoreQuestion::new);
    }

    public static Arbitrary<StoreAnswer> answers() {
        return Combinators.combine(
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        Arbitraries.integers().between(0, Integer.MAX_VALUE),
                        Arbitraries.integers().between(0, 1_000_000),
                        bytes(0, StoreQuestion.MAX_PIECES * StoreAnswer.PIECE))
                .as(StoreAnswer::new);
    }

    public static Arbitrary<Report> reports() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, Long.MAX_VALUE),
                        times(),
                        digests(),
                        Arbitraries.integers().between(0, 100_000),
                        Arbitraries.longs().between(0, Long.MAX_VALUE),
                        deploymentReports().list().ofMaxSize(4),
                        Combinators.combine(
                                        profiles().list().ofMaxSize(3),
                                        results().list().ofMaxSize(Report.MAX_RESULTS))
                                .as(Told::new),
                        numbers())
                .as((sequence, time, digest, paths, free, deployments, told, number) -> {
                    var counters = new EnumMap<Report.Counter, Long>(Report.Counter.class);
                    for (var counter : Report.Counter.values()) counters.put(counter, free % (counter.ordinal() + 2));
                    return new Report(
                            sequence,
                            1,
                            free,
                            time,
                            digest,
                            paths,
                            free,
                            "aarch64-linux",
                            number,
                            sequence,
                            paths,
                            counters,
                            deployments,
                            told.profiles(),
                            number,
                            paths,
                            told.results(),
                            number % 3 == 0 ? Optional.empty() : Optional.of(new Report.Damage(number / 3, number)));
                });
    }

    private record Told(List<Report.ProfileReport> profiles, List<Report.CommandResult> results) {}

    private static Arbitrary<Report.CommandResult> results() {
        return Combinators.combine(
                        numbers(),
                        Arbitraries.of(Report.CommandResult.Outcome.class),
                        bytes(0, Report.CommandResult.MAX_TEXT),
                        Arbitraries.integers().between(0, 1 << 20))
                .as(Report.CommandResult::new);
    }

    private static Arbitrary<Report.DeploymentReport> deploymentReports() {
        return Combinators.combine(
                        numbers(),
                        Arbitraries.of(DeploymentState.class),
                        Arbitraries.strings().ofMaxLength(50),
                        Arbitraries.integers().between(0, 16_000),
                        missing(),
                        missing(),
                        Arbitraries.integers().between(-1, 255),
                        bytes(0, Report.MAX_TEXT))
                .as((number, state, reason, count, manifest, pack, exit, tail) -> new Report.DeploymentReport(
                        number,
                        state,
                        reason,
                        count / 3,
                        count,
                        count,
                        count / 2,
                        manifest,
                        pack,
                        exit,
                        tail,
                        Bytes.of(new byte[8]),
                        count % 2 == 0
                                ? List.of()
                                : Collections.nCopies(
                                        Report.DeploymentReport.MAX_UNUSABLE,
                                        new Report.Unusable(count, exit % 2 == 0)),
                        count % 3 == 0));
    }

    private static Arbitrary<Report.Missing> missing() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 16_000),
                        Arbitraries.integers().between(0, 60_000).list().ofMaxSize(Report.Missing.MAX_BLOCKS))
                .as(Report.Missing::new);
    }

    private static Arbitrary<Report.ProfileReport> profiles() {
        return Combinators.combine(
                        Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(20),
                        numbers(),
                        bytes(Report.ProfileReport.PATH_BYTES, StorePath.DIGEST_BYTES),
                        Arbitraries.of(true, false),
                        Arbitraries.of(DeploymentState.class).optional())
                .as(Report.ProfileReport::new);
    }

    /// As they go over the wire, and as they are kept on board.
    private static Arbitrary<Bytes> digests() {
        return Arbitraries.oneOf(bytes(Report.DIGEST_BYTES, Report.DIGEST_BYTES), bytes(Sha256.LENGTH, Sha256.LENGTH));
    }

    public static Arbitrary<Oti> otis() {
        return Combinators.combine(
                        Arbitraries.longs().between(1, Announcement.MAX_MANIFEST),
                        Arbitraries.integers().between(8, 2000))
                .as((length, size) -> Oti.of(length, size, 2048));
    }

    private static Arbitrary<Integer> numbers() {
        return Arbitraries.integers().between(1, Integer.MAX_VALUE);
    }

    private static Arbitrary<Instant> times() {
        return Arbitraries.longs().between(0, YEAR_9999).map(Instant::ofEpochSecond);
    }

    private static Arbitrary<Sha256> hashes() {
        return bytes(32, 32).map(Sha256::new);
    }

    static Arbitrary<Bytes> bytes(int min, int max) {
        return Arbitraries.bytes()
                .array(byte[].class)
                .ofMinSize(min)
                .ofMaxSize(max)
                .map(Bytes::of);
    }
}
