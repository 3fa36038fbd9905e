package narlink.flight;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import narlink.Bytes;
import narlink.Step;
import narlink.nix.PublicKey;
import narlink.pack.Outline;
import narlink.wire.Announcement;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.KeyId;
import narlink.wire.Opened;
import narlink.wire.Report;
import narlink.wire.Report.Counter;
import narlink.wire.SatelliteName;

/// All deployments that the satellite knows: steps the [Reception] that an input belongs to, and carries out its
/// effects with blocks, store and disk. Belongs to the reception thread.
final class Deployments {
    private static final System.Logger LOG = System.getLogger(Deployments.class.getName());

    /// Deployments received at the same time.
    private static final int MAX_OPEN = 32;
    /// Ended deployments whose status is kept.
    private static final int MAX_ENDED = 16;

    /// Before what stands in the way is tried again: at first, and each time twice as long up to this.
    private static final Duration FIRST_RETRY = Duration.ofSeconds(5);

    /// So long a clock has to say that a deployment has expired: one that jumped ahead may be set back.
    private static final long EXPIRY_MILLIS = 10 * 60_000;

    private static final Duration LAST_RETRY = Duration.ofMinutes(15);

    private final FlightState files;
    private final SatelliteName satellite;
    private final List<PublicKey> missionKeys;
    private final Clock clock;
    private final Reporter reporter;
    private final Hands hands;
    private final Blocks blocks;
    private final Activations activations;
    private final LongSupplier uptimeMillis;
    private final Runnable changed;
    private final Runnable news;
    private final SortedMap<Integer, Reception> receptions = new TreeMap<>();
    private final Map<Integer, Retry> retries = new HashMap<>();
    /// Paths of each deployment that were durable when this process began.
    private final Map<Integer, Integer> durable = new HashMap<>();
    private final Map<KeyId, List<PublicKey>> keys = new HashMap<>();
    /// Since which uptime the clock has said without a break that a deployment has expired.
    private final Map<Integer, Long> expiring = new HashMap<>();
    private final Map<Integer, Unwritten> unwritten = new TreeMap<>();
    /// Those that have ended and of which nothing but that is left: they must not begin again.
    private final SortedMap<Integer, Optional<Report.DeploymentReport>> closed = new TreeMap<>();
    private long triedMillis;
    private int floor;

    /// Inputs that wait for the disk, the oldest first.
    private record Unwritten(Deque<Input> inputs) {}

    /// When something is tried again.
    private record Retry(Instant at, Duration pause, int pathsDone) {
        /// Also where the clock was set back.
        boolean isDue(Instant now) {
            return !now.isBefore(at) || at.isAfter(now.plus(pause)) && !at.equals(Instant.MAX);
        }

        Duration longer() {
            var twice = pause.multipliedBy(2);
            return twice.compareTo(LAST_RETRY) < 0 ? twice : LAST_RETRY;
        }

        /// Remembers the pause.
        Retry never() {
            return new Retry(Instant.MAX, pause, pathsDone);
        }
    }

    /// @param changed called where a report is to be made at once
    /// @param news called where a report has something new to tell, which nobody waits for
    Deployments(
            FlightState files,
            Clock clock,
            Reporter reporter,
            Hands hands,
            Blocks blocks,
            Activations activations,
            LongSupplier uptimeMillis,
            Runnable changed,
            Runnable news)
            throws IOException {
        this.files = files;
        this.satellite = files.satellite();
        this.missionKeys = files.trustedKeys();
        this.clock = clock;
        this.reporter = reporter;
        this.hands = hands;
        this.blocks = blocks;
        this.activations = activations;
        this.uptimeMillis = uptimeMillis;
        this.changed = changed;
        this.news = news;
        this.floor = files.floor();
    }

    /// Who may sign segments with this key id.
    List<PublicKey> signers(KeyId id) {
        return keys.getOrDefault(id, List.of());
    }

    Optional<Reception> reception(int number) {
        return Optional.ofNullable(receptions.get(number));
    }

