package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.ground.SampleClosure;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchDeltaTest {
    @TempDir
    Path directory;

    @Test
    void tellsEachMethodOrThatItIsNotInstalled() throws Exception {
        var programs = new Programs(directory);
        var earth = "file://" + directory.resolve("earth");
        byte[] contents = new byte[100_000];
        new SplittableRandom(1).nextBytes(contents);
        StorePath old;
        StorePath now;
        try (var store = Stores.open(earth, Options.of(directory.resolve("roots")))) {
            old = SampleClosure.add(store, "tool-1.0", new TreeSet<>(), contents);
            contents[50_000] ^= 1;
            now = SampleClosure.add(store, "tool-1.1", new TreeSet<>(), contents);
        }
        var told = programs.told(
                programs.narlink("bench", "delta", "--store", earth, old.toString(), "--", now.toString(), "--json"));
        var methods = new ArrayList<String>();
        for (var result : told.getAsJsonArray("results")) {
            var one = result.getAsJsonObject();
            methods.add(one.get("method").getAsString());
            boolean hasBytes = one.has("bytes") && one.get("bytes").getAsLong() > 0;
            assertEquals(one.get("installed").getAsBoolean(), hasBytes, one.toString());
        }
        assertEquals(
                List.of(
                        "NARs as they are",
                        "narlink, manifest and pack",
                        "zstd -19 --patch-from",
                        "bsdiff",
                        "xz -9e, each path",
                        "xz -9e, all in one"),
                methods);
        var ours = told.getAsJsonArray("results")
                .get(1)
                .getAsJsonObject()
                .get("bytes")
                .getAsLong();
        assertTrue(ours < 1000, ours + " bytes");
        assertTrue(told.get("decodedMegabytesPerSecond").getAsDouble() > 0, told.toString());
        var wrong = programs.narlink("bench", "delta", "--store", earth, old.toString(), now.toString());
        assertEquals(2, wrong.code(), wrong.errors());
    }
}
