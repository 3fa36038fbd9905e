package narlink.ground;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import narlink.Bytes;
import narlink.Sha256;
import narlink.flight.FlightState;
import narlink.flight.ReceptionLoop;
import narlink.ground.ledger.SqlLedger;
import narlink.inventory.Descriptions;
import narlink.nix.DamagedPathException;
import narlink.nix.NarInfo;
import narlink.nix.PathInfo;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Layout;
import narlink.pack.ProfileName;
import narlink.simulation.LinkProfile;
import narlink.store.Options;
import narlink.store.Stores;
import narlink.testkit.SampleStore;
import narlink.wire.Command;
import narlink.wire.FrameReader;
import narlink.wire.Frames;
import narlink.wire.SatelliteName;

/// A ground and a receiver with their stores, which hear each other when the test says so.
final class Orbit implements AutoCloseable {
    static final SatelliteName NAME = new SatelliteName("sat");
    private static final int MOST_QUESTIONS = 2000;
    private static final int MOST_UP = 8 << 20;

    final Path directory;
    final GroundState files;
    final Store earth;
    Ledger ledger;
    Satellite satellite;
    private final String url;
    private ReceptionLoop receiver;
    private Store board;
    private Instant now = Instant.now();
    private final List<byte[]> down = new ArrayList<>();
    private final List<byte[]> everHeard = new ArrayList<>();

    /// What one contact cost the return link, in frames' bytes, reports left out.
    record Heard(int answers, long bytes) {}

    /// @param url of the store on board
    Orbit(Path directory, String url) throws IOException {
        this.directory = directory;
        this.url = url;
        this.files = new GroundState(directory.resolve("ground"));
        files.init();
        this.earth = Stores.open(earthUrl(), Options.of(directory.resolve("roots")));
        var flight = flight();
        flight.init(NAME);
        flight.trust(files.missionKey().publicKey());
        this.satellite = new Satellite(NAME, flight.flightKey().publicKey(), Optional.empty());
        this.ledger = newLedger();
        this.board = openBoard();
        this.receiver = new ReceptionLoop(flight, board, Clock.systemUTC());
    }

    private Ledger newLedger() throws IOException {
        var opened = SqlLedger.open(files.database());
        if (opened.satellite(NAME).isEmpty()) opened.add(satellite);
        opened.addStore(NAME, earthUrl());
        return opened;
    }

    String earthUrl() {
        return "file://" + directory.resolve("earth");
    }

    private FlightState flight() {
        return FlightState.at(directory.resolve("flight"));
    }

    /// Another hand on the store on board.
    Store openBoard() throws IOException {
        return Stores.open(
                url,
                Options.of(directory.resolve("board-roots"))
                        .trusting(List.of(flight().nixKey().publicKey())));
    }

    void restartReceiver() throws IOException {
        receiver.close();
        board.close();
        board = openBoard();
        receiver = new ReceptionLoop(flight(), board, Clock.systemUTC());
    }

    /// Earth's database is lost.
    void forgetEverything() throws IOException {
        ledger.close();
        for (var end : List.of("", "-wal", "-shm")) Files.deleteIfExists(Path.of(files.database() + end));
        ledger = newLedger();
    }

    /// The receiver's state directory is lost, the store is not; Earth is told of the new receiver as of another.
    void forgetOnBoard() throws IOException {
        receiver.close();
        board.close();
        try (var files = Files.walk(directory.resolve("flight"))) {
            for (var file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) Files.delete(file);
        }
        everHeard.clear();
        flight().init(NAME);
        flight().trust(files.missionKey().publicKey());
        satellite = new Satellite(NAME, flight().flightKey().publicKey(), Optional.empty());
        ledger.remove(NAME);
        ledger.add(satellite);
        ledger.addStore(NAME, earthUrl());
        board = openBoard();
        receiver = new ReceptionLoop(flight(), board, Clock.systemUTC());
    }

    /// Queues an update to what Earth has.
    void send(StorePath target) throws IOException {
        send(target, Activation.NONE);
    }

    void send(StorePath target, Activation activation) throws IOException {
        var request = new Orders.Request(
                satellite,
                List.of(target),
                List.of(),
                Optional.of(new ProfileName("default")),
                activation,
                Duration.ofDays(1),
                Layout.SYMBOL_SIZE,
                Pass.Settings.SEGMENT_SIZE,
                LinkProfile.BUILT_IN.getFirst(),
                Orders.Standing.NORMAL,
                false);
        new Orders(files, ledger, earth, (path, raw) -> {}).send(request, files.missionKey(), files.stationKey(), now);
    }

