package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.PathInfo;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import narlink.testkit.NarTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScrubTest {
    @TempDir
    Path directory;

    private static StorePath add(Store store, String name) throws IOException {
        byte[] nar = NarTree.file("contents of " + name).nar();
        var digest = Sha256.of(Bytes.ofUtf8(name)).bytes().slice(0, StorePath.DIGEST_BYTES);
        var path = StorePath.of(digest.toArray(), name);
        store.add(
                new PathInfo(
                        path,
                        Sha256.of(nar),
                        nar.length,
                        new TreeSet<>(),
                        Optional.empty(),
                        List.of(),
                        Optional.empty()),
                new ByteArrayInputStream(nar));
        return path;
    }

    private static void replaceNar(Path cache, StorePath path, byte[] contents) throws IOException {
        Files.write(nar(cache, path), contents);
    }

    private static Path nar(Path cache, StorePath path) throws IOException {
        var about = Files.readString(cache.resolve(path.baseName().substring(0, 32) + ".narinfo"));
        var url = about.lines().filter(line -> line.startsWith("URL: ")).findFirst();
        return cache.resolve(url.orElseThrow().substring("URL: ".length()));
    }

    @Test
    void whatCannotBeReadIsToldAndTheRestIsReadAllTheSame() throws IOException {
        var files = FlightState.at(directory.resolve("flight"));
        files.init(Bench.NAME);
        var cache = directory.resolve("cache");
        try (var store = Stores.open("file://" + cache, Options.of(directory.resolve("roots")))) {
            var paths = new ArrayList<StorePath>();
            for (var name : List.of("one", "two", "three", "four")) paths.add(add(store, name));
            var rotten = paths.get(1);
            var unreadable = paths.get(2);
            replaceNar(cache, rotten, "rotten".getBytes(StandardCharsets.UTF_8));
            Files.delete(nar(cache, unreadable));
            Files.createDirectory(nar(cache, unreadable));
            var scrub = new Scrub(store, files, Workers.real());
            scrub.begin(7);
            var told = Optional.<String>empty();
            int failures = 0;
            while (told.isEmpty()) {
                try {
                    told = scrub.step();
                } catch (IOException e) {
                    failures++;
                }
            }
            assertEquals(2, failures, "it is tried three times");
            assertEquals(Set.of(rotten, unreadable), scrub.damaged().keySet());
            assertTrue(told.get().startsWith("2 paths damaged: "), told.get());
            assertEquals(0, scrub.command());
            // A receiver that starts anew knows it still.
            assertEquals(scrub.damaged(), new Scrub(store, files, Workers.real()).damaged());
        }
    }

    @Test
    void whatCannotBeWrittenDownIsNotTold() throws IOException {
        var files = FlightState.at(directory.resolve("flight"));
        files.init(Bench.NAME);
        try (var store = Stores.open("file://" + directory.resolve("cache"), Options.of(directory.resolve("roots")))) {
            add(store, "one");
            var scrub = new Scrub(store, files, Workers.real());
            // Nothing takes the place of a directory that is not empty: as with a disk that is full.
            var inTheWay = Files.createDirectories(directory.resolve("flight/scrub/in/the/way"));
            assertThrows(IOException.class, () -> scrub.begin(7));
            assertEquals(0, scrub.command(), "it was not begun");
            removeAll(inTheWay);
            scrub.begin(7);
            Files.delete(directory.resolve("flight/scrub"));
            Files.createDirectories(inTheWay);
            assertThrows(IOException.class, scrub::step);
            assertThrows(IOException.class, scrub::step);
            assertEquals(7, scrub.command(), "it is not over");
            removeAll(inTheWay);
            assertEquals(Optional.of("0 paths damaged"), scrub.step());
            assertEquals(0, new Scrub(store, files, Workers.real()).command());
        }
    }

    @Test
    void oneThatWasCutGoesOn() throws IOException {
        var files = FlightState.at(directory.resolve("flight"));
        files.init(Bench.NAME);
        var cache = directory.resolve("cache");
        try (var store = Stores.open("file://" + cache, Options.of(directory.resolve("roots")))) {
            var rotten = add(store, "one");
            new Scrub(store, files, Workers.real()).begin(7);
            replaceNar(cache, rotten, "rotten".getBytes(StandardCharsets.UTF_8));
            var anew = new Scrub(store, files, Workers.real());
            assertEquals(7, anew.command());
            assertEquals(Optional.of("1 paths damaged: " + rotten.baseName()), anew.step());
            assertEquals(
                    Set.of(rotten),
                    new Scrub(store, files, Workers.real()).damaged().keySet());
        }
    }

    private void removeAll(Path deepest) throws IOException {
        for (var each = deepest; !each.equals(directory.resolve("flight")); each = parent(each)) Files.delete(each);
    }

    private static Path parent(Path path) {
        return Optional.ofNullable(path.getParent()).orElseThrow();
    }
}
