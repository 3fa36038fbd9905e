package narlink.ground;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import narlink.Bytes;
import narlink.nix.StorePath;
import narlink.pack.MalformedManifestException;
import narlink.pack.ManifestFormat;
import narlink.wire.Command.Action;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.Opened;
import narlink.wire.Report;
import narlink.wire.StoreAnswer;

/// Takes what came down. Only what the satellite's flight key signed is believed; a report that is older than one known
/// changes nothing.
final class ReportIntake {
    private static final System.Logger LOG = System.getLogger(ReportIntake.class.getName());

    private static final Deployment.Progress FOREIGN = Deployment.Progress.ended(
            Deployment.State.FAILED,
            "the satellite has another deployment of this number, which this ledger does not know; send again");

    private final Ledger ledger;
    private final Satellite satellite;
    private final Envelope.Keys keys;
    private long newest;
    private boolean changed = true;
    private Bytes checked = Bytes.EMPTY;

    ReportIntake(Ledger ledger, Satellite satellite) {
        this.ledger = ledger;
        this.satellite = satellite;
        this.keys = Envelope.Keys.of(List.of(satellite.flightKey()));
    }

    /// What a segment from the return link was.
    sealed interface Taken {
        /// @param news false where a newer one was known
        record Believed(Report report, boolean news) implements Taken {}

        /// What was asked; belongs to [Asking].
        record Told(StoreAnswer answer) implements Taken {}

        record Refused(String why) implements Taken {}
    }

    Taken take(byte[] segment, Instant now) {
        return switch (Envelope.open(segment, keys, Envelope.Direction.DOWN, satellite.name())) {
            case Opened.Rejected rejected -> new Taken.Refused(rejected.reason().name());
            case Opened.Trusted trusted ->
                switch (trusted.message()) {
                    case Report report -> heard(report, segment, now);
                    case StoreAnswer answer -> new Taken.Told(answer);
                    default -> new Taken.Refused("not a report");
                };
        };
    }

    /// The last report that was believed: the ledger keeps no other, so that its signature is not checked again.
    Optional<Report> last() {
        return ledger.lastReport(satellite.name())
                .flatMap(heard -> Envelope.peek(heard.segment()))
                .filter(Report.class::isInstance)
                .map(Report.class::cast);
    }

    /// Where the ledger is out of reach, a report still steers the pass; the next one tells the ledger the same.
    private Taken heard(Report report, byte[] segment, Instant now) {
        boolean later = report.sequence() > newest;
        newest = Math.max(newest, report.sequence());
        try {
            return believe(report, segment, now);
        } catch (LedgerException e) {
            LOG.log(System.Logger.Level.DEBUG, "a report cannot be kept: {0}", e.getMessage());
            return new Taken.Believed(report, later);
        }
    }

    private Taken believe(Report report, byte[] segment, Instant now) {
        if (!ledger.report(satellite.name(), report, segment, now)) return new Taken.Believed(report, false);
        if (!satellite.system().equals(Optional.of(report.system()))) {
            ledger.system(satellite.name(), report.system());
        }
        for (var command : ledger.commands(satellite.name())) {
            follow(command, report, now);
        }
        for (var deployment : ledger.deployments(satellite.name())) {
            report.deployments().stream()
                    .filter(told -> told.deployment() == deployment.number())
                    .findFirst()
                    .ifPresentOrElse(told -> heard(deployment, told, now), () -> untold(deployment, report, now));
        }
        if (changed || !report.shortDigest().equals(checked)) acknowledge(report);
        return new Taken.Believed(report, true);
    }

    /// Once the digests are equal, what was predicted is known.
    private void acknowledge(Report report) {
        checked = report.shortDigest();
        changed = false;
        var mirror = ledger.mirror(satellite.name());
        if (mirror.is(report.storeDigest())
                && mirror.acknowledged() < mirror.paths().size()) {
            ledger.believe(
                    satellite.name(),
                    mirror.paths().values().stream()
                            .filter(item -> item.belief() == Mirror.Belief.PREDICTED)
                            .map(ReportIntake::acknowledged)
                            .toList());
        }
    }

    private void follow(QueuedCommand command, Report report, Instant now) {
        if (report.command() < command.number()) return; // Not heard yet.
        var result = report.results().stream()
                .filter(told -> told.number() == command.number())
                .findFirst();
        if (result.isPresent()) {
            var told = result.get();
            settle(command, QueuedCommand.State.of(told.outcome()), told.text(), told.logSize(), now);
            return;
        }
        if (command.state() != QueuedCommand.State.QUEUED) return;
        // The first results are those of the last ones that were carried out; behind them there may be gaps.
        boolean reachesBelow = report.results().stream()
                .limit(Report.RECENT_RESULTS)
                .anyMatch(told -> told.number() < command.number());
        settle(
                command,
                reachesBelow ? QueuedCommand.State.OVERTAKEN : QueuedCommand.State.FAILED,
                Bytes.ofUtf8(
                        reachesBelow
                                ? "a later command was carried out before it arrived; send it again"
                                : "what became of it is told no more; look at the satellite's state"),
                0,
                now);
    }

