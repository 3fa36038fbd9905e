package narlink.ground.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import narlink.Sha256;
import narlink.ground.Deployment;
import narlink.ground.Ledger;
import narlink.ground.LedgerException;
import narlink.ground.Satellite;
import narlink.nix.SecretKey;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.ProfileName;
import narlink.wire.SatelliteName;
import org.jspecify.annotations.Nullable;

/// One seed: a mission from its first pass to its last, with the classes that fly on both ends, in one thread of
/// simulated time.
public final class Simulation {
    private static final SatelliteName NAME = new SatelliteName("sat");
    private static final ProfileName PROFILE = new ProfileName("default");
    private static final int STATIONS = 2;
    private static final double BUSY_CHANCE = 3;
    /// Steps of a run; more means that something turns in a circle.
    private static final long MOST_STEPS = 20_000_000;

    /// Keeps ledgers: opens the one in a directory.
    public interface Ledgers {
        Ledger open(Path directory) throws IOException;
    }

    /// A closure of one's own in place of generated ones.
    ///
    /// @param old what is on board from the beginning, references first
    /// @param added what Earth has beside it, references first
    public record Cargo(List<Item> old, List<Item> added, List<StorePath> targets) {
        public record Item(narlink.nix.PathInfo info, byte[] nar) {}
    }

    /// What became of it.
    ///
    /// @param hash over everything that happened
    /// @param violations each with the invariant's name in front of it
    /// @param payloadBytes of announcements, manifests and packs that came to their end
    /// @param states in which deployments ended, with how many of them
    public record Outcome(
            long seed,
            Sha256 hash,
            long events,
            List<String> violations,
            Map<Fault, Long> faults,
            Map<Deployment.State, Integer> states,
            int passes,
            long payloadBytes,
            long sentBytes,
            long returnedBytes,
            Duration time) {}

    private final Scenario scenario;
    private final long seed;
    private final Ledger ledger;
    private final World world = new World();
    private final Trace trace;
    private final Invariants invariants;
    private final SplittableRandom random;
    private final Board board;
    private final Earth earth;
    private final Workshop workshop;
    private final Operators operators;
    private final Nature nature;
    private final Adversary adversary;
    private final List<Server> servers = new ArrayList<>();
    private final Optional<Cargo> cargo;
    private boolean calm;
    private int passes;
    private long sentBytes;
    private long returnedBytes;

    /// A process on Earth that flies a contact.
    private record Server(Fiber fiber, MortalLedger ledger, SimulatedLink link) {}

    private Simulation(
            Scenario scenario, long seed, Optional<Cargo> cargo, Path directory, Ledger ledger, Trace.Lines lines)
            throws IOException {
        this.scenario = scenario;
        this.seed = seed;
        this.cargo = cargo;
        this.ledger = ledger;
        this.random = new SplittableRandom(seed);
        this.trace = new Trace(world, lines);
        this.invariants = new Invariants(trace);
        var flightKey = Earth.key("flight-1", random);
        var mission = Earth.key("mission-1", random);
        var nextMission = Earth.key("mission-2", random);
        var stations = new ArrayList<SecretKey>();
        for (int i = 0; i < STATIONS; i++) stations.add(Earth.key("station-" + i, random));
        var scratch = directory.resolve("scratch");
        Files.createDirectories(scratch);
        this.board = new Board(world, trace, random.split(), scratch, invariants);
        var store = new SimulatedStore(
                "earth", directory, new Power(random.split(), trace), Optional.empty(), SimulatedStore.Watcher.NONE);
        this.earth = new Earth(
                world,
                trace,
                directory,
                ledger,
                store,
                new Satellite(NAME, flightKey.publicKey(), Optional.empty()),
                scenario.profile(),
                scenario.symbolSize(),
                scenario.segmentSize(),
                mission,
                stations);
        invariants.watch(board, earth);
        this.workshop = new Workshop(random.split(), scenario.packages(), scenario.bytes());
        this.operators = new Operators(world, trace, random.split(), earth, workshop, invariants, nextMission);
        this.nature = new Nature(
                world, trace, random.split(), board, earth, workshop, invariants, this::killGround, scenario.muted());
        this.adversary = new Adversary(world, trace, random.split(), NAME);
        board.launch(
                NAME, flightKey, Earth.key("nix-1", random), List.of(mission.publicKey(), nextMission.publicKey()));
    }

