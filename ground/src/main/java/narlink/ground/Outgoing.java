package narlink.ground;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import narlink.fec.Oti;
import narlink.wire.Announcement;
import narlink.wire.DeploymentState;
import narlink.wire.FecObject;
import narlink.wire.Report.DeploymentReport;

/// One deployment on its way up: how many symbols of each block were sent, and how many are to be.
final class Outgoing {
    /// Standard deviations that are to be on the safe side where no report corrects the aim.
    private static final double MARGIN = 2;

    private final Announcement announcement;
    private final Map<FecObject, Progress> objects = new EnumMap<>(FecObject.class);
    private boolean heard;
    private boolean ended;

    /// Symbols of one object, by block.
    ///
    /// @param sent ESIs used, over all passes
    /// @param goal ESIs that shall have been used before a report is waited for
    private record Progress(int[] k, int[] sent, int[] goal, boolean[] done) {}

    /// @param used ESIs used so far, by object and block
    Outgoing(Announcement announcement, Map<FecObject, int[]> used) {
        this.announcement = announcement;
        for (var object : FecObject.values()) {
            var oti = announcement.oti(object);
            if (oti.isEmpty()) continue;
            int[] k = sourceSymbols(oti.get());
            int[] sent = used.getOrDefault(object, new int[k.length]).clone();
            objects.put(object, new Progress(k, sent, sent.clone(), new boolean[k.length]));
        }
    }

    private static int[] sourceSymbols(Oti oti) {
        int[] k = new int[oti.blocks()];
        for (int i = 0; i < k.length; i++) k[i] = oti.k(i);
        return k;
    }

    /// A run of symbols to be sent.
    record Run(FecObject object, int block, int count) {}

    Announcement announcement() {
        return announcement;
    }

    /// Whether the satellite has told that it believes the announcement.
    boolean heard() {
        return heard;
    }

    /// Whether nothing that goes up brings it further.
    boolean ended() {
        return ended;
    }

    /// Whether anything was sent of it, in this pass or before.
    boolean begun() {
        return objects.values().stream()
                .anyMatch(progress -> Arrays.stream(progress.sent).anyMatch(s -> s > 0));
    }

    /// What was sent so far; see [#on].
    Map<FecObject, int[]> snapshot() {
        var copy = new EnumMap<FecObject, int[]>(FecObject.class);
        objects.forEach((object, progress) -> copy.put(object, progress.sent.clone()));
        return copy;
    }

    /// How many symbols of a block are to be sent.
    interface Goal {
        /// No more than its source symbols.
        Goal SOURCE = (object, block, k) -> k;

        int symbols(FecObject object, int block, int k);
    }

    /// Aims at so much of every block.
    void aimAt(Goal goal) {
        objects.forEach((object, progress) -> {
            for (int i = 0; i < progress.k.length; i++) {
                if (progress.done[i]) continue;
                progress.goal[i] = Math.max(progress.goal[i], goal.symbols(object, i, progress.k[i]));
            }
        });
    }

    /// Aims at some more of every block that may not be done, for passes that nobody answers: as much as went beyond
    /// the source symbols before, and a twentieth of these at least.
    void aimFurther(Goal goal) {
        objects.forEach((object, progress) -> {
            for (int i = 0; i < progress.k.length; i++) {
                if (progress.done[i]) continue;
                int k = progress.k[i];
                progress.goal[i] =
                        progress.sent[i] + Math.max(2, Math.max(goal.symbols(object, i, k) - k, Math.ceilDiv(k, 20)));
            }
        });
    }

    /// The next run, at most as many symbols as `fitting` says; nothing once every goal is met.
    ///
    /// @param depth blocks that take turns, at most: the one that has got least goes on
    Optional<Run> next(Fitting fitting, int depth) {
        for (var object : new FecObject[] {FecObject.MANIFEST, FecObject.PACK}) {
            var progress = objects.get(object);
            if (progress == null) continue;
            int chosen = chosen(progress, Turns.of(progress.k.length, depth).size());
            if (chosen < 0) continue;
            int most = fitting.symbols(announcement, object, chosen);
            return Optional.of(new Run(object, chosen, Math.min(progress.goal[chosen] - progress.sent[chosen], most)));
        }
        return Optional.empty();
    }

    private static int chosen(Progress progress, int group) {
        int chosen = -1;
        for (int i = 0; i < progress.k.length && (chosen < 0 || i % group != 0); i++) {
            if (progress.done[i] || progress.goal[i] <= progress.sent[i]) continue;
            if (chosen < 0 || share(progress, i) < share(progress, chosen)) chosen = i;
        }
        return chosen;
    }

    private static double share(Progress progress, int block) {
        return (double) progress.sent[block] / progress.goal[block];
    }