    List<Report.DeploymentReport> report() {
        return Stream.concat(
                        receptions.values().stream().map(Reception::report),
                        closed.values().stream().flatMap(Optional::stream))
                .toList();
    }

    /// The lowest number that is still believed.
    int floor() {
        return floor;
    }

    /// Takes an announcement that a mission key signed.
    void announced(Announcement announcement, byte[] segment) {
        var present = receptions.get(announcement.deployment());
        if (present != null && present.announcement().equals(announcement)) {
            reporter.count(Counter.SEGMENTS_ACCEPTED, 1);
            news.run();
        } else if (present != null
                || announcement.deployment() < floor
                || closed.containsKey(announcement.deployment())) {
            reporter.count(Counter.ANNOUNCEMENTS_REPLAYED, 1);
        } else if (!clock.instant().isBefore(announcement.expires())) {
            reporter.count(Counter.ANNOUNCEMENTS_EXPIRED, 1);
        } else if (announcement.minimumVersion() > Reporter.VERSION) {
            reporter.count(Counter.SEGMENTS_UNKNOWN_KIND, 1);
        } else if (receptions.values().stream().filter(r -> !r.state().ended()).count() >= MAX_OPEN) {
            LOG.log(System.Logger.Level.WARNING, "too many deployments at once; {0} waits", announcement.deployment());
        } else {
            begin(announcement, segment);
        }
    }

    private void begin(Announcement announcement, byte[] segment) {
        try {
            files.deployment(announcement.deployment()).begin(segment);
            if (announcement.lowestOpen() > floor) {
                files.saveNumber("floor", announcement.lowestOpen());
                floor = announcement.lowestOpen();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "deployment " + announcement.deployment() + " can't be begun", e);
            return; // Its next announcement tries again.
        }
        reporter.count(Counter.SEGMENTS_ACCEPTED, 1);
        receptions.put(announcement.deployment(), Reception.begin(announcement));
        findKeys();
        supersede(announcement);
        forgetOld();
        changed.run();
    }

    private void supersede(Announcement announcement) {
        for (int number : announcement.supersedes()) step(number, new Input.Superseded(announcement.deployment()));
    }

    /// Takes an input. What has to be durable before it counts waits where the disk refuses it, and all that comes
    /// behind it: it is told when it is written down.
    ///
    /// @return whether the input counts
    boolean step(int number, Input input) {
        var reception = receptions.get(number);
        if (reception == null) return true; // It was deleted while the worker was busy.
        var waiting = unwritten.get(number);
        if (waiting != null && !isOfBlocks(input)) {
            var last = waiting.inputs().peekLast();
            if (last != null && last.getClass() == input.getClass() && isReplaced(input))
                waiting.inputs().removeLast();
            waiting.inputs().add(input);
            return false;
        }
        return step(reception, input);
    }

    /// Whether the next one of its kind tells all that it does.
    private static boolean isReplaced(Input input) {
        return input instanceof Input.Imported || input instanceof Input.Stalled || input instanceof Input.Unusable;
    }

    private static boolean isOfBlocks(Input input) {
        return input instanceof Input.Arrived
                || input instanceof Input.Kept
                || input instanceof Input.Decoded
                || input instanceof Input.Undecodable
                || input instanceof Input.Undecided
                || input instanceof Input.Spoilt;
    }