    /// Runs a seed.
    ///
    /// @param directory for packs and the ledger; emptied at the end
    /// @param lines hears everything that happens, if it is to be told
    public static Outcome run(
            Scenario scenario,
            long seed,
            Optional<Cargo> cargo,
            Path directory,
            Ledgers ledgers,
            Optional<Consumer<String>> lines)
            throws IOException {
        Files.createDirectories(directory);
        try (var opened = ledgers.open(directory)) {
            var ledger = RememberedLedger.of(opened);
            return new Simulation(scenario, seed, cargo, directory, ledger, new Trace.Lines(lines)).run();
        } finally {
            try (var files = Files.walk(directory)) {
                for (var file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) Files.delete(file);
            }
        }
    }

    /// Looks for less that breaks the same: fewer days, and without the troubles that it does not take.
    ///
    /// @param broken how `seed` ended
    /// @param patience whether to look further: each look is a whole run
    /// @return the least that was found, with what its scenario leaves out
    public static Shrunk shrink(
            Scenario scenario, Outcome broken, Path directory, Ledgers ledgers, BooleanSupplier patience)
            throws IOException {
        var invariant = invariant(broken.violations().getFirst());
        var least = new Shrunk(scenario.days(), Set.of(), broken);
        for (int low = 0, high = scenario.days(); high - low > 1 && patience.getAsBoolean(); ) {
            int days = (low + high) / 2;
            var shorter = again(scenario.less(days, Set.of()), broken.seed(), invariant, directory, ledgers);
            if (shorter.isPresent()) {
                high = days;
                least = new Shrunk(days, Set.of(), shorter.get());
            } else {
                low = days;
            }
        }
        for (var trouble : Trouble.values()) {
            if (!patience.getAsBoolean()) break;
            var without = EnumSet.of(trouble);
            least.without().forEach(name -> without.add(Trouble.valueOf(name)));
            var fewer = again(scenario.less(least.days(), without), broken.seed(), invariant, directory, ledgers);
            if (fewer.isPresent()) {
                var names = new TreeSet<String>();
                without.forEach(each -> names.add(each.name()));
                least = new Shrunk(least.days(), names, fewer.get());
            }
        }
        return least;
    }

    /// A shorter run that breaks the same.
    ///
    /// @param without kinds of trouble that it does not take
    public record Shrunk(int days, Set<String> without, Outcome outcome) {}

    private static Optional<Outcome> again(
            Scenario scenario, long seed, String invariant, Path directory, Ledgers ledgers) throws IOException {
        var outcome = run(scenario, seed, Optional.empty(), directory, ledgers, Optional.empty());
        boolean same = outcome.violations().stream()
                .anyMatch(violation -> invariant(violation).equals(invariant));
        return same ? Optional.of(outcome) : Optional.empty();
    }

    private static String invariant(String violation) {
        return violation.substring(0, violation.indexOf(':'));
    }

    private Outcome run() throws IOException {
        long end = Duration.ofDays(scenario.days()).toNanos();
        if (cargo.isPresent()) load(cargo.get());
        else {
            operators.send();
            long hours = (long) (24 * scenario.daysBetween());
            if (hours > 0) operators.act(Duration.ofHours(hours), end);
        }
        invariants.queued();
        world.at(0, () -> nextContact(end));
        advance(end);
        if (scenario.calm() > 0) {
            settle();
            invariants.over();
        }
        var states = new TreeMap<Deployment.State, Integer>();
        long payload = 0;
        for (var deployment : ledger.deployments(NAME)) {
            states.merge(deployment.progress().state(), 1, Integer::sum);
            if (deployment.progress().state().stored()) payload += deployment.packBytes();
        }
        return new Outcome(
                seed,
                trace.hash(),
                trace.events(),
                invariants.violations(),
                trace.faults(),
                states,
                passes,
                payload,
                sentBytes,
                returnedBytes,
                Duration.ofNanos(world.nanos()));
    }

    /// Puts a closure of the user's on both ends, and sends its targets.
    private void load(Cargo given) throws IOException {
        for (var item : given.old()) {
            board.store().put(item.info(), item.nar());
            earth.store().put(item.info(), item.nar());
        }
        var known = given.old().stream().map(Cargo.Item::info).toList();
        ledger.believe(NAME, known.stream().map(Earth::acknowledged).toList());
        for (var item : given.added()) earth.store().put(item.info(), item.nar());
        for (var target : given.targets()) {
            earth.send(
                    target,
                    given.targets().size() == 1 ? Optional.of(PROFILE) : Optional.empty(),
                    Activation.NONE,
                    Duration.ofDays(365),
                    0,
                    true);
        }
    }

    private void advance(long until) {
        for (long steps = 0; world.step(until); steps++) {
            if (steps > MOST_STEPS) {
                invariants.broken("it never comes to rest", null);
                return;
            }
        }
    }