    /// Symbols left until every goal is met.
    long remaining() {
        long remaining = 0;
        for (var progress : objects.values()) {
            for (int i = 0; i < progress.k.length; i++) {
                if (!progress.done[i]) remaining += Math.max(0, progress.goal[i] - progress.sent[i]);
            }
        }
        return remaining;
    }

    /// Blocks that are not known to be done.
    long openBlocks() {
        long open = 0;
        for (var progress : objects.values()) {
            for (boolean done : progress.done) if (!done) open++;
        }
        return open;
    }

    /// A block that is not known to be done, to have something to ask a report with.
    Optional<Run> probe() {
        for (var object : new FecObject[] {FecObject.MANIFEST, FecObject.PACK}) {
            var progress = objects.get(object);
            for (int i = 0; progress != null && i < progress.k.length; i++) {
                if (!progress.done[i]) return Optional.of(new Run(object, i, 1));
            }
        }
        return Optional.empty();
    }

    /// How many symbols of a block fit one segment.
    interface Fitting {
        int symbols(Announcement announcement, FecObject object, int block);
    }

    void sent(Run run, int firstEsi) {
        var progress = progress(run.object());
        progress.sent[run.block()] = firstEsi + run.count();
        progress.goal[run.block()] = Math.max(progress.goal[run.block()], progress.sent[run.block()]);
    }

    /// How goals are set.
    ///
    /// @param loss the share of symbols that gets lost
    /// @param margin symbols of a block that may be sent beyond what is likely to be needed, where no report is counted
    ///     on to correct the aim; -1 to aim low, since one will
    /// @param segmentSize bytes; the symbols of one segment get lost together
    /// @param run symbols that get lost together by what was measured
    record Aim(double loss, int margin, int segmentSize, double run) {
        Aim low() {
            return new Aim(loss, -1, segmentSize, run);
        }

        /// Symbols of this size that get lost together.
        double together(int symbolSize) {
            return Math.max(Math.max(1, segmentSize / symbolSize), run);
        }
    }

    /// Corrects the goals by a report.
    ///
    /// @param settled what had been sent when the report was made: of the rest, some will not arrive
    void on(DeploymentReport report, Map<FecObject, int[]> settled, Aim aim) {
        tell(report);
        objects.forEach((object, progress) -> {
            var missing = report.missing(object);
            double together =
                    aim.together(announcement.oti(object).orElseThrow().symbolSize());
            for (int i = 0; i < progress.k.length; i++) {
                int index = i - missing.first();
                boolean told = index < missing.symbols().size();
                if (progress.done[i] || !told && !missing.untouched()) continue;
                int wanted = told ? missing.symbols().get(index) : progress.k[i];
                // What was leased at the report and given back since counts as settled, but not as sent.
                int flying = Math.max(0, progress.sent[i] - settled.getOrDefault(object, progress.sent)[i]);
                progress.goal[i] = progress.sent[i] + more(wanted, flying, aim, together);
            }
        });
    }

    /// Takes from a report what need not be sent any more, and leaves the goals as they are.
    void tell(DeploymentReport report) {
        heard = true;
        // Another deployment of this number is on board: nothing of ours would be kept. And no pass shortens a wait.
        ended = report.state().ended()
                || report.state().waits()
                || !report.isOf(announcement)
                || report.state() == DeploymentState.RECEIVING
                        && !report.unusable().isEmpty(); // It can't go on as it is.
        boolean stored = report.state() != DeploymentState.RECEIVING;
        objects.forEach((object, progress) -> {
            var missing = report.missing(object);
            for (int i = 0; i < progress.k.length; i++) {
                if (stored || i < missing.first()) progress.done[i] = true;
                else if (missing.untouched()
                        || i - missing.first() < missing.symbols().size()) progress.done[i] = false;
            }
        });
    }

    /// Symbols to send so that `missing` arrive, when `flying` are on their way.
    ///
    /// Where no report will correct it, with a margin. Else large amounts are aimed as much too low: the next report
    /// tells the rest exactly, and what is sent too much is lost for good.
    ///
    /// @param together symbols that get lost together
    static int more(int missing, int flying, Aim aim, double together) {
        if (missing == 0) return 0;
        double loss = aim.loss();
        double need = missing - flying * (1 - loss);
        if (aim.margin() >= 0) {
            double margin = Math.min(MARGIN * Math.sqrt(missing * loss * together) + (loss > 0 ? 2 : 0), aim.margin());
            return (int) Math.ceil(Math.max(0, need + margin) / (1 - loss));
        }
        if (need <= 0) return 0;
        double deviation = Math.sqrt(need * loss * together);
        return (int) Math.ceil((need > 32 ? Math.max(need / 2, need - 2 * deviation) : need) / (1 - loss));
    }

    private Progress progress(FecObject object) {
        var progress = objects.get(object);
        if (progress == null) throw new IllegalArgumentException("no " + object);
        return progress;
    }
}
