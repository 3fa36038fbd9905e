package narlink.flight;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import narlink.Bytes;
import narlink.nix.SecretKey;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.Report;
import narlink.wire.Report.CommandResult;
import narlink.wire.Report.Counter;
import narlink.wire.Report.DeploymentReport;
import narlink.wire.Report.Missing;
import narlink.wire.SatelliteName;
import narlink.wire.StoreAnswer;
import narlink.wire.Symbols;

/// Makes reports that fit one segment of 1 KiB, whatever there is to tell: the newest deployments first, then fewer
/// blocks of each, then fewer deployments.
final class Reporter {
    /// Protocol version of this receiver.
    static final int VERSION = 1;
    /// It answers questions, and opens sealed symbols.
    static final long FEATURES = Report.ANSWERS | Report.SEALS;
    /// Longest report segment, in bytes.
    static final int MAX_SEGMENT = 1024;

    /// The last second of the year 9999, in case the clock is out of its mind.
    private static final long LAST_SECOND = 253_402_300_799L;

    private final SecretKey key;
    private final SatelliteName satellite;
    private final String system;
    private final Map<Counter, Long> counters = new EnumMap<>(Counter.class);
    private long sequence;
    private int poll;
    private long symbols;
    private final Gaps gaps = new Gaps();

    Reporter(SecretKey key, SatelliteName satellite, int boots) {
        this(key, satellite, boots, system());
    }

    /// @param system as Nix names it
    Reporter(SecretKey key, SatelliteName satellite, int boots, String system) {
        this.key = key;
        this.system = system;
        this.satellite = satellite;
        this.sequence = (long) boots << 32;
        for (var counter : Counter.values()) counters.put(counter, 0L);
    }

    void count(Counter counter, long more) {
        counters.merge(counter, more, Long::sum);
    }

    /// @param count how many that are
    void heard(Symbols more, int count) {
        symbols += count;
        gaps.heard(more, count);
    }

    /// Takes a poll, which may come several times.
    ///
    /// @return whether it is new
    boolean polled(int number) {
        if (number == poll) return false;
        poll = number;
        return true;
    }

    Map<Counter, Long> counters() {
        return Map.copyOf(counters);
    }

    /// What there is to tell beside the counters.
    ///
    /// @param command the last one carried out
    /// @param results of the newest commands, the newest first
    record State(
            StoreView store,
            List<Report.ProfileReport> profiles,
            List<DeploymentReport> deployments,
            int floor,
            int command,
            List<CommandResult> results) {}

    /// How much of it.
    ///
    /// @param blocks of each deployment
    /// @param text bytes of a reason or an output
    /// @param answers results whose text is told
    private record Detail(int blocks, int text, int profiles, int results, int answers) {}

    /// From everything to what always fits; the answer to the newest command is never left out.
    private static final List<Detail> DETAILS = List.of(
            new Detail(Missing.MAX_BLOCKS, Report.MAX_TEXT, 4, Report.MAX_RESULTS, 4),
            new Detail(16, Report.MAX_TEXT, 4, Report.MAX_RESULTS, 2),
            new Detail(16, 60, 4, Report.MAX_RESULTS, 1),
            new Detail(4, 60, 4, 4, 1),
            new Detail(1, 60, 2, 2, 1),
            new Detail(1, 60, 1, 1, 1));

    /// Begins a new report.
    void begin() {
        sequence++;
    }

    /// The report as a signed segment for Earth.
    byte[] brief(Instant now, State state) {
        return fitting(now, state, true);
    }

    /// The same report for who reads it on board: with whole hashes.
    byte[] whole(Instant now, State state) {
        return fitting(now, state, false);
    }

    private byte[] fitting(Instant now, State state, boolean brief) {
        var newest = state.deployments().stream()
                .sorted(Comparator.comparing(DeploymentReport::deployment).reversed())
                .toList();
        for (int most = Math.min(newest.size(), Report.MAX_DEPLOYMENTS); ; most = most / 2) {
            var fitting = chosen(newest, most);
            for (var detail : DETAILS) {
                var report = report(now, state, fitting, detail, brief);
                boolean least = most == 0 && detail.equals(DETAILS.getLast());
                if (least || Envelope.signedSize(report, key) <= MAX_SEGMENT) {
                    return Envelope.seal(report, key, Envelope.Direction.DOWN, satellite);
                }
            }
        }
    }

