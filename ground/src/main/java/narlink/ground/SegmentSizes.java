package narlink.ground;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/// How long segments are to be, where a return link tells what gets lost: a segment that is made of several of the
/// link's frames is lost with any of them, and a short one pays more for its header. Now and then another size than the
/// best known one is tried from one poll to the next, as long as it could do better.
final class SegmentSizes {
    /// Below it no other size is worth a trial.
    private static final double HARMLESS = 0.02;
    /// By how much of what arrives another size has to do better.
    private static final double BETTER = 0.03;
    /// Standard deviations that are no chance.
    private static final double SURE = 2;
    /// Measurements after which a size that did worse is tried again.
    private static final int AGED = 128;
    /// Segments that have to be sent before a size is judged at all.
    private static final int TELLING = 24;
    /// Segments after which it is judged, be it by chance.
    private static final int ENOUGH = 256;
    /// Changes that are remembered.
    private static final int KEPT = 64;
    /// Segments after which what was measured before counts half.
    private static final double HALF = 512;

    private final IntUnaryOperator authenticator;
    private final List<Size> sizes = new ArrayList<>();
    /// Which size was used from when on.
    private final TreeMap<Instant, Integer> used = new TreeMap<>();
    private int at;
    private int best;
    private int measurements;

    private final class Size {
        private final int bytes;
        private double sent;
        private double lost;
        private int measured = Integer.MIN_VALUE / 2;

        private Size(int bytes) {
            this.bytes = bytes;
        }

        private boolean isKnown() {
            return sent >= TELLING;
        }

        private double loss() {
            return (lost + 0.5) / (sent + 1);
        }

        private double variance() {
            return loss() * (1 - loss()) / (sent + 1);
        }

        /// The share of what is sent that arrives and is symbols.
        private double yield(double loss) {
            return (1 - loss) * (bytes - SegmentRoom.HEADER - authenticator.applyAsInt(bytes)) / bytes;
        }

        private void forget() {
            sent = 0;
            lost = 0;
        }
    }

    /// @param most bytes that the pipe takes
    /// @param least bytes that hold a symbol
    /// @param authenticator bytes of it in a segment of so many
    SegmentSizes(int most, int least, IntUnaryOperator authenticator, Instant now) {
        this.authenticator = authenticator;
        for (int size = most; size >= least || sizes.isEmpty(); size /= 2) sizes.add(new Size(size));
        used.put(now, 0);
    }

    /// Bytes of a segment now.
    int bytes() {
        return sizes.get(at).bytes;
    }

    /// Learns what came of segments, if all of them were of one size.
    void measured(Soundings.Measured measured) {
        var used = this.used.floorEntry(measured.from());
        if (used == null || !used.equals(this.used.lowerEntry(measured.to()))) return;
        var size = sizes.get(used.getValue());
        double kept = StrictMath.pow(0.5, measured.segments() / HALF);
        size.sent = size.sent * kept + measured.segments();
        size.lost = size.lost * kept + measured.segments() * measured.loss();
        size.measured = ++measurements;
    }

    /// Chooses anew, when a poll is sent.
    void choose(Instant now) {
        if (sizes.size() == 1) return;
        int before = at;
        choose();
        if (at == before) return;
        used.put(now, at);
        if (used.size() > KEPT) used.pollFirstEntry();
    }

    private void choose() {
        for (int i = 0; i < sizes.size(); i++) {
            if (sizes.get(i).isKnown() && better(i)) best = i;
        }
        at = trial();
    }

    private boolean better(int other) {
        return gain(other) > SURE * deviation(other);
    }

    /// By how much more it does than it has to, to be taken.
    private double gain(int other) {
        var mine = sizes.get(best);
        var its = sizes.get(other);
        return its.yield(its.loss()) - mine.yield(mine.loss()) * (1 + BETTER);
    }

    private double deviation(int other) {
        return Math.sqrt(sizes.get(best).variance() + sizes.get(other).variance());
    }

    private boolean isJudged(int other) {
        var size = sizes.get(other);
        return size.sent >= ENOUGH || size.isKnown() && Math.abs(gain(other)) > SURE * deviation(other);
    }

    /// The best one, or a neighbour or the longest, if that is not known well enough and could do better.
    private int trial() {
        var now = sizes.get(best);
        if (!now.isKnown() || now.loss() < HARMLESS && best == 0) return best;
        for (int other : new int[] {best + 1, best - 1, 0}) {
            if (other < 0 || other >= sizes.size() || other == best) continue;
            var size = sizes.get(other);
            if (measurements - size.measured > AGED) size.forget();
            // At best a shorter one loses nothing, and a longer one no more.
            double hope = size.yield(other > best ? 0 : now.loss());
            if (!isJudged(other) && hope > now.yield(now.loss()) * (1 + BETTER)) return other;
        }
        return best;
    }
}
