package narlink.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import narlink.Sha256;
import narlink.nix.DamagedPathException;
import narlink.nix.NarException;
import narlink.nix.NarInfo;
import narlink.nix.NarVisitor;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;
import narlink.testkit.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Plays what real daemons said to our client, and compares what it says with what they were told then.
final class WorkerTranscriptTest {
    private static final List<String> FILES = List.of(
            "01-handshake 02-add-good 03-add-again 04-query 06-nar-from-path 07-nar-from-path-absent 10-no-signature",
            "11-bad-signature 12-malformed-signature 13-short-signature 14-missing-reference 15-corrupt-content",
            "16-wrong-size 17-truncated-nar 18-trailing-bytes 19-bad-magic 20-nar-dotdot 20-nar-dup 20-nar-padding",
            "20-nar-slash 20-nar-symlinkescape 20-nar-unsorted 22-add-after-failures 30-ca-flat 30-ca-src 30-ca-text",
            "31-ca-mismatch 32-ca-omitted 33-dont-check-sigs 33b-add-signatures-absent 34-override-require-sigs",
            "35-override-keys 36-option-keys 50-roots 52-direct-roots-and-dead 53-gc-specific",
            "54-verify-ensure 55-verify-corrupt 56-repair 57-gc-delete 70-socket-root 71-socket-untrusted");

    /// A daemon that has said everything before it was asked.
    private record Recorded(InputStream said, ByteArrayOutputStream out) implements Peer {
        /// One byte at a time: nothing seems to be there before it is asked for.
        @Override
        public InputStream in() {
            return new FilterInputStream(said) {
                @Override
                public int read(byte[] array, int offset, int length) throws IOException {
                    return super.read(array, offset, Math.min(1, length));
                }

                @Override
                public int available() {
                    return 0;
                }
            };
        }

        @Override
        public String lastWords() {
            return "";
        }

        @Override
        public void abort() {}

        @Override
        public void close() {}
    }

    /// One operation of a transcript: what client and server said.
    private record Section(String name, byte[] client, byte[] server) {}

    private static List<Section> sections(String file) {
        var sections = new ArrayList<Section>();
        var client = new ByteArrayOutputStream();
        var server = new ByteArrayOutputStream();
        var name = "";
        for (var line : (Vectors.nix().text("worker/" + file + ".txt") + "# -- End\n")
                .lines()
                .toList()) {
            if (line.matches("# -- \\w+")) {
                sections.add(new Section(name, client.toByteArray(), server.toByteArray()));
                client.reset();
                server.reset();
                name = line.substring(5);
            } else if (line.startsWith("C ") || line.startsWith("S ")) {
                byte[] bytes = HexFormat.of().parseHex(line.substring(2).replaceFirst(" .*", ""));
                (line.startsWith("C ") ? client : server).writeBytes(bytes);
            }
        }
        return sections.subList(1, sections.size());
    }

