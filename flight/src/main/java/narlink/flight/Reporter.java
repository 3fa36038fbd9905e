package narlink.flight;

import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import narlink.nix.SecretKey;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.Report;
import narlink.wire.Report.Counter;
import narlink.wire.Report.DeploymentReport;
import narlink.wire.Report.Missing;
import narlink.wire.SatelliteName;

/// Makes reports that fit one segment of 1 KiB, whatever there is to tell: the newest deployments first, then fewer
/// blocks of each, then fewer deployments.
final class Reporter {
    /// Protocol version of this receiver.
    static final int VERSION = 1;
    /// Longest report segment, in bytes.
    static final int MAX_SEGMENT = 1024;

    /// The last second of the year 9999, in case the clock is out of its mind.
    private static final long LAST_SECOND = 253_402_300_799L;

    private final SecretKey key;
    private final SatelliteName satellite;
    private final Map<Counter, Long> counters = new EnumMap<>(Counter.class);
    private long sequence;
    private int poll;
    private long symbols;

    Reporter(SecretKey key, SatelliteName satellite, int boots) {
        this.key = key;
        this.satellite = satellite;
        this.sequence = (long) boots << 32;
        for (var counter : Counter.values()) counters.put(counter, 0L);
    }

    void count(Counter counter, long more) {
        counters.merge(counter, more, Long::sum);
    }

    void heard(int count) {
        symbols += count;
    }

    void polled(int number) {
        poll = number;
    }

    Map<Counter, Long> counters() {
        return Map.copyOf(counters);
    }

    /// A new report as a signed segment.
    byte[] segment(Instant now, StoreView store, List<DeploymentReport> deployments, int floor, int command) {
        sequence++;
        var newest = deployments.stream()
                .sorted(Comparator.comparing(DeploymentReport::deployment).reversed())
                .toList();
        for (int most = Math.min(newest.size(), Report.MAX_DEPLOYMENTS); ; most = most / 2) {
            var fitting = chosen(newest, most);
            for (int blocks = Missing.MAX_BLOCKS; blocks >= 1; blocks /= 4) {
                var report = report(now, store, shortened(fitting, blocks), floor, command);
                byte[] segment = Envelope.seal(report, key, Envelope.Direction.DOWN, satellite);
                if (segment.length <= MAX_SEGMENT || (most == 0 && blocks == 1)) return segment;
            }
        }
    }

    private Report report(Instant now, StoreView store, List<DeploymentReport> deployments, int floor, int command) {
        return new Report(
                sequence,
                VERSION,
                0,
                Instant.ofEpochSecond(Math.clamp(now.getEpochSecond(), 0, LAST_SECOND)),
                store.digest(),
                store.validPaths(),
                store.freeBytes(),
                system(),
                poll,
                symbols,
                counters,
                deployments,
                store.profiles().stream().limit(4).toList(),
                floor,
                command);
    }

    /// Those that still want something come before those that have ended.
    private static List<DeploymentReport> chosen(List<DeploymentReport> newest, int most) {
        return newest.stream()
                .sorted(Comparator.comparing(report -> report.state().ended()))
                .limit(most)
                .sorted(Comparator.comparing(DeploymentReport::deployment).reversed())
                .toList();
    }

    private static List<DeploymentReport> shortened(List<DeploymentReport> reports, int blocks) {
        int text = blocks >= 16 ? Report.MAX_TEXT : 60;
        return reports.stream()
                .map(report -> new DeploymentReport(
                        report.deployment(),
                        report.state(),
                        cut(report.reason(), text),
                        report.blocksDone(),
                        report.blocks(),
                        report.paths(),
                        report.pathsDone(),
                        cut(report.manifest(), blocks),
                        cut(report.pack(), blocks),
                        report.exitStatus(),
                        report.state() == DeploymentState.CONFIRMED
                                ? narlink.Bytes.EMPTY
                                : report.outputTail()
                                        .slice(
                                                Math.max(0, report.outputTail().size() - text),
                                                report.outputTail().size()),
                        report.manifestHash(),
                        report.unusable().stream().limit(blocks).toList()))
                .toList();
    }

    private static Missing cut(Missing missing, int blocks) {
        return new Missing(
                missing.first(), missing.symbols().stream().limit(blocks).toList());
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 1) + "…";
    }

    /// Nix's name of this machine.
    static String system() {
        var arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return (arch.equals("amd64") ? "x86_64" : arch) + "-linux";
    }
}
