package narlink.ground.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import narlink.ground.Asking;
import narlink.ground.Clocks;
import narlink.ground.CommandDesk;
import narlink.ground.GroundState;
import narlink.ground.Housekeeping;
import narlink.ground.Ledger;
import narlink.ground.Link;
import narlink.ground.Mirror;
import narlink.ground.Orders;
import narlink.ground.Pass;
import narlink.ground.Queue;
import narlink.ground.Satellite;
import narlink.ground.Supplements;
import narlink.ground.Workload;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.ProfileName;
import narlink.simulation.LinkProfile;
import narlink.wire.Command;

/// The ground: its real ledger, planner, packer and passes, with a store of its own and a clock that may be wrong.
final class Earth {
    /// What one server does for one satellite may take so many rounds in a contact; more would be a bug.
    private static final int MOST_ROUNDS = 500;

    private final World world;
    private final Trace trace;
    private final GroundState files;
    private final Ledger ledger;
    private final SimulatedStore store;
    private final Satellite satellite;
    private final LinkProfile profile;
    private final int symbolSize;
    private final int segmentSize;
    private SecretKey missionKey;
    private final List<SecretKey> stations;
    private Duration clockError = Duration.ZERO;

    Earth(
            World world,
            Trace trace,
            Path directory,
            Ledger ledger,
            SimulatedStore store,
            Satellite satellite,
            LinkProfile profile,
            int symbolSize,
            int segmentSize,
            SecretKey missionKey,
            List<SecretKey> stations)
            throws IOException {
        this.world = world;
        this.trace = trace;
        this.files = new GroundState(directory);
        this.ledger = ledger;
        this.store = store;
        this.satellite = satellite;
        this.profile = profile;
        this.symbolSize = symbolSize;
        this.segmentSize = segmentSize;
        this.missionKey = missionKey;
        this.stations = List.copyOf(stations);
        Files.createDirectories(files.packs());
        ledger.add(satellite);
        ledger.addStore(satellite.name(), store.url());
        stations.forEach(station -> ledger.addStation(station.publicKey()));
        useKeys();
    }

    private void useKeys() throws IOException {
        var keys = files.directory().resolve("keys");
        Files.createDirectories(keys);
        Files.writeString(keys.resolve("mission.key"), missionKey.text() + "\n");
        Files.writeString(keys.resolve("station.key"), stations.getFirst().text() + "\n");
    }

    Ledger ledger() {
        return ledger;
    }

    SimulatedStore store() {
        return store;
    }

    Satellite satellite() {
        return satellite;
    }

    void setClock(Duration error) {
        clockError = error;
    }

    Instant now() {
        return world.now().plus(clockError);
    }

    /// The wall's clock steps when somebody sets it, those of passes go on evenly from where it stood.
    private Clocks clocks() {
        return new Clocks(clock(this::now), () -> {
            var error = clockError;
            return clock(() -> world.now().plus(error));
        });
    }

    private static Clock clock(Supplier<Instant> time) {
        return new Clock() {
            @Override
            public Instant instant() {
                return time.get();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }

    /// Has another mission key sign from now on.
    void rotate(SecretKey key) throws IOException {
        missionKey = key;
        useKeys();
    }

    /// What `narlink send` does.
    ///
    /// @return its number; empty where it is under way already
    Optional<Integer> send(
            StorePath target,
            Optional<ProfileName> name,
            Activation activation,
            Duration expires,
            int priority,
            boolean behind)
            throws IOException {
        var request = new Orders.Request(
                satellite,
                List.of(target),
                List.of(),
                name,
                activation,
                expires,
                symbolSize,
                segmentSize,
                profile,
                new Orders.Standing(priority, Optional.empty()),
                behind);
        var orders = new Orders(files, ledger, store, (path, raw) -> {});
        if (orders.underWay(request).isPresent()) return Optional.empty();
        var summary = orders.send(request, missionKey, stations.getFirst(), now());
        trace.event("send", summary.deployment(), summary.packBytes());
        return Optional.of(summary.deployment());
    }

    void order(Command.Action action) throws IOException {
        var queued = new CommandDesk(ledger).queue(satellite, action, missionKey, Duration.ofDays(10), now());
        trace.event("order", queued.number() + " " + queued.what());
    }

    void cancel(int deployment) throws IOException {
        trace.event("cancel", deployment);
        new CommandDesk(ledger).cancel(satellite, deployment, missionKey, Duration.ofDays(10), now());
    }

    /// What `narlink gc` does.
    void collect(int keep) throws IOException {
        var housekeeping = new Housekeeping(ledger, satellite);
        var plan = housekeeping.plan(keep);
        trace.event("gc", plan.map(known -> known.dead().size()).orElse(-1));
        if (plan.isPresent() && !plan.get().dead().isEmpty()) {
            housekeeping.order(plan.get(), keep, missionKey, Duration.ofDays(10), now());
        }
    }

    void freeze(boolean frozen) {
        trace.event("freeze", frozen ? 1 : 0);
        new Queue(ledger, satellite.name()).freeze(frozen, now());
    }

    /// One contact, as the fiber of a process that may be killed: flies pass after pass while there is something to
    /// carry, and plans anew what is stuck in between.
    ///
    /// @param station which of them
    /// @param blind whether nothing is to be expected to come back
    void contact(Link link, Ledger mine, int station, Duration length, boolean blind)
            throws IOException, InterruptedException {
        var end = now().plus(length);
        var supplements = new Supplements(files, mine, url -> store);
        var settings = new Pass.Settings(
                OptionalLong.of(profile.upRate()),
                length,
                segmentSize,
                blind ? Optional.of(Pass.Settings.BLIND) : Optional.empty(),
                Pass.Forward.OPEN,
                Optional.of(profile.turnaround()).filter(Duration::isPositive));
        var asking = new Asking(mine, satellite, missionKey, url -> store);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            var known = Workload.of(mine, satellite);
            var left = Duration.between(now(), end);
            if (!left.isPositive()) break;
            var flown = new Pass(
                            mine,
                            satellite,
                            stations.get(station),
                            files.packs(),
                            settings.lasting(left),
                            clocks(),
                            tally -> {},
                            asking)
                    .fly(
                            link,
                            () -> known.covers(Workload.of(mine, satellite))
                                    ? Optional.empty()
                                    : Optional.of("the queue has changed"));
            trace.event("flown", flown.why());
            boolean planned = supply(supplements);
            boolean goesOn = planned || !known.covers(Workload.of(mine, satellite));
            if (!goesOn) break;
        }
        new Housekeeping(mine, satellite).follow(store);
        supplements.tidy(satellite);
    }

    private boolean supply(Supplements supplements) throws IOException {
        var queued = supplements.answer(satellite, now());
        queued.forEach(one -> trace.event("supplement", one.stuck(), one.instead(), one.packBytes()));
        return !queued.isEmpty();
    }

    static Mirror.Item acknowledged(PathInfo info) {
        return new Mirror.Item(
                info.path(),
                info.narHash().bytes(),
                info.narSize(),
                Optional.of(info.references()),
                Mirror.Belief.ACKNOWLEDGED);
    }

    /// A key that follows from the seed.
    static SecretKey key(String name, SplittableRandom random) {
        byte[] seed = new byte[32];
        random.nextBytes(seed);
        return SecretKey.of(name, seed);
    }
}
