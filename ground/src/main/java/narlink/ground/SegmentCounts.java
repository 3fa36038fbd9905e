package narlink.ground;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import narlink.wire.Report;
import narlink.wire.Report.Counter;

/// What the satellite has counted of the segments of one pass.
final class SegmentCounts {
    private static final Set<Counter> REJECTED = EnumSet.of(
            Counter.FRAMES_BAD,
            Counter.SEGMENTS_MALFORMED,
            Counter.SEGMENTS_UNKNOWN_KEY,
            Counter.SEGMENTS_BAD_SIGNATURE,
            Counter.SEGMENTS_UNAUTHORIZED,
            Counter.SEGMENTS_UNKNOWN_KIND);

    private final Optional<Report> before;
    private Optional<Report> last = Optional.empty();

    /// @param before the last report before the pass
    SegmentCounts(Optional<Report> before) {
        this.before = before;
    }

    void on(Report report) {
        last = Optional.of(report);
    }

    /// Segments that it had already.
    long duplicates() {
        return last.map(report -> since(report, Counter.SEGMENTS_DUPLICATE)).orElse(0L);
    }

    /// Segments that it did not take.
    long rejected() {
        return last.map(report -> REJECTED.stream()
                        .mapToLong(counter -> since(report, counter))
                        .sum())
                .orElse(0L);
    }

    /// Since the report before the pass, or since its start.
    private long since(Report report, Counter counter) {
        long counted = report.counters().getOrDefault(counter, 0L);
        return before.filter(base -> base.boots() == report.boots())
                .map(base -> counted - base.counters().getOrDefault(counter, 0L))
                .orElse(counted);
    }
}
