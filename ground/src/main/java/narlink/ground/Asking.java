package narlink.ground;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import narlink.ground.Reconciliation.Window;
import narlink.nix.SecretKey;
import narlink.nix.StorePath;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.Report;
import narlink.wire.Report.CommandResult.Outcome;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion;
import org.jspecify.annotations.Nullable;

/// Asks a satellite about its store where the mirror is not what it reports, a few pieces at a time, so that a dead
/// link costs little; what is answered goes to the ledger, and a later pass goes on with it. [Reconciliation] decides
/// what.
public final class Asking {
    private static final System.Logger LOG = System.getLogger(Asking.class.getName());

    /// Questions without any answer, before this pass gives up.
    private static final int MOST_UNANSWERED = 5;
    /// After the last path that came, before Earth asks about the store in the middle of a deployment.
    private static final Duration SETTLING = Duration.ofSeconds(30);
    /// Steps without a question between them: more would be a bug.
    private static final int MOST_STEPS = 20;

    private final Ledger ledger;
    private final Satellite satellite;
    private final SecretKey key;
    private final Supplements.Opener stores;
    private Duration answerWithin = Duration.ofSeconds(2);
    private int together = 1;
    private Optional<Report> last = Optional.empty();
    private Optional<Report.Damage> damageTold = Optional.empty();
    /// When the last report came, and when one told of more paths of a deployment than the one before.
    private Instant heard = Instant.MIN;

    private Instant grown = Instant.MIN;
    private boolean dirty;
    private boolean resting = true;
    private final Set<Integer> collections = new HashSet<>();
    private final Set<Integer> awaited = new HashSet<>();
    private long number;
    private Optional<StoreQuestion.Subject> asked = Optional.empty();
    private Instant patience = Instant.MIN;
    private int unanswered;
    private @Nullable List<Mirror.Item> earth;

    /// @param key the mission key, or a station key that an announcement on board names
    public Asking(Ledger ledger, Satellite satellite, SecretKey key, Supplements.Opener stores) {
        this.ledger = ledger;
        this.satellite = satellite;
        this.key = key;
        this.stores = stores;
        this.number = ledger.lastQuestion(satellite.name()); // Whatever the clock says meanwhile.
        ledger.commands(satellite.name()).stream()
                .filter(QueuedCommand::collects)
                .forEach(command -> collections.add(command.number()));
    }

    /// @param time after which an answer is lost
    /// @param segmentSize bytes that one may have
    void answers(Duration time, int segmentSize) {
        answerWithin = time;
        together = StoreAnswer.fitting(segmentSize);
    }

    /// Takes a report that was news.
    void on(Report report, Instant now) {
        if (!report.knowsStore()) return; // Another follows.
        boolean changed = last.isEmpty()
                || !last.get().shortDigest().equals(report.shortDigest())
                || !last.get().damaged().equals(report.damaged())
                || !unusable(last.get()).equals(unusable(report));
        if (last.filter(before -> isGrown(before, report)).isPresent()) grown = now;
        heard = now;
        last = Optional.of(report);
        if (changed) dirty = true;
    }

    /// What the mirror has forgotten, be it there or not.
    private static List<List<Report.Unusable>> unusable(Report report) {
        return report.deployments().stream()
                .map(Report.DeploymentReport::unusable)
                .toList();
    }

    /// Takes an answer, if it is to a question of ours.
    void on(StoreAnswer answer, Instant now) {
        if (!ledger.told(satellite.name(), answer)) return;
        dirty = true;
        if (answer.question() != number) return;
        unanswered = 0;
        if (answer.moved()) awaited.clear();
        asked.ifPresent(subject -> {
            int end = answer.piece() + answer.split(subject).size();
            awaited.removeIf(piece -> piece >= answer.piece() && piece < end);
        });
        patience = awaited.isEmpty() ? Instant.MIN : now.plus(patience());
    }

    /// Longer each time: a thin return link may be busy with a report for many seconds.
    private Duration patience() {
        return answerWithin.multipliedBy(1L << unanswered);
    }

    /// The segment to be sent now, if there is one.
    Optional<byte[]> next(Instant now) {
        if (now.isBefore(patience)) return Optional.empty();
        if (!awaited.isEmpty()) {
            awaited.clear();
            unanswered++;
            together = Math.max(1, together / 2); // Smaller ones are lost less, and come sooner.
            dirty = true;
        }
        if (!dirty || unanswered >= MOST_UNANSWERED || !isQuiet()) return Optional.empty();
        var ask = advance(now, Window.LINK);
        dirty = false;
        resting = ask.isEmpty();
        if (ask.isEmpty()) return Optional.empty();
        awaited.addAll(ask.get().pieces());
        patience = now.plus(patience());
        return Optional.of(segment(ask.get(), ask.get().pieces(), now));
    }

    /// Whether there is nothing to ask or to wait for.
    boolean over() {
        return unanswered >= MOST_UNANSWERED || !isQuiet() || resting && !dirty;
    }

    /// Not while a collection that Earth ordered is under way, which it learns of soon, nor while paths come in one
    /// after the other: each would be another state.
    private boolean isQuiet() {
        return last.isPresent()
                && !(grown.isAfter(heard.minus(SETTLING)) && receives(last.get()))
                && (last.get().features() & Report.ANSWERS) != 0
                && last.get().results().stream()
                        .noneMatch(
                                result -> result.outcome() == Outcome.PENDING && collections.contains(result.number()));
    }