    /// An answer as a signed segment.
    byte[] answer(StoreAnswer answer) {
        return Envelope.seal(answer, key, Envelope.Direction.DOWN, satellite);
    }

    private Report report(Instant now, State state, List<DeploymentReport> deployments, Detail detail, boolean brief) {
        var digest = state.store().digest();
        return new Report(
                sequence,
                VERSION,
                FEATURES,
                Instant.ofEpochSecond(Math.clamp(now.getEpochSecond(), 0, LAST_SECOND)),
                brief ? Report.shortDigest(digest) : digest.bytes(),
                state.store().validPaths(),
                state.store().freeBytes(),
                system,
                poll,
                symbols,
                gaps.count(),
                counters,
                shortened(deployments, detail),
                state.profiles().stream()
                        .limit(detail.profiles())
                        .map(profile -> brief ? brief(profile) : profile)
                        .toList(),
                state.floor(),
                state.command(),
                shortened(state.results(), detail.results(), detail.answers()),
                state.store().damaged());
    }

    private static Report.ProfileReport brief(Report.ProfileReport profile) {
        return new Report.ProfileReport(
                profile.name(),
                profile.generation(),
                profile.path().slice(0, Report.ProfileReport.PATH_BYTES),
                profile.confirmed(),
                profile.activation());
    }

    private static List<CommandResult> shortened(List<CommandResult> results, int most, int answers) {
        var told = new ArrayList<CommandResult>();
        for (var result : results.subList(0, Math.min(most, results.size()))) {
            var text = told.size() < answers ? result.text() : Bytes.EMPTY;
            told.add(new CommandResult(result.number(), result.outcome(), text, result.logSize()));
        }
        return told;
    }

    /// Those that could not be rolled back come before those that still want something, and these before those that
    /// have ended.
    private static List<DeploymentReport> chosen(List<DeploymentReport> newest, int most) {
        return newest.stream()
                .sorted(Comparator.comparing(Reporter::rank))
                .limit(most)
                .sorted(Comparator.comparing(DeploymentReport::deployment).reversed())
                .toList();
    }

    private static int rank(DeploymentReport report) {
        if (report.state() == DeploymentState.ROLLBACK_FAILED) return 0;
        return report.state().ended() ? 2 : 1;
    }

    private static List<DeploymentReport> shortened(List<DeploymentReport> reports, Detail detail) {
        int text = detail.text();
        return reports.stream()
                .map(report -> new DeploymentReport(
                        report.deployment(),
                        report.state(),
                        cut(report.reason(), text),
                        report.blocksDone(),
                        report.blocks(),
                        report.paths(),
                        report.pathsDone(),
                        cut(report.manifest(), detail.blocks()),
                        cut(report.pack(), detail.blocks()),
                        report.exitStatus(),
                        report.state() == DeploymentState.CONFIRMED
                                ? Bytes.EMPTY
                                : report.outputTail()
                                        .slice(
                                                Math.max(0, report.outputTail().size() - text),
                                                report.outputTail().size()),
                        report.manifestHash(),
                        report.unusable().stream().limit(detail.blocks()).toList(),
                        report.storeMoved()))
                .toList();
    }

    private static Missing cut(Missing missing, int blocks) {
        return new Missing(
                missing.first(),
                missing.symbols().stream().limit(blocks).toList(),
                missing.untouched() && missing.symbols().size() <= blocks);
    }

    /// The beginning of a text, in at most so many bytes of UTF-8.
    static String cut(String text, int bytes) {
        if (text.length() * 3 <= bytes || text.getBytes(StandardCharsets.UTF_8).length <= bytes) return text;
        int room = bytes - "…".getBytes(StandardCharsets.UTF_8).length;
        int end = 0;
        for (int used = 0; end < text.length(); ) {
            int point = text.codePointAt(end);
            used += Character.toString(point).getBytes(StandardCharsets.UTF_8).length;
            if (used > room) break;
            end += Character.charCount(point);
        }
        return text.substring(0, end) + "…";
    }

    /// Nix's name of this machine.
    static String system() {
        var arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return (arch.equals("amd64") ? "x86_64" : arch) + "-linux";
    }
}
