package narlink.ground.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import narlink.Sha256;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import narlink.testkit.RealNix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The simulator's store does what real Nix does: the same requests, in the same order, end alike.
final class SimulatedStoreTest {
    private static final int REQUESTS = 250;
    private static final SecretKey KEY = SecretKey.generate("sample-1");

    @TempDir
    Path directory = Path.of("");

    private enum Request {
        ADD,
        ADD_DIFFERENT,
        ADD_DAMAGED,
        ADD_WITHOUT_REFERENCE,
        INFO,
        FIND,
        NAR,
        VALID,
        ROOT,
        UNROOT,
        ROOTS,
        DEAD,
        COLLECT,
        RELEASE
    }

    @BeforeEach
    void needsNix() {
        RealNix.required();
    }

    @Test
    void itDoesWhatRealNixDoes() throws IOException {
        var random = new SplittableRandom(5);
        var power = new Power(random.split(), new Trace(new World(), new Trace.Lines(Optional.empty())));
        var workshop = new Workshop(random.split(), 6, 300);
        var built = new ArrayList<Workshop.Built>();
        for (int i = 0; i < 6; i++) built.addAll(workshop.build());
        var hits = new EnumMap<Request, Integer>(Request.class);
        try (var nix = Stores.open(
                        "local?root=" + directory.resolve("nix"),
                        Options.of(directory.resolve("own")).trusting(List.of(KEY.publicKey())));
                var model =
                        new SimulatedStore("model", directory, power, Optional.empty(), SimulatedStore.Watcher.NONE)) {
            for (int i = 0; i < REQUESTS; i++) {
                var request = Request.values()[random.nextInt(Request.values().length)];
                // Imports are what most depends on.
                if (i % 2 == 0) request = Request.ADD;
                long seed = random.nextLong();
                var real = attempt(nix, request, built, new SplittableRandom(seed));
                var ours = attempt(model, request, built, new SplittableRandom(seed));
                assertEquals(real, ours, i + ". " + request);
                hits.merge(request, 1, Integer::sum);
                assertEquals(nix.validPaths(), model.validPaths(), i + ". " + request);
            }
        }
        assertEquals(new HashSet<>(Arrays.asList(Request.values())), hits.keySet());
        assertTrue(hits.getOrDefault(Request.ADD, 0) > 100);
    }

    /// What came of it: an answer, or the kind of its failure.
    private static String attempt(Store store, Request request, List<Workshop.Built> built, SplittableRandom random) {
        try {
            return answer(store, request, built, random);
        } catch (IOException e) {
            // Nix's own words differ; what narlink goes by are the kinds of exceptions.
            return e.getClass().getPackageName().equals("narlink.nix")
                    ? e.getClass().getSimpleName()
                    : "IOException";
        }
    }

    private static String answer(Store store, Request request, List<Workshop.Built> built, SplittableRandom random)
            throws IOException {
        var one = built.get(random.nextInt(built.size()));
        var path = one.info().path();
        return switch (request) {
            case ADD -> add(store, one.info(), one.nar());
            case ADD_DIFFERENT -> {
                var other = built.get(random.nextInt(built.size()));
                yield add(store, info(path, other.nar(), one.info()), other.nar());
            }
            case ADD_DAMAGED -> {
                byte[] nar = one.nar().clone();
                nar[random.nextInt(nar.length)] ^= 1;
                yield add(store, one.info(), nar);
            }
            case ADD_WITHOUT_REFERENCE -> {
                byte[] digest = new byte[StorePath.DIGEST_BYTES];
                random.nextBytes(digest);
                var lacking = new TreeSet<StorePath>(List.of(StorePath.of(digest, "nowhere")));
                var info = new PathInfo(
                        StorePath.of(digest, "lacks"),
                        one.info().narHash(),
                        one.info().narSize(),
                        lacking,
                        Optional.empty(),
                        List.of(),
                        Optional.empty());
                yield add(store, info, one.nar());
            }
            case INFO -> store.info(path).map(SimulatedStoreTest::facts).orElse("none");
            case FIND -> store.find(path.digest()).toString();
            case NAR -> {
                var nar = new ByteArrayOutputStream();
                store.nar(path, nar);
                yield Sha256.of(nar.toByteArray()).hex();
            }
            case VALID -> store.validPaths().toString();
            case ROOT -> {
                store.root("some/" + random.nextInt(4), path);
                yield "done";
            }
            case UNROOT -> {
                store.unroot("some/" + random.nextInt(4));
                yield "done";
            }
            case ROOTS -> roots(store.roots());
            case DEAD -> store.dead().toString();
            case COLLECT -> {
                var doomed = new TreeSet<StorePath>();
                if (random.nextBoolean()) doomed.addAll(store.dead());
                else doomed.add(path);
                store.collectGarbage(doomed);
                yield "done";
            }
            case RELEASE -> {
                store.release();
                yield "done";
            }
        };
    }

    private static String add(Store store, PathInfo info, byte[] nar) throws IOException {
        store.add(info.signedBy(KEY), new ByteArrayInputStream(nar));
        return "done";
    }

    private static PathInfo info(StorePath path, byte[] nar, PathInfo like) {
        return new PathInfo(
                path, Sha256.of(nar), nar.length, like.references(), Optional.empty(), List.of(), Optional.empty());
    }

    private static String facts(PathInfo info) {
        return info.narHash() + " " + info.narSize() + " " + info.references();
    }

    private static String roots(Map<String, StorePath> roots) {
        return new TreeMap<>(roots).toString();
    }
}