    private static boolean receives(Report report) {
        return report.deployments().stream()
                .anyMatch(told -> told.state() == DeploymentState.RECEIVING
                        && told.reason().isEmpty());
    }

    private static boolean isGrown(Report before, Report now) {
        return now.deployments().stream()
                .anyMatch(told -> before.deployments().stream()
                        .anyMatch(old -> old.deployment() == told.deployment() && old.pathsDone() < told.pathsDone()));
    }

    /// Takes up what the last report told, and what has been answered since, for comms that only move files.
    ///
    /// @return the segments that ask for the rest
    ///
    /// @param segmentSize bytes that an answer may have
    public List<byte[]> inFiles(int segmentSize, Instant now) {
        answers(answerWithin, segmentSize);
        new ReportIntake(ledger, satellite).last().ifPresent(report -> on(report, now));
        var segments = new ArrayList<byte[]>();
        if (!isQuiet()) return segments;
        var ask = advance(now, Window.FILE);
        var pieces = ask.map(Reconciliation.Step.Ask::pieces).orElse(List.of());
        for (int from = 0; from < pieces.size(); from += StoreQuestion.MAX_PIECES) {
            var some = pieces.subList(from, Math.min(pieces.size(), from + StoreQuestion.MAX_PIECES));
            segments.add(segment(ask.orElseThrow(), some, now));
        }
        return segments;
    }

    private byte[] segment(Reconciliation.Step.Ask ask, List<Integer> pieces, Instant now) {
        number = Math.max(number + 1, now.toEpochMilli());
        var question = new StoreQuestion(number, ask.digest(), ask.subject(), pieces, together);
        asked = Optional.of(ask.subject());
        ledger.asked(satellite.name(), question, ask.paths());
        return Envelope.seal(question, key, Envelope.Direction.UP, satellite.name());
    }

    /// Carries out what has been answered, and says what to ask next; nothing where Earth knows all.
    private Optional<Reconciliation.Step.Ask> advance(Instant now, Window window) {
        for (int i = 0; i < MOST_STEPS && last.isPresent(); i++) {
            switch (step(last.get(), window)) {
                case Reconciliation.Step.Rest rest -> {
                    return Optional.empty();
                }
                case Reconciliation.Step.Ask ask -> {
                    return Optional.of(ask);
                }
                case Reconciliation.Step.Settle settle -> settle(settle, now);
                case Reconciliation.Step.Rooted rooted -> ledger.rooted(satellite.name(), rooted.roots());
                case Reconciliation.Step.Damaged damaged -> damaged(damaged.paths(), now);
                case Reconciliation.Step.Discard discard -> {
                    LOG.log(System.Logger.Level.WARNING, "{0}: {1}", discard.subject(), discard.why());
                    ledger.discard(satellite.name(), discard.digest(), discard.subject());
                }
            }
        }
        return Optional.empty();
    }

    private Reconciliation.Step step(Report report, Window window) {
        return new Reconciliation(
                        ledger.mirror(satellite.name()),
                        Mirror.beginning(report.storeDigest()),
                        report.validPaths(),
                        ledger.rootsWanted(satellite.name()),
                        report.damaged().equals(damageTold) ? Optional.empty() : report.damaged(),
                        ledger.pieces(satellite.name()),
                        window,
                        this::earth)
                .step();
    }

    private void settle(Reconciliation.Step.Settle settle, Instant now) {
        var before = ledger.mirror(satellite.name()).paths();
        var after = Mirror.of(settle.items()).paths();
        ledger.settle(satellite.name(), settle.items(), settle.digest());
        long gone = before.keySet().stream()
                .filter(path -> !after.containsKey(path))
                .count();
        long come = after.keySet().stream()
                .filter(path -> !before.containsKey(path))
                .count();
        if (gone + come > 0) {
            ledger.happened(
                    satellite.name(),
                    now,
                    "mirror corrected: " + come + " paths more, " + gone + " fewer, " + after.size() + " on board");
        }
    }

    private void damaged(Set<StorePath> paths, Instant now) {
        damageTold = last.flatMap(Report::damaged);
        var mirror = ledger.mirror(satellite.name());
        ledger.believe(
                satellite.name(),
                mirror.paths().values().stream()
                        .filter(item -> paths.contains(item.path()) != (item.belief() == Mirror.Belief.DAMAGED))
                        .map(item -> item.as(
                                paths.contains(item.path()) ? Mirror.Belief.DAMAGED : Mirror.Belief.ACKNOWLEDGED))
                        .toList());
        ledger.discard(
                satellite.name(),
                Mirror.beginning(last.orElseThrow().storeDigest()),
                new StoreQuestion.Subject.Damaged());
        ledger.happened(satellite.name(), now, paths.size() + " paths are damaged on board");
    }

    /// What past deployments brought, and what the stores on Earth hold that they came from.
    private List<Mirror.Item> earth() {
        if (earth != null) return earth;
        var items = new ArrayList<Mirror.Item>();
        var urls = new TreeSet<>(ledger.stores(satellite.name()));
        for (var deployment : ledger.deployments(satellite.name())) {
            urls.add(deployment.store());
            items.addAll(deployment.objects());
        }
        for (var url : urls) {
            try (var store = stores.open(url)) {
                for (var info : store.infos(store.validPaths()).values()) {
                    items.add(Mirror.Item.of(info, Mirror.Belief.ACKNOWLEDGED));
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.INFO, "what {0} holds is not known: {1}", url, e.getMessage());
            }
        }
        earth = items;
        return items;
    }
}