    private static byte[] joined(byte[] first, byte[] second) {
        var joined = new ByteArrayOutputStream();
        joined.writeBytes(first);
        joined.writeBytes(second);
        return joined.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nix-2.8.0", "nix-2.26.3"})
    void speaksAsTheTranscriptsDo(String version) throws IOException {
        var replayed = new HashMap<String, Integer>();
        for (var file : String.join(" ", FILES).split(" ")) {
            var sections = sections(version + "/" + file);
            for (var section : sections.subList(1, sections.size())) {
                replay(version + "/" + file, sections.getFirst(), section, replayed);
            }
        }
        assertTrue(replayed.getOrDefault("39", 0) > 30, replayed.toString());
        for (var operation : List.of("12", "19", "20", "23", "26", "29", "35", "37", "38")) {
            assertTrue(replayed.containsKey(operation), operation + " not in " + replayed);
        }
    }

    private static void replay(String file, Section handshake, Section section, Map<String, Integer> replayed)
            throws IOException {
        var sent = new ByteArrayOutputStream();
        var server = new ByteArrayInputStream(joined(handshake.server(), section.server()));
        var worker = new Worker(new Recorded(server, sent));
        var request = new WireReader(new ByteArrayInputStream(section.client()));
        long operation = request.integer();
        boolean compared = operation != 39; // Frames and time differ there; real Nix tells whether they are right.
        try {
            compared &= perform(worker, operation, request);
        } catch (WorkerException | EOFExpected e) {
            assertTrue(section.server().length == 0 || isError(section.server()), file + " " + section.name());
        } catch (NarException e) {
            compared = false; // Ours is the strict reader: Nix never saw the end of this one.
        }
        if (compared) {
            assertArrayEquals(
                    joined(handshake.client(), section.client()), sent.toByteArray(), file + " " + section.name());
        }
        replayed.merge(Long.toString(operation), 1, Integer::sum);
    }

    private static boolean isError(byte[] server) {
        return HexFormat.of().formatHex(server).contains("7074786300000000");
    }

    private static final class EOFExpected extends IOException {
        private static final long serialVersionUID = 1;
    }

    /// @return whether the client says this just as it was said then
    private static boolean perform(Worker worker, long operation, WireReader request) throws IOException {
        switch ((int) operation) {
            case 12 -> worker.addIndirectRoot(Path.of(request.word()));
            case 19 -> {
                for (int i = 0; i < 12; i++) {
                    request.integer();
                }
                var overrides = new HashMap<String, String>();
                for (long left = request.integer(); left > 0; left--) {
                    overrides.put(request.word(), request.word());
                }
                worker.setOptions(overrides);
            }
            case 20 -> {
                if (request.integer() != 3) {
                    return false; // Other actions than deleting given paths aren't ours.
                }
                var paths = request.paths();
                if (request.bool()) {
                    return false; // To ignore liveness is neither.
                }
                worker.delete(paths);
            }
            case 23 -> worker.validPaths();
            case 26 -> worker.infos(List.of(request.path()));
            case 29 -> worker.find(request.word());
            case 35 -> worker.verify(request.bool(), request.bool());
            case 37 -> {
                try {
                    worker.addSignatures(request.path(), request.words(10));
                } catch (EOFException e) {
                    throw new EOFExpected(); // This is where Nix dies without a word.
                }
            }
            case 38 -> nar(worker, request.path());
            case 39 -> add(worker, request);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void nar(Worker worker, StorePath path) throws IOException {
        var out = new ByteArrayOutputStream();
        var info = NarInfo.parse(Vectors.nix().text("narinfo/" + path.digest() + ".narinfo"))
                .info();
        try {
            worker.nar(info, out);
        } catch (DamagedPathException e) {
            return; // Not there, or not what it was: so the recording tells.
        }
        assertEquals(info.narHash(), Sha256.of(out.toByteArray()));
    }

    private static void add(Worker worker, WireReader request) throws IOException {
        var path = request.path();
        var deriver = request.word();
        var hash = request.word();
        var references = request.paths();
        request.integer();
        long size = request.integer();
        request.integer();
        var signatures = request.words(10);
        var ca = request.word();
        boolean repair = request.bool();
        request.bool();
        var nar = new ByteArrayOutputStream();
        for (long length = request.integer(); length > 0; length = request.integer()) {
            nar.writeBytes(request.raw().readNBytes((int) length));
        }
        var info = new PathInfo(
                path,
                Sha256.ofHex(hash),
                size,
                references,
                deriver.isEmpty() ? Optional.empty() : Optional.of(StorePath.parse(deriver)),
                signatures,
                ca.isEmpty() ? Optional.empty() : Optional.of(ca));
        var in = new ByteArrayInputStream(nar.toByteArray());
        worker.add(info, new CheckedNar(info, in, NarVisitor.NONE), repair);
    }

    @Test
    void refusesPeersThatAreNoDaemonOrTooOld() {
        for (var hello : List.of("", "00", "6f69786400000000", "6378696e000000002601000000000000")) {
            refused(hello);
        }
        refused("6f69786400000000" + "1f01000000000000"); // 1.31
        refused("6f69786400000000" + "2602000000000000"); // 2.38
        refused("6f69786400000000" + "2601000000000000" + "ffffffffffffff7f"); // So many features
        refused("6f69786400000000" + "2201000000000000" + "ffffffff00000000"); // So long a version
    }

    private static void refused(String hello) {
        var in = new ByteArrayInputStream(HexFormat.of().parseHex(hello));
        assertThrows(IOException.class, () -> new Worker(new Recorded(in, new ByteArrayOutputStream())), hello);
    }

    @Test
    void aDaemonThatTalksNonsenseIsLeft() throws IOException {
        var handshake = sections("nix-2.26.3/01-handshake").getFirst();
        var random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            byte[] nonsense = new byte[8 * random.nextInt(40)];
            for (int at = 0; at < nonsense.length; at++) {
                nonsense[at] = (byte) (at % 8 < random.nextInt(9) ? random.nextInt() : 0);
            }
            if (nonsense.length > 8 && random.nextBoolean()) {
                System.arraycopy(HexFormat.of().parseHex("73746c6100000000"), 0, nonsense, 0, 8);
            }
            var server = new ByteArrayInputStream(joined(handshake.server(), nonsense));
            var worker = new Worker(new Recorded(server, new ByteArrayOutputStream()));
            try {
                worker.infos(List.of(Sample.path("a")));
                worker.validPaths();
                worker.nar(Sample.of("a").info(), OutputStream.nullOutputStream());
            } catch (IOException e) {
                assertFalse(String.valueOf(e.getMessage()).isEmpty());
            }
        }
    }
}