    private void settle(QueuedCommand command, QueuedCommand.State state, Bytes answer, int logSize, Instant now) {
        if (state == command.state()) return;
        ledger.answer(satellite.name(), command.number(), state, answer, logSize);
        if (state == QueuedCommand.State.DONE && command.action() instanceof Action.Collect order)
            collected(order, answer);
        var text = logSize > 0 || answer.isEmpty() ? "" : " (" + answer.utf8() + ")";
        ledger.happened(satellite.name(), now, "command " + command.number() + " " + state + text);
    }

    /// Takes what was deleted out of the mirror. Where not all that was kept is named, the store's digest tells the
    /// rest.
    private void collected(Action.Collect order, Bytes answer) {
        var text = answer.utf8();
        if (text.endsWith("…")) return;
        ledger.forget(
                satellite.name(),
                Cleanup.named(order, ledger.mirror(satellite.name())).stream()
                        .filter(path -> !text.contains(path.baseName()))
                        .toList());
    }

    private void heard(Deployment deployment, Report.DeploymentReport told, Instant now) {
        if (!told.isOf(deployment.announcement())) {
            follow(deployment, FOREIGN, now);
            return;
        }
        follow(deployment, Deployment.Progress.of(told), now);
        if (!told.unusable().isEmpty()) learn(deployment, told.unusable());
    }

    /// What had begun on board and is not there any more, because its files have rotted or were lost, begins again when
    /// it is announced again, but not once it has expired.
    private void untold(Deployment deployment, Report report, Instant now) {
        var state = deployment.progress().state();
        boolean begun = !deployment.ended() && state != Deployment.State.QUEUED;
        if (!begun || now.isBefore(deployment.announcement().expires()) || mayBeLeftOut(deployment, report)) return;
        follow(
                deployment,
                Deployment.Progress.ended(
                        state == Deployment.State.RECEIVING ? Deployment.State.EXPIRED : Deployment.State.FAILED,
                        "the satellite has lost what it knew of it, and it has expired"),
                now);
    }

    /// Where not all fit into a report, what has ended is left out first, and then the oldest (§7).
    private static boolean mayBeLeftOut(Deployment deployment, Report report) {
        return !report.deployments().isEmpty()
                && report.deployments().stream()
                        .allMatch(told -> !told.state().ended()
                                && (told.deployment() > deployment.number()
                                        || told.state() == DeploymentState.ROLLBACK_FAILED));
    }

    /// Takes into the mirror what the deployment found on board otherwise than Earth had believed.
    private void learn(Deployment deployment, List<Report.Unusable> unusable) {
        try {
            var known = ManifestFormat.read(deployment.manifest()).known();
            var mirror = ledger.mirror(satellite.name()).paths();
            for (var bad : unusable) {
                var path = path(bad.index(), known, deployment, mirror.keySet());
                if (path.isEmpty()) continue;
                var item = mirror.get(path.get());
                if (!bad.damaged()) ledger.forget(satellite.name(), List.of(path.get()));
                else if (item != null) {
                    boolean own = bad.index() >= known.size();
                    ledger.believe(
                            satellite.name(), List.of(item.as(own ? Mirror.Belief.DIFFERENT : Mirror.Belief.DAMAGED)));
                }
            }
        } catch (MalformedManifestException e) {
            LOG.log(System.Logger.Level.WARNING, "deployment " + deployment.number() + " in the ledger", e);
        }
    }

    private static Optional<StorePath> path(
            int index, List<Bytes> known, Deployment deployment, Set<StorePath> mirror) {
        int own = index - known.size();
        if (own >= deployment.objects().size()) return Optional.empty();
        if (own >= 0) return Optional.of(deployment.objects().get(own).path());
        var prefix = known.get(index);
        return mirror.stream()
                .filter(path -> Bytes.of(path.digestBytes()).startsWith(prefix))
                .findFirst();
    }

    private void follow(Deployment deployment, Deployment.Progress progress, Instant now) {
        // What was complete on board already was not superseded there.
        boolean revived = deployment.progress().state() == Deployment.State.SUPERSEDED
                && progress.state().stored();
        if (deployment.ended() && !revived || progress.equals(deployment.progress())) return;
        if (progress.state() != deployment.progress().state()) {
            var why = progress.reason().isEmpty() ? "" : " (" + progress.reason() + ")";
            ledger.happened(satellite.name(), now, "deployment " + deployment.number() + " " + progress.state() + why);
        }
        changed = true;
        if (progress.storeMoved() && !deployment.progress().storeMoved()) {
            ledger.happened(
                    satellite.name(),
                    now,
                    "deployment " + deployment.number() + " finds the store on board changed since it was planned");
        }
        int durable = progress.state().stored() ? deployment.objects().size() : progress.pathsDone();
        ledger.believe(
                satellite.name(),
                deployment.objects().stream()
                        .limit(durable)
                        .map(ReportIntake::acknowledged)
                        .toList());
        ledger.progress(satellite.name(), deployment.number(), progress);
    }

    private static Mirror.Item acknowledged(Mirror.Item item) {
        return item.as(Mirror.Belief.ACKNOWLEDGED);
    }
}
