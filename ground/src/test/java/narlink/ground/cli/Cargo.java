package narlink.ground.cli;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import narlink.Bytes;
import narlink.Sha256;
import narlink.delta.Solid;
import narlink.fec.BlockEncoder;
import narlink.fec.Oti;
import narlink.nix.NarWriter;
import narlink.nix.SecretKey;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Layout;
import narlink.pack.Manifest;
import narlink.pack.ManifestFormat;
import narlink.pack.ProfileName;
import narlink.wire.Announcement;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.Message;
import narlink.wire.Report;
import narlink.wire.SatelliteName;
import narlink.wire.Symbols;

/// A deployment whose segments a test makes itself, without a ground's state or planning; its pack lies in a file and
/// is packed in haste.
final class Cargo {
    static final SatelliteName NAME = new SatelliteName("sat");
    static final SecretKey MISSION = SecretKey.generate("mission-1");
    static final SecretKey STATION = SecretKey.generate("station-1");
    static final SecretKey OTHER_STATION = SecretKey.generate("station-2");
    /// Symbols are a little smaller than eight to a segment of 8 KiB.
    static final int SYMBOLS_PER_SEGMENT = 8;

    private static final int CHUNK = 1 << 16;

    private final Announcement announcement;
    private final byte[] manifest;
    private final Path pack;
    private final List<StorePath> paths;
    private Encoding encoding = new Encoding(FecObject.MANIFEST, -1, Optional.empty());

    /// The block that was encoded last.
    private record Encoding(FecObject object, int block, Optional<BlockEncoder> encoder) {}

    private Cargo(Announcement announcement, byte[] manifest, Path pack, List<StorePath> paths) {
        this.announcement = announcement;
        this.manifest = manifest;
        this.pack = pack;
        this.paths = paths;
    }

    /// A chain of paths, each with one file of `bytes` bytes, half noise and half compressible.
    ///
    /// @param pack where its pack is to lie
    static Cargo of(int number, int paths, long bytes, int symbolsPerBlock, Path pack) throws IOException {
        var entries = new ArrayList<Manifest.Entry>();
        var checks = new ArrayList<Sha256>();
        try (var file = new BufferedOutputStream(Files.newOutputStream(pack));
                var zstd = new ZstdOutputStreamNoFinalizer(file, 1)) {
            if (bytes > 8 << 20) zstd.setLong(23); // The largest window that the receiver takes.
            for (int i = 0; i < paths; i++) {
                var digest = Sha256.digest();
                var counted = new Counted(new DigestOutputStream(zstd, digest));
                nar(counted, bytes, 1000L * number + i);
                var hash = Sha256.finish(digest);
                byte[] name = Sha256.of(Bytes.ofUtf8(number + "-" + i)).bytes().toArray();
                var path = StorePath.of(java.util.Arrays.copyOf(name, 20), "cargo-" + number + "-" + i);
                var references = i == 0
                        ? List.<StorePath>of()
                        : List.of(entries.getLast().path());
                var check = Manifest.check(path, hash, counted.count, references);
                checks.add(check);
                entries.add(new Manifest.Entry(
                        path,
                        counted.count,
                        check.bytes().slice(0, Manifest.CHECK),
                        i == 0 ? List.of() : List.of(i - 1),
                        Optional.empty(),
                        List.of()));
            }
        }
        var oti = Oti.of(Files.size(pack), Layout.SYMBOL_SIZE, symbolsPerBlock);
        var blocks = new ArrayList<Sha256>();
        for (int block = 0; block < oti.blocks(); block++) blocks.add(Sha256.of(read(pack, oti, block)));
        byte[] manifest = ManifestFormat.write(new Manifest(
                Solid.ID,
                entries,
                List.of(),
                Manifest.digestOf(checks),
                blocks,
                List.of(paths - 1),
                Optional.of(new ProfileName("default")),
                Activation.NONE));
        return crafted(
                number,
                1,
                manifest,
                Sha256.of(manifest),
                Optional.of(oti),
                pack,
                entries.stream().map(Manifest.Entry::path).toList());
    }

    /// Any two objects under an announcement that names both stations.
    static Cargo crafted(
            int number,
            int floor,
            byte[] manifest,
            Sha256 manifestHash,
            Optional<Oti> packOti,
            Path pack,
            List<StorePath> paths) {
        var announcement = new Announcement(
                number,
                floor,
                Layout.of(manifest.length, Layout.SYMBOL_SIZE),
                packOti,
                manifestHash,
                Report.shortDigest(Sha256.of(new byte[0])),
                List.of(STATION.publicKey().key(), OTHER_STATION.publicKey().key()),
                Instant.now().plus(Duration.ofDays(1)),
                1);
        return new Cargo(announcement, manifest, pack, paths);
    }

    private static void nar(OutputStream out, long bytes, long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var writer = new NarWriter(out);
        writer.directory();
        writer.enter(Bytes.ofUtf8("data"));
        writer.file(false, bytes);
        byte[] chunk = new byte[CHUNK];
        for (long left = bytes; left > 0; left -= Math.min(left, CHUNK)) {
            random.nextBytes(chunk);
            for (int i = 0; i < CHUNK / 2; i++) chunk[i] = (byte) ('a' + (i * 7 & 15));
            writer.bytes(chunk, 0, (int) Math.min(left, CHUNK));
        }
        writer.leave();
        out.flush();
    }

    private static final class Counted extends OutputStream {
        private final OutputStream out;
        private long count;

        Counted(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }

        @Override
        public void flush() {} // Each would cost a zstd block.
    }

    private static byte[] read(Path pack, Oti oti, int block) throws IOException {
        try (var file = new RandomAccessFile(pack.toFile(), "r")) {
            byte[] data = new byte[oti.length(block)];
            file.seek(oti.offset(block));
            file.readFully(data);
            return data;
        }
    }

    Announcement announcement() {
        return announcement;
    }

    int number() {
        return announcement.deployment();
    }

    List<StorePath> paths() {
        return paths;
    }

    int blocks(FecObject object) {
        return announcement.oti(object).map(Oti::blocks).orElse(0);
    }

    int k(FecObject object, int block) {
        return announcement.oti(object).orElseThrow().k(block);
    }

    byte[] announcementSegment() {
        return seal(announcement, MISSION);
    }

    /// A segment of so many symbols from `esi` on.
    byte[] segment(FecObject object, int block, int esi, int count, int poll, SecretKey station) throws IOException {
        var oti = announcement.oti(object).orElseThrow();
        int size = oti.symbolSize();
        if (encoding.object() != object || encoding.block() != block) {
            byte[] data = object == FecObject.PACK
                    ? read(pack, oti, block)
                    : java.util.Arrays.copyOfRange(
                            manifest, (int) oti.offset(block), (int) oti.offset(block) + oti.length(block));
            encoding =
                    new Encoding(object, block, Optional.of(BlockEncoder.of(data, 0, data.length, oti.k(block), size)));
        }
        byte[] symbols = new byte[count * size];
        for (int i = 0; i < count; i++) encoding.encoder().orElseThrow().symbol(esi + i, symbols, i * size);
        return seal(new Symbols(number(), object, block, esi, Bytes.of(symbols), poll), station);
    }

    static byte[] seal(Message message, SecretKey key) {
        return Envelope.seal(message, key, Envelope.Direction.UP, NAME);
    }
}
