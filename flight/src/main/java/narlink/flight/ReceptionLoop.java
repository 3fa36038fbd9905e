package narlink.flight;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import narlink.nix.PublicKey;
import narlink.nix.Store;
import narlink.wire.Announcement;
import narlink.wire.Command;
import narlink.wire.Envelope;
import narlink.wire.KeyId;
import narlink.wire.Opened;
import narlink.wire.Report;
import narlink.wire.Report.Counter;
import narlink.wire.SatelliteName;
import narlink.wire.Symbols;

/// The one thread that owns what the satellite knows of its deployments: it takes what the link and the workers bring,
/// steps the [Reception] that it belongs to, and carries out the effects. Time, disk and pipe are here.
public final class ReceptionLoop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ReceptionLoop.class.getName());

    /// Segments that may wait to be looked at; the pipe is not read meanwhile.
    private static final int INBOX = 256;
    /// Bytes of symbols between two syncs of their logs: what a power cut may cost.
    private static final int SYNC_BYTES = 64 * 1024;
    /// Deployments received at the same time.
    private static final int MAX_OPEN = 32;
    /// Ended deployments whose status is kept.
    private static final int MAX_ENDED = 16;

    private static final Duration RETRY = Duration.ofSeconds(30);
    private static final Duration REPORT_EVERY = Duration.ofSeconds(10);
    private static final Duration SAVE_EVERY = Duration.ofSeconds(1);
    /// How often the store is looked at for what others did to it.
    private static final Duration LOOK_EVERY = Duration.ofMinutes(10);
    private static final Duration TICK = Duration.ofMillis(200);

    private final FlightState files;
    private final SatelliteName satellite;
    private final List<PublicKey> missionKeys;
    private final Clock clock;
    private final Reporter reporter;
    private final Hands hands;
    private final Blocks blocks;
    private final BlockingQueue<Event> inbox = new LinkedBlockingQueue<>(INBOX);
    private final SortedMap<Integer, Reception> receptions = new TreeMap<>();
    private final Map<Integer, Instant> retries = new HashMap<>();
    private final Map<KeyId, List<PublicKey>> keys = new HashMap<>();
    private final AtomicReference<byte[]> lastReport = new AtomicReference<>(new byte[0]);
    private final Thread thread;

    private StoreView store = StoreView.NONE;
    private int floor;
    private int command;
    private boolean reportWanted;
    private Instant reported = Instant.EPOCH;
    private Instant reportSaved = Instant.EPOCH;
    private Instant looked;
    private volatile Downlink downlink = segment -> {};
    private volatile Runnable onFailure = () -> {};
    private volatile boolean failed;
    private volatile boolean running = true;

    /// Where reports go.
    @FunctionalInterface
    public interface Downlink {
        /// Takes a segment without waiting; one that is not yet on its way may be dropped for a newer one.
        void offer(byte[] segment);
    }

    /// What reaches the thread.
    private sealed interface Event {
        record Heard(byte[] segment) implements Event {}

        record Damaged(long frames) implements Event {}

        record Answer(int deployment, Input input) implements Event {}

        record Viewed(StoreView view) implements Event {}

        /// @param settled to be answered only when nothing is at work any more
        record Asked(Runnable done, boolean settled) implements Event {}
    }

    /// Opens the state directory and takes up what a cut left.
    public ReceptionLoop(FlightState files, Store store, Clock clock) throws IOException {
        this.files = files;
        this.satellite = files.satellite();
        this.missionKeys = files.trustedKeys();
        this.clock = clock;
        this.reporter = new Reporter(files.flightKey(), satellite, files.boot());
        this.floor = files.floor();
        this.command = files.command();
        this.blocks = new Blocks(files, this::answer);
        this.hands = new Hands(files, store, this::answer, view -> put(new Event.Viewed(view)));
        this.thread = Thread.ofPlatform().name("reception").unstarted(this::run);
        hands.scan();
        this.looked = clock.instant();
        recover();
        thread.start();
    }

    /// Takes a segment from a pipe; waits while too many are unread.
    public void hear(byte[] segment) {
        put(new Event.Heard(segment));
    }

    /// Counts frames that a pipe found damaged.
    public void damaged(long frames) {
        if (frames > 0) put(new Event.Damaged(frames));
    }

    /// Sends reports there from now on, beginning with one at once.
    public void reportTo(Downlink link) {
        downlink = link;
        put(new Event.Asked(() -> {}, false));
    }

    /// Runs `end` once a bug has stopped the reception: nothing that is heard from then on is kept, so that the process
    /// is to end too, and to be started again.
    public void onFailure(Runnable end) {
        onFailure = end;
        if (failed) end.run();
    }

    /// A report of everything that was heard before this call, as a signed segment.
    public byte[] report() throws InterruptedException {
        return ask(false);
    }

    private byte[] ask(boolean settled) throws InterruptedException {
        var done = new CountDownLatch(1);
        put(new Event.Asked(done::countDown, settled));
        while (running && !done.await(100, TimeUnit.MILLISECONDS)) {}
        return lastReport.get();
    }

    private void answer(int deployment, Input input) {
        put(new Event.Answer(deployment, input));
    }

    private void put(Event event) {
        try {
            while (running && !inbox.offer(event, 100, TimeUnit.MILLISECONDS)) {}
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        var askers = new ArrayList<Runnable>();
        var patient = new ArrayList<Runnable>();
        while (running) {
            try {
                var event = inbox.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
                if (event != null) on(event, askers, patient);
                if (inbox.isEmpty() || blocks.unsynced() >= SYNC_BYTES || reportWanted) settle();
                if (event == null || inbox.isEmpty()) tick();
                if (!patient.isEmpty() && idle()) {
                    askers.addAll(patient);
                    patient.clear();
                    reportWanted = true;
                }
                if (reportWanted) tell(askers);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | Error e) {
                // A bug. Everything durable is in the logs: starting again from them is the safest way on.
                LOG.log(System.Logger.Level.ERROR, "the receiver stops", e);
                running = false;
                failed = true;
                onFailure.run();
            }
        }
    }

    private void on(Event event, List<Runnable> askers, List<Runnable> patient) {
        switch (event) {
            case Event.Heard heard -> heard(heard.segment());
            case Event.Damaged damaged -> reporter.count(Counter.FRAMES_BAD, damaged.frames());
            case Event.Answer answer -> step(answer.deployment(), answer.input());
            case Event.Viewed viewed -> {
                store = viewed.view();
                reportWanted = true;
            }
            case Event.Asked asked -> {
                if (asked.settled()) {
                    patient.add(asked.done());
                } else {
                    askers.add(asked.done());
                    reportWanted = true;
                }
            }
        }
    }

    private void heard(byte[] segment) {
        switch (Envelope.open(segment, id -> keys.getOrDefault(id, List.of()), Envelope.Direction.UP, satellite)) {
            case Opened.Rejected rejected ->
                reporter.count(
                        switch (rejected.reason()) {
                            case MALFORMED -> Counter.SEGMENTS_MALFORMED;
                            case UNKNOWN_KEY -> Counter.SEGMENTS_UNKNOWN_KEY;
                            case BAD_SIGNATURE -> Counter.SEGMENTS_BAD_SIGNATURE;
                            case UNKNOWN_KIND -> Counter.SEGMENTS_UNKNOWN_KIND;
                        },
                        1);
            case Opened.Trusted trusted -> {
                switch (trusted.message()) {
                    case Symbols symbols -> symbols(symbols, trusted.signer());
                    case Announcement announcement -> announced(announcement, trusted.signer(), segment);
                    case Command order -> ordered(order, trusted.signer());
                    case Report report -> reporter.count(Counter.SEGMENTS_UNAUTHORIZED, 1);
                }
            }
        }
    }

    private void symbols(Symbols symbols, PublicKey signer) {
        var reception = receptions.get(symbols.deployment());
        if (reception == null || !reception.announcement().stationKeys().contains(signer.key())) {
            reporter.count(Counter.SEGMENTS_UNAUTHORIZED, 1);
            return;
        }
        reporter.count(Counter.SEGMENTS_ACCEPTED, 1);
        reception
                .announcement()
                .oti(symbols.object())
                .ifPresent(oti -> reporter.heard(symbols.data().size() / oti.symbolSize()));
        step(symbols.deployment(), new Input.Arrived(symbols));
        if (symbols.poll() != 0) {
            reporter.polled(symbols.poll());
            reportWanted = true;
        }
    }

    private void announced(Announcement announcement, PublicKey signer, byte[] segment) {
        if (!missionKeys.contains(signer)) {
            reporter.count(Counter.SEGMENTS_UNAUTHORIZED, 1);
            return;
        }
        var present = receptions.get(announcement.deployment());
        if (present != null && present.announcement().equals(announcement)) {
            reporter.count(Counter.SEGMENTS_ACCEPTED, 1);
            reportWanted = true;
        } else if (present != null || announcement.deployment() < floor) {
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
        forgetOld();
        reportWanted = true;
    }

    private void ordered(Command order, PublicKey signer) {
        if (!missionKeys.contains(signer)) {
            reporter.count(Counter.SEGMENTS_UNAUTHORIZED, 1);
            return;
        }
        reportWanted = true;
        if (order.number() <= command) {
            reporter.count(Counter.ANNOUNCEMENTS_REPLAYED, 1);
            return;
        }
        if (!clock.instant().isBefore(order.expires())) {
            reporter.count(Counter.ANNOUNCEMENTS_EXPIRED, 1);
            return;
        }
        try {
            files.saveNumber("command", order.number());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "command " + order.number() + " can't be written down", e);
            return;
        }
        command = order.number();
        reporter.count(Counter.SEGMENTS_ACCEPTED, 1);
        switch (order.action()) {
            case Command.Action.Cancel cancel -> {
                if (receptions.containsKey(cancel.deployment())) step(cancel.deployment(), new Input.Cancelled());
            }
        }
    }

    private void step(int number, Input input) {
        var reception = receptions.get(number);
        if (reception == null) return; // It was deleted while the worker was busy.
        if (input instanceof Input.Stalled) retries.put(number, clock.instant().plus(RETRY));
        var step = reception.on(input);
        if (!(input instanceof Input.Arrived || input instanceof Input.Kept)) {
            LOG.log(System.Logger.Level.DEBUG, "{0}: {1} -> {2}", number, input, step.effects());
        }
        receptions.put(number, step.state());
        if (step.state().state() != reception.state() || !step.state().reason().equals(reception.reason())) {
            reportWanted = true;
            LOG.log(System.Logger.Level.INFO, "deployment {0}", step.state().line());
        }
        step.effects().forEach(effect -> perform(step.state(), effect));
    }

    private void perform(Reception reception, Effect effect) {
        int number = reception.number();
        switch (effect) {
            case Effect.Keep keep ->
                blocks.keep(reception.announcement(), keep.symbols())
                        .ifPresent(why -> step(number, new Input.Stalled(why)));
            case Effect.Decode decode -> blocks.decode(reception, decode.object(), decode.block());
            case Effect.ReadManifest read -> blocks.readManifest(reception.announcement());
            case Effect.Import go -> reception.manifest().ifPresent(m -> hands.importPaths(number, m));
            case Effect.Activate go -> reception.manifest().ifPresent(m -> hands.activate(number, m));
            case Effect.Save save -> save(reception);
            case Effect.Surplus surplus -> reporter.count(Counter.SEGMENTS_DUPLICATE, 1);
            case Effect.Release release -> {
                hands.release(number);
                blocks.release(number);
                forgetOld();
            }
        }
    }

    private void save(Reception reception) {
        try {
            files.deployment(reception.number()).saveStatus(reception);
        } catch (IOException e) {
            // The state is reached again after a restart; only then it is told as reached.
            LOG.log(System.Logger.Level.WARNING, "status of deployment " + reception.number(), e);
        }
    }

    /// Makes durable what was appended, and tells the receptions.
    private void settle() {
        for (var kept : blocks.settle()) step(kept.deployment(), kept.input());
    }

    private void tick() {
        var now = clock.instant();
        for (var due : List.copyOf(retries.entrySet())) {
            var reception = receptions.get(due.getKey());
            if (reception == null || reception.state().ended()) {
                retries.remove(due.getKey());
            } else if (!now.isBefore(due.getValue()) || due.getValue().isAfter(now.plus(RETRY))) { // Or set back.
                retries.remove(due.getKey());
                resume(reception);
            }
        }
        for (var reception : List.copyOf(receptions.values())) {
            if (!reception.state().ended()
                    && !now.isBefore(reception.announcement().expires())) {
                step(reception.number(), new Input.Expired());
            }
        }
        if (looked.plus(LOOK_EVERY).isBefore(now) || now.isBefore(looked)) {
            looked = now;
            hands.scan();
        }
        if (reported.plus(REPORT_EVERY).isBefore(now) || now.isBefore(reported.minus(REPORT_EVERY))) {
            reportWanted = true;
        }
    }

    private void tell(List<Runnable> askers) {
        settle();
        byte[] segment = reporter.segment(
                clock.instant(),
                store,
                receptions.values().stream().map(Reception::report).toList(),
                floor,
                command);
        lastReport.set(segment);
        reported = clock.instant();
        reportWanted = false;
        downlink.offer(segment);
        saveReport(segment, askers.isEmpty());
        askers.forEach(Runnable::run);
        askers.clear();
    }

    /// At most once a second, unless somebody waits for it.
    private void saveReport(byte[] segment, boolean sparingly) {
        if (sparingly && reported.isBefore(reportSaved.plus(SAVE_EVERY)) && !reported.isBefore(reportSaved)) return;
        try {
            files.saveReport(segment);
            reportSaved = reported;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "last report", e);
        }
    }

    private void recover() throws IOException {
        var mission = Envelope.Keys.of(missionKeys);
        for (int number : files.deploymentNumbers()) {
            var deployment = files.deployment(number);
            var segment = deployment.announcement();
            if (segment.isEmpty()
                    || !(Envelope.open(segment.get(), mission, Envelope.Direction.UP, satellite)
                            instanceof Opened.Trusted trusted)
                    || !(trusted.message() instanceof Announcement announcement)) {
                // Cut before the announcement was whole, or its key is trusted no more.
                LOG.log(System.Logger.Level.WARNING, "deployment {0} has no trusted announcement; dropped", number);
                deployment.delete();
                continue;
            }
            receptions.put(number, blocks.recover(announcement));
        }
        findKeys();
        List.copyOf(receptions.values()).forEach(this::resume);
        forgetOld();
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

    /// Forgets the oldest ended deployments: their numbers stay refused, being below the floor or remembered by the
    /// newer ones kept.
    private void forgetOld() {
        var ended = receptions.values().stream()
                .filter(reception -> reception.state().ended() && reception.number() < floor)
                .map(Reception::number)
                .toList();
        for (int number : ended.subList(0, Math.max(0, ended.size() - MAX_ENDED))) {
            try {
                files.deployment(number).delete();
                receptions.remove(number);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "deployment " + number + " can't be deleted", e);
            }
        }
    }

    /// Waits until nothing is left that could go on without the link, and returns the report of then.
    public byte[] settled() throws InterruptedException {
        return ask(true);
    }

    /// Whether nothing is at work. What a worker answers is in the inbox before it counts as idle, so the order
    /// matters.
    private boolean idle() {
        return hands.idle() && blocks.idle() && inbox.isEmpty();
    }

    /// Makes everything durable and stops.
    @Override
    public void close() {
        try {
            report();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running = false;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        hands.close();
        blocks.close();
    }
}
