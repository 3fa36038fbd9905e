package narlink.ground;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import narlink.flight.FlightState;
import narlink.flight.ReceptionLoop;
import narlink.ground.ledger.SqlLedger;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.ProfileName;
import narlink.simulation.Faults;
import narlink.simulation.FaultyPipe;
import narlink.simulation.LinkProfile;
import narlink.store.Options;
import narlink.store.Stores;
import narlink.wire.Envelope;
import narlink.wire.FrameReader;
import narlink.wire.Frames;
import narlink.wire.SatelliteName;
import narlink.wire.Symbols;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/// The whole way, with the classes that fly: a closure is sent over a link that loses, doubles, reorders, damages and
/// cuts frames, while both sides are ended and begun anew. It ends with the very closure, or not yet; never with
/// anything else. And no ESI is ever sent twice.
final class TransferProperties {
    private static final SatelliteName NAME = new SatelliteName("sat");
    private static final int MAX_PASSES = 60;

    @Provide
    Arbitrary<Faults> faults() {
        var much = Arbitraries.doubles().between(0, 0.4);
        var little = Arbitraries.doubles().between(0, 0.1);
        return Combinators.combine(much, little, little, little, little).as(Faults::new);
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void itEndsWithTheVeryClosureOrNotYet(@ForAll("faults") Faults faults, @ForAll long seed)
            throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("transfer");
        try (var story = new Story(directory, faults, seed)) {
            for (int pass = 0; pass < MAX_PASSES && !story.confirmed(); pass++) {
                story.pass();
                story.nothingButTheClosure();
            }
            assertTrue(story.confirmed(), "not delivered in " + MAX_PASSES + " passes with " + faults);
            story.theVeryClosure();
        } finally {
            delete(directory);
        }
    }

    private static void delete(Path tree) throws IOException {
        try (var files = Files.walk(tree)) {
            for (var file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) Files.delete(file);
        }
    }

    private static final class Story implements AutoCloseable {
        private final Path directory;
        private final Faults faults;
        private final SplittableRandom random;
        private final GroundState files;
        private final Ledger ledger;
        private final Store earth;
        private final StorePath top;
        private final Set<String> sent = new HashSet<>();
        private Satellite satellite;
        private ReceptionLoop receiver;
        private Store board;

        Story(Path directory, Faults faults, long seed) throws IOException {
            this.directory = directory;
            this.faults = faults;
            this.random = new SplittableRandom(seed);
            this.files = new GroundState(directory.resolve("ground"));
            files.init();
            this.ledger = SqlLedger.open(files.database());
            this.earth = Stores.open("file://" + directory.resolve("earth"), Options.of(directory.resolve("roots")));
            this.top = SampleClosure.make(earth, seed, 1 + random.nextInt(8), 1 + random.nextInt(60_000));
            var flight = FlightState.at(directory.resolve("flight"));
            flight.init(NAME);
            flight.trust(files.missionKey().publicKey());
            this.satellite = new Satellite(NAME, flight.flightKey().publicKey(), Optional.empty());
            ledger.add(satellite);
            this.board = board(flight);
            this.receiver = new ReceptionLoop(flight, board, Clock.systemUTC());
            var request = new Orders.Request(
                    satellite,
                    List.of(top),
                    List.of(),
                    Optional.of(new ProfileName("default")),
                    Activation.NONE,
                    Duration.ofDays(1),
                    256,
                    2048,
                    LinkProfile.BUILT_IN.getFirst(),
                    Orders.Standing.NORMAL,
                    false);
            new Orders(files, ledger, earth, (path, raw) -> {})
                    .send(request, files.missionKey(), files.stationKey(), Instant.now());
        }

        private Store board(FlightState flight) throws IOException {
            return Stores.open(
                    "file://" + directory.resolve("board"),
                    Options.of(directory.resolve("board-roots"))
                            .trusting(List.of(flight.nixKey().publicKey())));
        }

