package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import narlink.Sha256;
import narlink.delta.Solid;
import narlink.fec.Oti;
import narlink.flight.FlightState;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Layout;
import narlink.pack.Manifest;
import narlink.pack.ManifestFormat;
import narlink.wire.DeploymentState;
import narlink.wire.FecObject;
import narlink.wire.Frames;
import narlink.wire.Symbols;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever comes in, the receiver's process lives, keeps its memory, its files and its directory within bounds, and
/// takes an honest deployment afterwards.
final class FuzzTest {
    /// What it takes today: the heap's limit of 128 MiB, a pack's window of up to 64 MiB, and the JVM. The aim is 160
    /// MB.
    private static final long RSS_KILOBYTES = 200_000;
    /// Of all that this test sends, no more than this may lie in the state directory.
    private static final long STATE_BYTES = 4 << 20;
    /// Deployments whose end is remembered.
    private static final int ENDED = 16;

    @TempDir
    Path directory;

    private final SplittableRandom random = new SplittableRandom(12);
    private FlightState flight = FlightState.at(Path.of(""));
    private List<Process> started = new ArrayList<>();

    @BeforeEach
    void setUp() throws IOException {
        flight = FlightState.at(directory.resolve("flight"));
        flight.init(Cargo.NAME);
        flight.trust(Cargo.MISSION.publicKey());
        started = new ArrayList<>(List.of(Programs.startReceiver(
                        directory.resolve("flight"),
                        List.of(),
                        Map.of(),
                        "run",
                        "--pipe",
                        "unix-listen:" + directory.resolve("socket"),
                        "--store",
                        "file://" + directory.resolve("cache"))
                .process()));
    }

    @AfterEach
    void end() throws InterruptedException {
        for (var process : started) process.destroyForcibly().waitFor();
    }

    private Contact contact() throws IOException, InterruptedException {
        return Contact.open(directory.resolve("socket"), flight.flightKey().publicKey(), started.getFirst());
    }

    @Test
    void nothingThatComesInDoesHarm() throws Exception {
        long before;
        int number = 0;
        try (var contact = contact()) {
            // What it opens once, it has opened now.
            deliver(contact, honest(++number));
            before = open();
        }
        try (var contact = contact()) {
            noise(contact);
            scrambled(contact, honest(++number));
            deliver(contact, honest(++number));
        }
        try (var contact = contact()) {
            withoutManifest(contact, ++number);
            replayed(contact, ++number);
            number = lies(contact, ++number);
            for (int i = 0; i < 2 * ENDED; i++) {
                byte[] none = {(byte) i};
                contact.deliver(crafted(++number, none, new byte[10]), new Contact.Sent());
            }
            deliver(contact, honest(++number));
            long fds = open();
            long peak = Programs.peakKilobytes(started.getFirst());
            long state = EnduranceTest.size(directory.resolve("flight"));
            System.out.printf(
                    "fuzz: peak RSS %d kB, %d then %d open files, state directory %d bytes%n",
                    peak, before, fds, state);
            assertTrue(started.getFirst().isAlive());
            assertTrue(peak <= RSS_KILOBYTES, peak + " kB");
            // Two receptions are left unfinished, each with a log or two.
            assertTrue(fds <= before + 6, before + " files were open, then " + fds);
            assertTrue(state <= STATE_BYTES, state + " bytes");
            try (var deployments = Files.list(directory.resolve("flight/deployments"))) {
                long kept = deployments.count();
                assertTrue(kept <= ENDED + 4, kept + " deployments are kept");
            }
        }
    }

    private Cargo honest(int number) throws IOException {
        return Cargo.of(number, 3, 20_000, 2048, directory.resolve("pack-" + number));
    }

    private static void deliver(Contact contact, Cargo cargo) throws Exception {
        assertEquals(DeploymentState.CONFIRMED, contact.deliver(cargo, new Contact.Sent()));
    }

    private long open() throws IOException {
        try (var files =
                Files.list(Path.of("/proc", Long.toString(started.getFirst().pid()), "fd"))) {
            return files.count();
        }
    }

