package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import narlink.Bytes;
import narlink.Sha256;
import narlink.delta.Codec;
import narlink.delta.Delta;
import narlink.fec.BlockEncoder;
import narlink.fec.Oti;
import narlink.nix.NarWriter;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Manifest;
import narlink.pack.ManifestFormat;
import narlink.pack.ProfileName;
import narlink.wire.Announcement;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.Opened;
import narlink.wire.Report;
import narlink.wire.SatelliteName;
import narlink.wire.Symbols;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Power fails at every boundary of every write, sync, rename, deletion and import of two deployments, one that is
/// confirmed and one that is rolled back. Whatever is left of what was not synced, the receiver goes on from it.
final class PowerCutTest {
    private static final SatelliteName NAME = new SatelliteName("sat-7");
    private static final ProfileName PROFILE = new ProfileName("default");
    private static final SecretKey MISSION = SecretKey.generate("mission-1");
    private static final SecretKey STATION = SecretKey.generate("station-1");
    private static final int T = 64;

    @TempDir
    Path directory;

    private final TreeMap<StorePath, byte[]> nars = new TreeMap<>();
    private final List<PathInfo> infos = new ArrayList<>();
    private final java.util.logging.Logger log = java.util.logging.Logger.getLogger("narlink.flight");

    @BeforeAll
    static void quiet() {
        // Every cut is told of, in thousands of lines.
        java.util.logging.Logger.getLogger("narlink.flight").setLevel(java.util.logging.Level.OFF);
    }

    @AfterAll
    static void loud() {
        java.util.logging.Logger.getLogger("narlink.flight").setLevel(null);
    }

    @Test
    void whereverPowerFailsTheReceiverGoesOn() throws Exception {
        log.fine("quiet while it lasts");
        var files = FlightState.at(directory);
        files.init(NAME);
        files.trust(MISSION.publicKey());
        Files.createDirectories(files.scratch());
        var random = new SplittableRandom(7);
        var base = path("tool-1.0", random, 0, List.of());
        var library = path("library-1.0", random, 1, List.of());
        var tool = path("tool-1.1", random, 0, List.of(library));
        var sick = path("tool-1.2", random, 0, List.of(library));

        var first = segments(1, base, List.of(library, tool), tool, "true");
        int boundaries =
                cutEverywhere(new Scene(brittle(Power::new), null, base), first, DeploymentState.CONFIRMED, tool);
        assertTrue(boundaries > 150, boundaries + " boundaries of the first");

        var confirmed = new Scene(brittle(Power::new), null, base);
        confirmed = fly(confirmed, first, -1, 0).scene();
        var second = segments(2, tool, List.of(sick), sick, "test \"$NARLINK_GENERATION\" != 2");
        int more = cutEverywhere(confirmed, second, DeploymentState.ROLLED_BACK, tool);
        assertTrue(more > 150, more + " boundaries of the second");
        System.out.printf(
                "power was cut at each of %d boundaries, and at each of %d of a rollback%n", boundaries, more);
    }

    /// @param disk what to begin with
    private record Scene(
            BrittleDisk disk,
            @org.jspecify.annotations.Nullable BrittleStore store,
            PathInfo base) {}

    private record Flown(Scene scene, boolean cut, Optional<Report> last) {}

    private interface Powers {
        Power of(int cut, long seed);
    }

    private BrittleDisk brittle(Powers powers) throws IOException {
        return BrittleDisk.of(directory, powers.of(-1, 0));
    }

    private int cutEverywhere(Scene begin, List<byte[]> segments, DeploymentState end, PathInfo profile)
            throws Exception {
        int boundary = 0;
        for (boolean cut = true; cut; boundary++) {
            var flown = fly(begin, segments, boundary, boundary);
            cut = flown.cut();
            if (!cut) break;
            var left = flown.scene();
            standsSound(left, boundary);
            var again = fly(left, segments, -1, boundary);
            var report = again.last().orElseThrow();
            var told = report.deployments().getFirst();
            assertEquals(end, told.state(), "cut at " + boundary + ": " + told.reason());
            holdsWhatWasTold(flown.last(), again, boundary);
            standsSound(again.scene(), boundary);
            assertEquals(profile.path(), current(again.scene()).orElseThrow(), "cut at " + boundary);
        }
        return boundary;
    }