        /// One pass, which is cut after some frames; then one side or both may be begun anew.
        void pass() throws IOException, InterruptedException {
            satellite = ledger.satellite(NAME).orElseThrow();
            var open = Load.open(ledger, satellite, files.stationKey().publicKey(), Instant.now());
            var now = Instant.now();
            var policy = new Transmission.Policy(
                    true,
                    random.nextBoolean(),
                    new Repair.Share(0),
                    2048,
                    size -> 64,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2));
            var transmission =
                    new Transmission(Load.outgoing(ledger, open), policy, 1 + random.nextInt(1 << 29), 0, now);
            var up = new FaultyPipe(faults, random.nextLong());
            var down = new FaultyPipe(faults, random.nextLong());
            int frames = 5 + random.nextInt(150);
            try (var leases = new Leases(ledger, NAME, random.nextInt(5_000));
                    var source = new SymbolSource(files.packs())) {
                for (int i = 0; i < frames; i++) {
                    now = now.plusMillis(100);
                    var action = transmission.next(now);
                    if (action instanceof Transmission.Action.Done) break;
                    if (action instanceof Transmission.Action.Announce announce) {
                        carry(
                                up,
                                Load.deployment(open, announce.announcement().deployment())
                                        .segment());
                    } else if (action instanceof Transmission.Action.Send send) {
                        carry(up, symbols(send, open, leases, source, transmission));
                    } else if (action instanceof Transmission.Action.Wait wait) {
                        now = wait.until();
                    }
                    if (i % 20 == 0 || action instanceof Transmission.Action.Wait) {
                        report(down, transmission, now);
                    }
                }
                // A kill leaves leases as they are; an orderly end gives them back.
                if (random.nextBoolean()) return;
            }
            if (random.nextInt(3) == 0) restartReceiver();
        }

        private byte[] symbols(
                Transmission.Action.Send send,
                java.util.Map<Integer, Deployment> open,
                Leases leases,
                SymbolSource source,
                Transmission transmission)
                throws IOException {
            var run = send.run();
            int number = send.deployment().announcement().deployment();
            int esi = leases.take(send.deployment().announcement(), run.object(), run.block(), run.count());
            for (int i = 0; i < run.count(); i++) {
                assertTrue(sent.add(run.object() + "/" + run.block() + "/" + (esi + i)), "ESI sent twice");
            }
            transmission.sent(send, esi);
            var data = source.symbols(Load.deployment(open, number), run.object(), run.block(), esi, run.count());
            return Envelope.seal(
                    new Symbols(number, run.object(), run.block(), esi, data, send.poll()),
                    files.stationKey(),
                    Envelope.Direction.UP,
                    NAME);
        }

        private void carry(FaultyPipe pipe, byte[] segment) {
            var reader = new FrameReader();
            pipe.carry(Frames.frame(segment)).forEach(frame -> reader.feed(frame, 0, frame.length, receiver::hear));
        }

        private void report(FaultyPipe pipe, Transmission transmission, Instant now) throws InterruptedException {
            byte[] segment = random.nextBoolean() ? receiver.report() : receiver.settled();
            var intake = new ReportIntake(ledger, satellite);
            var reader = new FrameReader();
            pipe.carry(Frames.frame(segment))
                    .forEach(frame -> reader.feed(frame, 0, frame.length, heard -> {
                        if (intake.take(heard, now) instanceof ReportIntake.Taken.Believed believed
                                && believed.news()) {
                            transmission.on(believed.report(), now);
                        }
                    }));
        }

        private void restartReceiver() throws IOException {
            receiver.close();
            board.close();
            var flight = FlightState.at(directory.resolve("flight"));
            board = board(flight);
            receiver = new ReceptionLoop(flight, board, Clock.systemUTC());
        }

        boolean confirmed() {
            return ledger.deployments(NAME).getFirst().progress().state() == Deployment.State.CONFIRMED;
        }

        /// What is on board by now is part of the closure, whole and as on Earth.
        void nothingButTheClosure() throws IOException, InterruptedException {
            receiver.report();
            try (var look = board(FlightState.at(directory.resolve("flight")))) {
                var wanted = earth.infos(earth.closure(List.of(top)));
                for (var info : look.infos(look.validPaths()).values()) {
                    var original = wanted.get(info.path());
                    assertTrue(original != null, info.path() + " was never sent");
                    assertEquals(original.narHash(), info.narHash());
                    assertEquals(original.references(), info.references());
                }
            }
        }

        void theVeryClosure() throws IOException {
            assertEquals(earth.closure(List.of(top)), board.validPaths());
            for (var path : board.validPaths()) board.nar(path, java.io.OutputStream.nullOutputStream());
            var link = board.profiles().resolve("default");
            var generation = link.resolveSibling(Files.readSymbolicLink(link));
            assertEquals(top.toString(), Files.readSymbolicLink(generation).toString());
        }

        @Override
        public void close() throws IOException {
            receiver.close();
            board.close();
            earth.close();
            ledger.close();
        }
    }
}