    /// Bytes, and frames of bytes.
    private void noise(Contact contact) throws IOException {
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(2000)];
            random.nextBytes(bytes);
            if (i % 2 == 0) contact.write(bytes);
            else contact.send(bytes);
        }
        contact.write(new byte[1]);
    }

    /// Valid segments of two stations in any order, some a thousand times, some cut.
    private void scrambled(Contact contact, Cargo cargo) throws IOException {
        var segments = new ArrayList<byte[]>();
        for (var object : FecObject.values()) {
            for (int block = 0; block < cargo.blocks(object); block++) {
                for (int esi = 0; esi < cargo.k(object, block) + 3; esi++) {
                    var station = esi % 2 == 0 ? Cargo.STATION : Cargo.OTHER_STATION;
                    segments.add(cargo.segment(object, block, esi, 1, 0, station));
                }
            }
        }
        Collections.shuffle(segments, new java.util.Random(random.nextLong()));
        segments.add(segments.size() / 2, cargo.announcementSegment());
        for (int i = 0; i < segments.size(); i++) {
            byte[] frame = Frames.frame(segments.get(i));
            contact.write(Arrays.copyOf(frame, random.nextInt(frame.length)));
            contact.write(new byte[1]);
            for (int times = i % 25 == 0 ? 1000 : 2; times > 0; times--) contact.write(frame);
        }
    }

    /// Ever more of a block that nobody can decode yet.
    private void withoutManifest(Contact contact, int number) throws IOException {
        var cargo = honest(number);
        contact.send(cargo.announcementSegment());
        for (int esi = 0; esi < 8000; esi += 8) {
            contact.send(cargo.segment(FecObject.PACK, 0, esi, 8, 0, Cargo.STATION));
        }
    }

    /// The same number with other contents, and numbers that go down.
    private void replayed(Contact contact, int number) throws Exception {
        deliver(contact, honest(number));
        var other = crafted(number, new byte[100], new byte[10]);
        for (int i = 0; i < 100; i++) contact.send(other.announcementSegment());
        for (int lower = number; lower > 0; lower--) {
            contact.send(honest(lower).announcementSegment());
        }
        for (int esi = 0; esi < 100; esi++) {
            contact.send(Cargo.seal(
                    new Symbols(number, FecObject.PACK, 0, esi, narlink.Bytes.of(new byte[896]), 0), Cargo.STATION));
        }
    }

    /// A pack that unfolds to more than there is, manifests that do, and one of a million objects.
    private int lies(Contact contact, int first) throws Exception {
        int number = first;
        var manifests = List.of(
                new byte[100],
                Zstd.compress(new byte[200 << 20]),
                Zstd.compress(narlink.v1.Manifest.newBuilder()
                        .addAllSizes(Collections.nCopies(1_000_000, 8L))
                        .build()
                        .toByteArray()));
        for (var manifest : manifests) {
            assertEquals(
                    DeploymentState.FAILED,
                    contact.deliver(crafted(number++, manifest, new byte[10]), new Contact.Sent()));
        }
        for (long declared : new long[] {8 << 20, 1 << 10}) {
            assertEquals(DeploymentState.FAILED, contact.deliver(bomb(number++, declared), new Contact.Sent()));
        }
        return number;
    }

    /// A gigabyte of zeros in place of a NAR of so many bytes.
    private Cargo bomb(int number, long declared) throws IOException {
        var out = new java.io.ByteArrayOutputStream();
        try (var zstd = new ZstdOutputStreamNoFinalizer(out, 3)) {
            zstd.setLong(26);
            for (int i = 0; i < 1024; i++) zstd.write(new byte[1 << 20]);
        }
        byte[] pack = out.toByteArray();
        var oti = Layout.of(pack.length, Layout.SYMBOL_SIZE);
        var manifest = new Manifest(
                Solid.ID,
                List.of(new Manifest.Entry(
                        StorePath.of(new byte[20], "bomb"),
                        declared,
                        narlink.Bytes.of(new byte[Manifest.CHECK]),
                        List.of(),
                        Optional.empty(),
                        List.of())),
                List.of(),
                Sha256.of(new byte[1]),
                java.util.stream.IntStream.range(0, oti.blocks())
                        .mapToObj(block -> Sha256.of(pack, (int) oti.offset(block), oti.length(block)))
                        .toList(),
                List.of(0),
                Optional.empty(),
                Activation.NONE);
        return crafted(number, ManifestFormat.write(manifest), pack);
    }

    private Cargo crafted(int number, byte[] manifest, byte[] pack) throws IOException {
        var file = Files.write(directory.resolve("pack-" + number), pack);
        Oti oti = Layout.of(pack.length, Layout.SYMBOL_SIZE);
        return Cargo.crafted(number, 1, manifest, Sha256.of(manifest), Optional.of(oti), file, List.of());
    }
}