    void order(Command.Action action) throws IOException {
        new CommandDesk(ledger).queue(satellite, action, files.missionKey(), Duration.ofDays(1), now);
    }

    /// Orders what may be deleted, where Earth knows what keeps the rest alive.
    void orderCollection() throws IOException {
        var housekeeping = new Housekeeping(ledger, satellite);
        var plan = housekeeping.plan(1);
        if (plan.isPresent()) housekeeping.order(plan.get(), 1, files.missionKey(), Duration.ofDays(1), now);
    }

    /// What is queued on Earth goes up, and nothing comes back.
    ///
    /// @param loss share of segments that is lost
    void up(SplittableRandom random, double loss) throws IOException, InterruptedException {
        var file = new ByteArrayOutputStream();
        new FilePass(
                        ledger,
                        satellite,
                        files.stationKey(),
                        files.packs(),
                        Pass.Settings.SEGMENT_SIZE,
                        new Repair.Share(random.nextDouble()),
                        asking())
                .write(file, MOST_UP, now);
        byte[] bytes = file.toByteArray();
        new FrameReader().feed(bytes, 0, bytes.length, segment -> {
            if (random.nextDouble() >= loss) receiver.hear(segment);
        });
        receiver.settled();
    }

    private Asking asking() throws IOException {
        return new Asking(ledger, satellite, files.missionKey(), store -> {
            return Stores.open(store, Options.of(directory.resolve("roots")));
        });
    }

    /// A bit of a path's contents flips.
    void damage(SplittableRandom random) throws IOException {
        var paths = List.copyOf(board.validPaths());
        if (paths.isEmpty()) return;
        var files = Path.of(url.substring("file://".length()));
        var info = Files.readString(files.resolve(NarInfo.fileName(paths.get(random.nextInt(paths.size())))));
        var nar = info.lines()
                .filter(line -> line.startsWith("URL: "))
                .map(line -> files.resolve(line.substring(5)))
                .findFirst()
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(nar);
        bytes[random.nextInt(bytes.length)] ^= 1;
        Files.write(nar, bytes);
    }

    Set<StorePath> damagedOnBoard() throws IOException {
        var damaged = new TreeSet<StorePath>();
        try (var hand = openBoard()) {
            for (var path : hand.validPaths()) {
                try {
                    hand.nar(path, OutputStream.nullOutputStream());
                } catch (DamagedPathException e) {
                    damaged.add(path);
                }
            }
        }
        return damaged;
    }

