package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.NarWriter;
import narlink.nix.PathInfo;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A change at the bottom of everything: over a thousand paths are built anew and differ in nothing but hashes.
final class MassRebuildTest {
    private static final int PATHS = 1200;

    /// For each path, with announcement, manifest and pack.
    private static final int MOST_BYTES = 32;

    private static final String[] KINDS = {"", "lib", "python3.12-", "perl5.40.0-", "rust_", "go-", "font-", "gst-"};
    private static final String[] WORDS = {
        "core", "net", "audio", "json", "sensor", "camera", "proto", "crypt", "term", "shell", "graph", "math", "zip"
    };
    private static final String[] OUTPUTS = {"", "", "", "-dev", "-bin", "-man", "-lib"};

    @TempDir
    Path directory;

    private Programs programs = new Programs(Path.of(""));
    private String earth = "";
    private String board = "";
    private StorePath old = StorePath.of(new byte[20], "old");
    private StorePath now = old;

    @BeforeEach
    void setUp() throws IOException, InterruptedException {
        programs = new Programs(directory);
        earth = "file://" + directory.resolve("earth");
        board = "file://" + directory.resolve("board");
        try (var ours = Stores.open(earth, Options.of(directory.resolve("roots")));
                var theirs = Stores.open(board, Options.of(directory.resolve("roots")))) {
            old = generation(1, List.of(ours, theirs));
            now = generation(2, List.of(ours));
        }
        var mission = programs.told(programs.narlink("init", "--json"))
                .get("missionKey")
                .getAsString();
        var flight = programs.told(programs.flight("init", "--satellite", "sat", "--trust", mission, "--json"))
                .get("flightKey")
                .getAsString();
        programs.told(programs.narlink(
                "satellite",
                "add",
                "sat",
                "--flight-key",
                flight,
                "--holds",
                old.toString(),
                "--store",
                earth,
                "--json"));
    }

    @Test
    void aPathThatWasOnlyBuiltAnewTakesFewBytes() throws IOException, InterruptedException {
        var plan = programs.told(programs.narlink("plan", "sat", now.toString(), "--store", earth, "--json"));
        assertEquals(PATHS, plan.get("newPaths").getAsInt());
        double bytes = plan.get("packBytes").getAsDouble() / PATHS;
        System.out.printf("mass rebuild: %d paths, %.2f bytes each%n", PATHS, bytes);
        assertTrue(bytes <= MOST_BYTES, bytes + " bytes a path");

        programs.told(programs.narlink("send", "sat", now.toString(), "--store", earth, "--json"));
        var pass = directory.resolve("pass");
        programs.narlink("export", "sat", "--bytes", "1M", "--out", pass.toString());
        var received = programs.flight("receive", pass.toString(), "--store", board, "--json");
        assertEquals(0, received.code(), received.out() + received.errors());
        System.out.printf("mass rebuild: receiver's peak RSS %d kB%n", received.peakKilobytes());
        try (var ours = Stores.open(earth, Options.of(directory.resolve("roots")));
                var theirs = Stores.open(board, Options.of(directory.resolve("roots")))) {
            for (var info : ours.infos(ours.closure(List.of(now))).values()) {
                theirs.nar(info.path(), OutputStream.nullOutputStream());
                var brought = theirs.info(info.path()).orElseThrow();
                assertEquals(info.narHash(), brought.narHash());
                assertEquals(info.references(), brought.references());
            }
        }
    }

    /// The same tree of packages each time, but for the hashes in their paths and contents.
    private static StorePath generation(int number, List<Store> stores) throws IOException {
        var random = new SplittableRandom(5);
        var made = new ArrayList<StorePath>();
        var roots = new LinkedHashSet<StorePath>();
        for (int i = 0; i < PATHS; i++) {
            boolean isTop = i == PATHS - 1;
            var name = KINDS[random.nextInt(KINDS.length)]
                    + WORDS[random.nextInt(WORDS.length)]
                    + WORDS[random.nextInt(WORDS.length)]
                    + i % 100
                    + '-'
                    + random.nextInt(10)
                    + '.'
                    + random.nextInt(30)
                    + OUTPUTS[random.nextInt(OUTPUTS.length)];
            var references = new LinkedHashSet<StorePath>();
            for (int j = random.nextInt(1, 6); i > 0 && j > 0; j--) {
                references.add(made.get(random.nextInt(Math.max(0, i - 60), i)));
            }
            if (isTop) references.addAll(roots);
            byte[] digest = Sha256.of(Bytes.ofUtf8(number + "/" + i))
                    .bytes()
                    .slice(0, 20)
                    .toArray();
            var path = StorePath.of(digest, isTop ? "system" : name);
            boolean namesItself = random.nextBoolean();
            byte[] nar = nar(path, references, namesItself, random.split());
            roots.removeAll(references);
            if (namesItself) references.add(path);
            var info = new PathInfo(
                    path,
                    Sha256.of(nar),
                    nar.length,
                    new TreeSet<>(references),
                    Optional.empty(),
                    List.of(),
                    Optional.empty());
            for (var store : stores) store.add(info, new ByteArrayInputStream(nar));
            roots.add(path);
            made.add(path);
        }
        return made.getLast();
    }

    private static byte[] nar(
            StorePath path, LinkedHashSet<StorePath> references, boolean namesItself, SplittableRandom random)
            throws IOException {
        var program = new ByteArrayOutputStream();
        byte[] code = new byte[random.nextInt(200, 3000)];
        random.nextBytes(code);
        program.writeBytes(code);
        for (var reference : references) {
            program.writeBytes((reference + "/lib:").getBytes(StandardCharsets.US_ASCII));
        }
        if (namesItself) program.writeBytes((path + "/share").getBytes(StandardCharsets.US_ASCII));
        program.writeBytes(code);
        var out = new ByteArrayOutputStream();
        var nar = new NarWriter(out);
        nar.directory();
        nar.enter(Bytes.ofUtf8("bin"));
        nar.file(true, program.size());
        nar.bytes(program.toByteArray(), 0, program.size());
        nar.enter(Bytes.ofUtf8("needs"));
        nar.symlink(Bytes.ofUtf8(
                references.isEmpty() ? "bin" : references.getFirst().toString()));
        nar.leave();
        nar.close();
        return out.toByteArray();
    }
}
