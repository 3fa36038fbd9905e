package narlink.ground;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.nix.PathInfo;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BasesTest {
    @TempDir
    Path directory;

    private Store open() throws IOException {
        return Stores.open("file://" + directory.resolve("store"), Options.of(directory.resolve("roots")));
    }

    @Test
    void aRenamedPathIsMadeOfWhatItWas() throws Exception {
        try (var store = open()) {
            byte[] contents = noise(1);
            var old = add(store, "driver-1.0", contents);
            var other = add(store, "firmware-3", noise(2));
            for (int i = 0; i < contents.length; i += 20_000) contents[i]++;
            var now = add(store, "graphics-driver-2.0", contents);
            assertEquals(List.of(old), bases(store, now, Set.of(old, other)));
        }
    }

    @Test
    void aPathThatWasPutTogetherIsMadeOfItsParts() throws Exception {
        try (var store = open()) {
            var one = add(store, "first-1.0", noise(1));
            var two = add(store, "second-1.0", noise(2));
            var none = add(store, "third-1.0", noise(3));
            byte[] both = Arrays.copyOf(noise(1), 400_000);
            System.arraycopy(noise(2), 0, both, 200_000, 200_000);
            var now = add(store, "both-1.0", both);
            var bases = bases(store, now, Set.of(one, two, none));
            assertEquals(Set.of(one, two), new HashSet<>(bases));
        }
    }

    @Test
    void whatHasNoRelativeHasNoBase() throws Exception {
        try (var store = open()) {
            var other = add(store, "first-1.0", noise(1));
            var now = add(store, "third-1.0", noise(3));
            assertTrue(bases(store, now, Set.of(other)).isEmpty());
        }
    }

    private static StorePath add(Store store, String name, byte[] contents) throws Exception {
        return SampleClosure.add(store, name, new TreeSet<>(), contents);
    }

    private static List<StorePath> bases(Store store, StorePath now, Set<StorePath> old) throws IOException {
        return Planner.plan(store, List.of(now), old, old).bases(now).stream()
                .map(PathInfo::path)
                .toList();
    }

    private static byte[] noise(long seed) {
        byte[] noise = new byte[200_000];
        new SplittableRandom(seed).nextBytes(noise);
        return noise;
    }
}