    Set<StorePath> damagedByMirror() {
        return ledger.mirror(NAME).paths().values().stream()
                .filter(item -> item.belief() == Mirror.Belief.DAMAGED)
                .map(Mirror.Item::path)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// Many paths that a store counts as valid, without contents: quick to make, for who only asks what there is.
    static void fill(Path store, List<PathInfo> infos) throws IOException {
        Files.createDirectories(store);
        for (var info : infos) {
            Files.writeString(
                    store.resolve(NarInfo.fileName(info.path())),
                    NarInfo.uncompressed(info).text());
        }
    }

    /// A path with random contents, put into both stores or into one.
    StorePath add(SplittableRandom random, String name, boolean onEarth, boolean onBoard) throws IOException {
        var present = new ArrayList<>(board.validPaths());
        if (onEarth) present.retainAll(earth.validPaths());
        var references = new TreeSet<StorePath>();
        for (int i = random.nextInt(3); i > 0 && !present.isEmpty(); i--) {
            references.add(present.get(random.nextInt(present.size())));
        }
        byte[] contents = new byte[8 + random.nextInt(200)];
        random.nextBytes(contents);
        byte[] digest = new byte[20];
        random.nextBytes(digest);
        var path = StorePath.of(digest, name);
        if (onEarth) put(earth, path, references, contents);
        if (onBoard) putOnBoard(path, references, contents);
        return path;
    }

    /// Many paths with contents, in both stores.
    void addMany(SplittableRandom random, int count) throws IOException {
        var made = new ArrayList<StorePath>();
        try (var hand = openBoard()) {
            for (var info : new SampleStore(random).paths(count)) {
                var references = new TreeSet<StorePath>();
                for (int i = random.nextInt(7); i > 0 && !made.isEmpty(); i--) {
                    references.add(made.get(random.nextInt(made.size())));
                }
                byte[] contents = new byte[8 + random.nextInt(200)];
                random.nextBytes(contents);
                put(earth, info.path(), references, contents);
                put(hand, info.path(), references, contents);
                made.add(info.path());
            }
        }
    }

    void putOnBoard(StorePath path, TreeSet<StorePath> references, byte[] contents) throws IOException {
        try (var hand = openBoard()) {
            put(hand, path, references, contents);
        }
    }

    private void put(Store store, StorePath path, TreeSet<StorePath> references, byte[] contents) throws IOException {
        byte[] nar = SampleClosure.nar(contents);
        var info = new PathInfo(
                path, Sha256.of(nar), nar.length, references, Optional.empty(), List.of(), Optional.empty());
        store.add(info.signedBy(flight().nixKey()), new ByteArrayInputStream(nar));
    }

    /// Earth and satellite hear each other until nothing is left to ask.
    ///
    /// @param loss share of segments that is lost, both ways
    /// @param patience questions after which the contact is over
    Heard contact(SplittableRandom random, double loss, int patience) throws IOException, InterruptedException {
        var asking = asking();
        asking.answers(Duration.ofSeconds(2), Pass.Settings.SEGMENT_SIZE);
        var intake = new ReportIntake(ledger, satellite);
        synchronized (down) {
            down.clear();
        }
        var downlink = new ReceptionLoop.Downlink() {
            @Override
            public void offer(byte[] segment) {}

            @Override
            public void answer(byte[] segment) {
                synchronized (down) {
                    down.add(segment);
                }
            }
        };
        receiver.reportTo(downlink);
        take(intake, asking, receiver.settled());
        int answers = 0;
        long bytes = 0;
        for (int i = 0; i < Math.min(patience, MOST_QUESTIONS); i++) {
            now = now.plusSeconds(3);
            var question = asking.next(now);
            if (question.isEmpty()) {
                if (asking.over()) break;
                continue;
            }
            if (random.nextDouble() >= loss) receiver.hear(question.get());
            byte[] report = receiver.settled();
            List<byte[]> told;
            synchronized (down) {
                told = List.copyOf(down);
                down.clear();
            }
            everHeard.addAll(told);
            if (loss > 0 && !everHeard.isEmpty()) {
                take(intake, asking, everHeard.get(random.nextInt(everHeard.size()))); // Somebody plays it again.
            }
            for (byte[] segment : told) {
                answers++;
                bytes += Frames.frame(segment).length;
                if (random.nextDouble() >= loss) take(intake, asking, segment);
            }
            if (random.nextDouble() >= loss) take(intake, asking, report);
        }
        receiver.endReportsTo(downlink);
        return new Heard(answers, bytes);
    }

    /// All answers that ever came down come again.
    void replay() throws IOException {
        var asking = asking();
        var intake = new ReportIntake(ledger, satellite);
        intake.last().ifPresent(report -> asking.on(report, now));
        for (byte[] segment : everHeard) {
            take(intake, asking, segment);
            asking.next(now);
        }
    }

    private void take(ReportIntake intake, Asking asking, byte[] segment) {
        switch (intake.take(segment, now)) {
            case ReportIntake.Taken.Believed believed -> {
                if (believed.news()) asking.on(believed.report(), now);
            }
            case ReportIntake.Taken.Told told -> asking.on(told.answer(), now);
            case ReportIntake.Taken.Refused refused -> throw new AssertionError(refused.why());
        }
    }

    /// What is on board, and what Earth believes: base name, contents as far as Earth knows them, size, references.
    List<String> onBoard() throws IOException {
        var mirror = ledger.mirror(NAME).paths();
        var lines = new ArrayList<String>();
        try (var hand = openBoard()) {
            for (var info : hand.infos(hand.validPaths()).values()) {
                var item = mirror.get(info.path());
                int known = item == null ? Sha256.LENGTH : item.narHash().size();
                long size = info.narSize();
                lines.add(line(
                        info.path(),
                        info.narHash().bytes().slice(0, known),
                        known < Sha256.LENGTH ? Descriptions.rounded(size) : size,
                        Optional.of(info.references())));
            }
        }
        return lines;
    }

    List<String> mirrored() {
        return ledger.mirror(NAME).paths().values().stream()
                .map(item -> line(item.path(), item.narHash(), item.narSize(), item.references()))
                .toList();
    }

    private static String line(StorePath path, Bytes hash, long size, Object references) {
        return path.baseName() + " " + hash.hex() + " " + size + " " + references;
    }

    boolean mirrorHas(List<StorePath> paths) {
        return ledger.mirror(NAME).believed().containsAll(paths);
    }

    boolean inSync() {
        return new ReportIntake(ledger, satellite)
                .last()
                .map(report -> ledger.mirror(NAME).is(report.storeDigest()))
                .orElse(false);
    }

    @Override
    public void close() throws IOException {
        receiver.close();
        board.close();
        earth.close();
        ledger.close();
    }
}