    private boolean step(Reception reception, Input input) {
        int number = reception.number();
        if (input instanceof Input.Stalled || input instanceof Input.Undecided) retryLater(reception);
        var step = reception.on(input);
        if (!(input instanceof Input.Arrived || input instanceof Input.Kept)) {
            LOG.log(System.Logger.Level.DEBUG, "{0}: {1} -> {2}", number, input, step.effects());
        }
        if (step.effects().contains(new Effect.Save())) {
            try {
                files.deployment(number).saveStatus(step.state());
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "status of deployment " + number, e);
                var waiting = unwritten.computeIfAbsent(number, n -> new Unwritten(new ArrayDeque<>()));
                waiting.inputs().addFirst(input);
                triedMillis = uptimeMillis.getAsLong();
                enter(reception, reception.on(new Input.Stalled("its status can't be written: " + e.getMessage())));
                return false;
            }
        }
        enter(reception, step);
        return true;
    }

    private void enter(Reception before, Step<Reception, Effect> step) {
        var now = step.state();
        receptions.put(now.number(), now);
        if (now.state() != before.state()
                || !now.reason().equals(before.reason())
                || !now.footing().equals(before.footing())) {
            LOG.log(System.Logger.Level.INFO, "deployment {0}", now.line());
            // An end is what passes wait for.
            (now.state().ended() ? changed : news).run();
        }
        step.effects().forEach(effect -> perform(now, effect));
    }

    /// Takes again what the disk refused, in its order.
    private void takeUnwritten() {
        long uptime = uptimeMillis.getAsLong();
        if (unwritten.isEmpty() || uptime - triedMillis < FIRST_RETRY.toMillis()) return;
        triedMillis = uptime;
        for (int number : List.copyOf(unwritten.keySet())) {
            var waiting = Optional.ofNullable(unwritten.remove(number));
            for (var input : waiting.map(Unwritten::inputs).orElseGet(ArrayDeque::new)) step(number, input);
        }
    }

    /// Ever more rarely, as long as it gets nowhere.
    private void retryLater(Reception reception) {
        var last = retries.get(reception.number());
        if (last != null && !last.at().equals(Instant.MAX)) return; // It is to be tried as it is.
        var pause = last == null || last.pathsDone() != reception.pathsDone() ? FIRST_RETRY : last.longer();
        retries.put(reception.number(), new Retry(clock.instant().plus(pause), pause, reception.pathsDone()));
    }

    private int durable(int number) {
        return durable.getOrDefault(number, 0);
    }

    private void perform(Reception reception, Effect effect) {
        int number = reception.number();
        switch (effect) {
            case Effect.Keep keep ->
                blocks.keep(reception.announcement(), keep.symbols())
                        .ifPresent(why -> step(number, new Input.Stalled(why)));
            case Effect.Decode decode -> blocks.decode(reception, decode.object(), decode.block());
            case Effect.ReadManifest read -> blocks.readManifest(reception.announcement());
            case Effect.Import go ->
                reception.manifest().ifPresent(m -> hands.importPaths(reception, m, durable(number)));
            case Effect.Activate go -> activate(reception);
            case Effect.Save save -> {} // It was written down before all others.
            case Effect.Bequeath gift -> hands.bequeath(number, gift.heir());
            case Effect.Surplus surplus -> reporter.count(Counter.SEGMENTS_DUPLICATE, 1);
            case Effect.Release release -> {
                hands.release(number);
                blocks.release(number);
                forgetOld();
            }
        }
    }

    private void activate(Reception reception) {
        // Its journal knows of an activation that has begun, whatever became of the manifest since then.
        var begun = activations.run(reception.number()).map(run -> run.order().profile());
        var name = begun.or(() -> reception.manifest().flatMap(Outline::profile));
        if (name.isPresent()) {
            activations.activate(
                    reception.number(), name.get(), reception.state().activates());
        } else if (reception.manifest().isPresent()) {
            step(reception.number(), new Input.Activating(DeploymentState.CONFIRMED, "", -1, Bytes.EMPTY));
        }
    }

    /// Tries again what is due, and ends what has expired.
    void tick(Instant now) {
        takeUnwritten();
        for (var due : List.copyOf(retries.entrySet())) {
            var reception = receptions.get(due.getKey());
            if (reception == null || reception.state().ended()) {
                retries.remove(due.getKey());
            } else if (due.getValue().isDue(now)) {
                retries.put(due.getKey(), due.getValue().never());
                resume(reception);
            }
        }
        for (var reception : List.copyOf(receptions.values())) {
            if (hasExpired(reception, now)) step(reception.number(), new Input.Expired());
        }
    }

    private boolean hasExpired(Reception reception, Instant now) {
        if (reception.state().ended() || now.isBefore(reception.announcement().expires())) {
            expiring.remove(reception.number());
            return false;
        }
        long uptime = uptimeMillis.getAsLong();
        return uptime - expiring.computeIfAbsent(reception.number(), number -> uptime) >= EXPIRY_MILLIS;
    }

    /// Takes up what a cut left.
    void recover() throws IOException {
        var mission = Envelope.Keys.of(missionKeys);
        for (int number : files.deploymentNumbers()) {
            var deployment = files.deployment(number);
            var segment = deployment.announcement();
            if (segment.isEmpty()
                    || !(Envelope.open(segment.get(), mission, Envelope.Direction.UP, satellite)
                            instanceof Opened.Trusted trusted)
                    || !(trusted.message() instanceof Announcement announcement)) {
                // Cut before the announcement was whole, or it has rotted, or its key is trusted no more.
                LOG.log(System.Logger.Level.WARNING, "deployment {0} has no trusted announcement; dropped", number);
                if (!isClosed(deployment, number)) deployment.delete();
                continue;
            }
            var found = blocks.recover(announcement);
            var now = activations.run(number).map(found::during).orElse(found);
            if (deployment.statusIsDamaged()) renew(deployment, now);
            receptions.put(number, now);
            durable.put(number, now.pathsDone());
        }
        findKeys();
        List.copyOf(receptions.values()).forEach(reception -> supersede(reception.announcement()));
        List.copyOf(receptions.values()).forEach(this::resume);
        forgetOld();
    }

    /// Writes a status that has rotted anew, while what it told is still known. A disk that refuses that keeps the
    /// receiver from nothing: the next change of the status is written too.
    private static void renew(DeploymentFiles deployment, Reception now) {
        try {
            deployment.saveStatus(now);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the rotted status of deployment " + now.number() + " stays", e);
        }
    }

    /// Whether it has ended, so that its number stays refused whatever comes again, and its end is told.
    private boolean isClosed(DeploymentFiles deployment, int number) throws IOException {
        if (deployment.status().isEmpty()) {
            var told = files.lastTold(number);
            if (told.isPresent()) deployment.saveStatus(told.get());
        }
        var status = deployment.status().filter(known -> known.state().ended());
        if (status.isEmpty() && !deployment.isClosed()) return false;
        deployment.close();
        closed.put(number, status.map(known -> known.report(number)));
        return true;
    }

    private void resume(Reception reception) {
        var step = reception.resume();
        receptions.put(reception.number(), step.state());
        step.effects().forEach(effect -> perform(step.state(), effect));
    }

    private void findKeys() {
        keys.clear();
        missionKeys.forEach(this::know);
        for (var reception : receptions.values()) {
            int number = 0;
            for (var key : reception.announcement().stationKeys()) {
                know(new PublicKey("station-" + reception.number() + "-" + number++, key));
            }
        }
    }

    private void know(PublicKey key) {
        var same = keys.computeIfAbsent(KeyId.of(key), id -> new ArrayList<>());
        if (same.stream().noneMatch(known -> known.key().equals(key.key()))) same.add(key);
    }

    /// Forgets the oldest ended deployments. Their numbers stay refused: the floor rises above them first.
    private void forgetOld() {
        var ended = receptions.values().stream()
                .filter(reception -> reception.state().ended())
                .map(Reception::number)
                .toList();
        for (int number : ended.subList(0, Math.max(0, ended.size() - MAX_ENDED))) {
            try {
                if (number >= floor) {
                    files.saveNumber("floor", number + 1);
                    floor = number + 1;
                }
                files.deployment(number).delete();
                expiring.remove(number);
                unwritten.remove(number);
                receptions.remove(number);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "deployment " + number + " can't be deleted", e);
            }
        }
        for (int number : List.copyOf(closed.headMap(floor).keySet())) {
            try {
                files.deployment(number).delete();
                closed.remove(number);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "deployment " + number + " can't be deleted", e);
            }
        }
    }
}