    /// Flies all segments; with `cut` -1 power does not fail.
    private Flown fly(Scene begin, List<byte[]> segments, int cut, long seed) throws Exception {
        var power = new Power(cut, seed);
        var disk = begin.disk().afterwards(power);
        var store = store(begin, power);
        var files = new FlightState(directory, disk);
        var keys =
                Envelope.Keys.of(List.of(FlightState.at(directory).flightKey().publicKey()));
        var last = new AtomicReference<byte[]>();
        try (var loop = new ReceptionLoop(
                files, store, Clock.systemUTC(), new ReceptionLoop.Settings(List.of(), 0, Machine.real()))) {
            loop.reportTo(last::set);
            for (var segment : segments) loop.hear(segment);
            if (!power.isOff()) last.set(loop.settled());
        } catch (IOException e) {
            if (!power.isOff()) throw e;
        }
        var report = Optional.ofNullable(last.get())
                .filter(segment -> segment.length > 0)
                .map(segment -> Envelope.open(segment, keys, Envelope.Direction.DOWN, NAME))
                .map(opened -> (Report) ((Opened.Trusted) opened).message());
        var next = new Power(-1, seed + 1);
        return new Flown(new Scene(disk.afterwards(next), store.afterwards(next), begin.base()), power.isOff(), report);
    }

    private BrittleStore store(Scene begin, Power power) throws IOException {
        if (begin.store() != null) return begin.store().afterwards(power);
        var store = new BrittleStore(new Power(-1, 0), directory.resolve("profiles-of-nix"));
        store.root("base", begin.base().path());
        store.add(begin.base(), new ByteArrayInputStream(nar(begin.base().path())));
        store.sync();
        return store.afterwards(power);
    }

    /// I1, I2 and I5: every valid path has the right contents unless a cut damaged what was never acknowledged, has its
    /// references, and the profile leads to a whole closure.
    private void standsSound(Scene scene, int boundary) throws IOException {
        var store = scene.store();
        if (store == null) throw new IllegalStateException("no store");
        for (var path : store.validPaths()) {
            assertTrue(nars.containsKey(path), "cut at " + boundary + ": " + path + " was never sent");
            store.closure(List.of(path));
        }
        var current = current(scene);
        if (current.isPresent()) {
            for (var path : store.closure(List.of(current.get()))) {
                var out = new ByteArrayOutputStream();
                store.nar(path, out);
                assertEquals(Sha256.of(nar(path)), Sha256.of(out.toByteArray()), "cut at " + boundary);
            }
        }
    }

    private Optional<StorePath> current(Scene scene) throws IOException {
        return new Profiles(scene.disk(), directory.resolve("profiles-of-nix"))
                .current(PROFILE)
                .map(Profiles.Profile::path);
    }

    /// I2: what a report claimed before the cut is there after it.
    private void holdsWhatWasTold(Optional<Report> before, Flown after, int boundary) throws IOException {
        var store = after.scene().store();
        if (before.isEmpty() || store == null) return;
        for (var told : before.get().deployments()) {
            var now = after.last().orElseThrow().deployments().stream()
                    .filter(one -> one.deployment() == told.deployment())
                    .findFirst();
            assertTrue(now.isPresent(), "cut at " + boundary + ": deployment " + told.deployment() + " is forgotten");
            if (told.state().ended()) assertEquals(told.state(), now.get().state(), "cut at " + boundary);
        }
        for (var path : store.validPaths()) store.nar(path, OutputStream.nullOutputStream());
    }

    private byte[] nar(StorePath path) {
        var nar = nars.get(path);
        if (nar == null) throw new IllegalArgumentException(path + " is not of this test");
        return nar;
    }

    /// A file of which most is the same in all that have the same `family`.
    private PathInfo path(String name, SplittableRandom random, int family, List<PathInfo> references)
            throws IOException {
        byte[] contents = new byte[1200];
        new SplittableRandom(family).nextBytes(contents);
        contents[random.nextInt(contents.length)] ^= 5;
        var nar = new ByteArrayOutputStream();
        try (var writer = new NarWriter(nar)) {
            writer.file(false, contents.length);
            writer.bytes(contents, 0, contents.length);
        }
        byte[] bytes = nar.toByteArray();
        var path =
                StorePath.of(Sha256.of(Bytes.ofUtf8(name)).bytes().slice(0, 20).toArray(), name);
        nars.put(path, bytes);
        var info = new PathInfo(
                path,
                Sha256.of(bytes),
                bytes.length,
                new TreeSet<>(references.stream().map(PathInfo::path).toList()),
                Optional.empty(),
                List.of(),
                Optional.empty());
        infos.add(info);
        return info;
    }

