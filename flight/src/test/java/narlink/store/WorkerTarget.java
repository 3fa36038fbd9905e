package narlink.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import narlink.nix.NarException;
import narlink.nix.NarInfo;
import narlink.nix.NarVisitor;
import narlink.nix.PathInfo;
import narlink.testkit.Vectors;
import narlink.testkit.fuzz.FuzzTarget;

/// What a Nix daemon answers. The first byte is the request, the rest the answer behind a good handshake, or from the
/// handshake on.
final class WorkerTarget implements FuzzTarget {
    private static final int REQUESTS = 11;
    private static final List<String> TRANSCRIPTS =
            List.of("04-query", "06-nar-from-path", "02-add-good", "15-corrupt-content", "50-roots", "53-gc-specific");

    private final byte[] hello = said("01-handshake");
    private final PathInfo leaf = NarInfo.parse(Vectors.nix().text("narinfo/11c320yp8fn9qfw847nk1136k93sfakx.narinfo"))
            .info();
    private final byte[] nar = Vectors.nix().bytes("nar/leaf.nar");

    private record Scripted(InputStream in, OutputStream out) implements Peer {
        @Override
        public String lastWords() {
            return "";
        }

        @Override
        public void abort() {}

        @Override
        public void close() {}
    }

    @Override
    public void accept(byte[] input) throws IOException {
        if (input.length == 0) return;
        byte[] answer = Arrays.copyOfRange(input, 1, input.length);
        var in = new ByteArrayOutputStream();
        if ((input[0] & 0x80) == 0) in.writeBytes(hello);
        in.writeBytes(answer);
        try {
            var worker = new Worker(
                    new Scripted(new ByteArrayInputStream(in.toByteArray()), OutputStream.nullOutputStream()));
            request(worker, (input[0] & 0x7f) % REQUESTS);
        } catch (IOException e) {
            assertEquals(false, String.valueOf(e.getMessage()).isEmpty());
        }
    }

    private void request(Worker worker, int request) throws IOException {
        switch (request) {
            case 0 -> worker.infos(List.of(leaf.path(), leaf.path()));
            case 1 -> worker.validPaths();
            case 2 -> {
                var out = new ByteArrayOutputStream();
                worker.nar(leaf, out);
                assertTrue(Arrays.equals(nar, out.toByteArray()), "another NAR came out");
            }
            case 3 -> worker.find(leaf.path().digest());
            case 4 -> worker.findRoots();
            case 5 -> worker.dead();
            case 6 -> worker.delete(List.of(leaf.path()));
            case 7 -> worker.verify(true, true);
            case 8 -> worker.addIndirectRoot(Path.of("/root"));
            case 9 -> worker.setOptions(Map.of("a", "b"));
            default -> {
                try {
                    worker.add(leaf, new CheckedNar(leaf, new ByteArrayInputStream(nar), NarVisitor.NONE), false);
                } catch (NarException e) {
                    throw new AssertionError("it is a good NAR", e);
                }
            }
        }
    }

    @Override
    public List<byte[]> seeds() {
        var seeds = new ArrayList<byte[]>();
        for (var transcript : TRANSCRIPTS) {
            byte[] said = said(transcript);
            byte[] answer = Arrays.copyOfRange(said, Math.min(said.length, hello.length), said.length);
            for (int request = 0; request < REQUESTS; request++) {
                seeds.add(behind(request, answer));
            }
        }
        seeds.add(behind(0x80, hello));
        return seeds;
    }

    private static byte[] behind(int first, byte[] rest) {
        byte[] seed = new byte[rest.length + 1];
        seed[0] = (byte) first;
        System.arraycopy(rest, 0, seed, 1, rest.length);
        return seed;
    }

    /// All that a real daemon said.
    private static byte[] said(String transcript) {
        var said = new ByteArrayOutputStream();
        Vectors.nix()
                .text("worker/nix-2.26.3/" + transcript + ".txt")
                .lines()
                .filter(line -> line.startsWith("S "))
                .forEach(line -> said.writeBytes(
                        HexFormat.of().parseHex(line.substring(2).replaceFirst(" .*", ""))));
        return said.toByteArray();
    }

    @Override
    public int executions() {
        return 20_000;
    }
}