    /// Passes come now and then until `end`.
    private void nextContact(long end) {
        long day = Duration.ofDays(1).toNanos();
        long pause = day / scenario.profile().passesPerDay();
        world.at(world.nanos() + pause / 2 + random.nextLong(pause), () -> {
            boolean done = scenario.daysBetween() == 0
                    && ledger.deployments(NAME).stream().allMatch(Deployment::ended);
            if (world.nanos() >= end || done) return;
            contact();
            nextContact(end);
        });
    }

    private void contact() {
        passes++;
        var length = scenario.profile().pass();
        boolean lost = random.nextDouble() < scenario.profile().passLost();
        if (lost && !calm) {
            trace.fault(Fault.PASS_LOST);
            return;
        }
        boolean returns = calm || !(random.nextDouble() < scenario.weather().noReturn());
        boolean cut = !calm && random.nextDouble() < scenario.weather().passCut();
        var closes = cut ? Duration.ofNanos(1 + random.nextLong(length.toNanos())) : length;
        if (scenario.troubles() > 0 && !calm) {
            // Trouble comes when there is work: else it would hardly ever hit any.
            boolean busy = ledger.deployments(NAME).stream().anyMatch(deployment -> !deployment.ended());
            double chance = (busy ? BUSY_CHANCE : 1)
                    * scenario.troubles()
                    / scenario.profile().passesPerDay();
            if (random.nextDouble() < chance) nature.strike(Duration.ofSeconds(1 + random.nextInt(busy ? 8 : 20)));
            if (random.nextDouble() < chance / 4) nature.strike(Duration.ofHours(4));
        }
        var link = fly(0, length, closes, returns);
        boolean second = !calm && scenario.daysBetween() > 0 && random.nextInt(12) == 0;
        if (second) {
            // Another station of ours hears the satellite too, a little later.
            world.after(Duration.ofSeconds(random.nextInt(10)), () -> fly(1, length, closes, returns));
        }
        boolean disturbed = scenario.troubles() > 0 && !scenario.muted().contains(Trouble.ADVERSARY);
        if (!calm && disturbed && random.nextInt(3) == 0) {
            adversary.disturb(link, Duration.ofSeconds(5), 1 + random.nextInt(4));
        }
    }

    private SimulatedLink fly(int station, Duration length, Duration closes, boolean returns) {
        var weather = calm ? Weather.fair(scenario.weather().stream()) : scenario.weather();
        var profile = scenario.profile();
        var link = new SimulatedLink(
                world, trace, board, profile, weather, random.split(), length, closes, returns, this::overheard);
        var mortal = new MortalLedger(ledger);
        // Whether something will come back is known beforehand, or not: blind passes are flown by plan.
        boolean blind = !returns && (scenario.weather().noReturn() == 1 || random.nextBoolean());
        trace.event("pass", passes, station, returns ? 1 : 0, blind ? 1 : 0);
        board.point(link);
        var fiber = world.start(
                "station-" + station,
                () -> {
                    try (link) {
                        earth.contact(link, mortal.open(), station, length, blind);
                    } catch (IOException | LedgerException e) {
                        trace.event("pass broken off", String.valueOf(e.getMessage()));
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("nobody interrupts a fiber", e);
                    }
                },
                trouble -> landed(link, trouble));
        servers.add(new Server(fiber, mortal, link));
        return link;
    }

    private void landed(SimulatedLink link, @Nullable Throwable trouble) {
        servers.removeIf(server -> server.link() == link);
        link.close();
        sentBytes += link.sentBytes();
        returnedBytes += link.returnedBytes();
        if (servers.isEmpty()) board.point(null);
        if (trouble != null) invariants.broken("a pass broke", trouble);
        invariants.passed();
        trace.event("landed", link.sentBytes(), link.returnedBytes());
    }

    private void overheard(byte[] segment, boolean up) {
        adversary.overhear(segment, up);
        if (up) invariants.sent(segment);
    }

    private void killGround() {
        if (servers.isEmpty()) return;
        trace.fault(Fault.GROUND_KILLED);
        var doomed = servers.getFirst();
        doomed.ledger().kill();
        doomed.fiber().kill();
    }

    /// Fair weather until nothing is left to do: what does not come to its end now never does.
    private void settle() {
        calm = true;
        nature.rest();
        var pause = Duration.ofDays(1).dividedBy(scenario.profile().passesPerDay());
        for (int i = 0; i < scenario.calm(); i++) {
            operators.settle();
            // The pass after a reboot tells what has come of it.
            boolean reboot = i % 2 == 0 && operators.awaitReboot();
            if (reboot) board.end(true);
            contact();
            advance(world.nanos() + pause.toNanos());
            if (i > 1 && over()) return;
        }
    }

    private boolean over() {
        return ledger.deployments(NAME).stream().allMatch(Deployment::ended)
                && ledger.commands(NAME).stream()
                        .allMatch(command -> command.state().ended())
                && invariants.inSync();
    }
}