    /// All segments of a deployment that makes `objects`, the last of them of `base`.
    private List<byte[]> segments(int number, PathInfo base, List<PathInfo> objects, PathInfo target, String command)
            throws IOException {
        var known = new TreeMap<Bytes, StorePath>();
        known.put(Bytes.of(base.path().digestBytes()), base.path());
        for (var object : objects) {
            for (var reference : object.references()) {
                if (objects.stream().noneMatch(one -> one.path().equals(reference))) {
                    known.put(Bytes.of(reference.digestBytes()), reference);
                }
            }
        }
        var order = new ArrayList<>(known.values());
        objects.forEach(object -> order.add(object.path()));
        var pack = new ByteArrayOutputStream();
        var entries = new ArrayList<Manifest.Entry>();
        try (var encoder = new Delta()
                .encoder(pack, objects.stream().mapToLong(PathInfo::narSize).sum(), directory)) {
            for (var object : objects) {
                boolean made = object == objects.getLast();
                var bases = made
                        ? List.of(new Codec.Base(
                                base.path(),
                                base.narSize(),
                                narlink.delta.Rewrite.between(
                                        base.path(), base.references(), object.path(), object.references()),
                                out -> out.write(nar(base.path()))))
                        : List.<Codec.Base>of();
                encoder.add(
                        new Codec.NewPath(object.path(), object.narSize(), bases),
                        out -> out.write(nar(object.path())));
                entries.add(new Manifest.Entry(
                        object.path(),
                        object.narSize(),
                        Manifest.check(object).bytes().slice(0, Manifest.CHECK),
                        object.references().stream()
                                .map(order::indexOf)
                                .sorted()
                                .toList(),
                        Optional.empty(),
                        made ? List.of(order.indexOf(base.path())) : List.of()));
            }
        }
        byte[] bytes = pack.toByteArray();
        var oti = new Oti(bytes.length, T, Math.min(3, Math.ceilDiv(bytes.length, T)));
        var hashes = new ArrayList<Sha256>();
        for (int i = 0; i < oti.blocks(); i++) hashes.add(Sha256.of(bytes, (int) oti.offset(i), oti.length(i)));
        byte[] manifest = ManifestFormat.write(new Manifest(
                new Delta().id(),
                entries,
                List.copyOf(known.keySet()),
                Manifest.digestOf(objects.stream().map(Manifest::check).toList()),
                hashes,
                List.of(order.indexOf(target.path())),
                Optional.of(PROFILE),
                Activation.of(new Activation.Program.Command(command))));
        return sealed(number, manifest, bytes, oti);
    }

    private static List<byte[]> sealed(int number, byte[] manifest, byte[] pack, Oti packOti) throws IOException {
        var manifestOti = new Oti(manifest.length, T, 1);
        var announcement = new Announcement(
                number,
                1,
                manifestOti,
                Optional.of(packOti),
                Sha256.of(manifest),
                Report.shortDigest(Sha256.of(new byte[0])),
                List.of(STATION.publicKey().key()),
                Instant.ofEpochSecond(8_000_000_000L),
                1);
        var segments = new ArrayList<byte[]>();
        segments.add(Envelope.seal(announcement, MISSION, Envelope.Direction.UP, NAME));
        for (var object : List.of(FecObject.MANIFEST, FecObject.PACK)) {
            var oti = object == FecObject.MANIFEST ? manifestOti : packOti;
            byte[] data = object == FecObject.MANIFEST ? manifest : pack;
            for (int block = 0; block < oti.blocks(); block++) {
                int k = oti.k(block);
                var encoder = BlockEncoder.of(data, (int) oti.offset(block), oti.length(block), k, T);
                // Of repair symbols, so that each block has to be solved.
                for (int esi = 1; esi < k + 4; esi += 4) {
                    byte[] symbols = new byte[4 * T];
                    for (int i = 0; i < 4; i++) encoder.symbol(esi + i, symbols, i * T);
                    var message = new Symbols(number, object, block, esi, Bytes.of(symbols), 0);
                    segments.add(Envelope.seal(message, STATION, Envelope.Direction.UP, NAME));
                }
            }
        }
        return segments;
    }
}
