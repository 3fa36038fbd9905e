package narlink.testkit.check;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.delta.Codec;
import narlink.delta.Solid;
import narlink.fec.BlockEncoder;
import narlink.fec.Oti;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Manifest;
import narlink.pack.ManifestFormat;
import narlink.testkit.NarTree;
import narlink.wire.Announcement;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.Report;
import narlink.wire.SatelliteName;
import narlink.wire.Symbols;

/// Two small store paths, the second referring to the first, as a deployment for a satellite with an empty store: its
/// keys, and every segment of it that one may ask for.
///
/// @param paths what the store must hold in the end
public record SampleDeployment(
        SatelliteName satellite,
        SecretKey mission,
        SecretKey station,
        List<PathInfo> paths,
        Announcement announcement,
        byte[] manifest,
        byte[] pack) {
    private static final int SYMBOL_SIZE = 256;
    private static final int BLOCKS = 3;
    private static final int FILE = 30_000;

    /// Deployment 1, made of this seed but for its keys.
    public static SampleDeployment of(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var first = path(random, "library-1.0", List.of());
        var second = path(random, "program-1.0", List.of(first.path()));
        var infos = List.of(first.info(), second.info());
        var packed = new ByteArrayOutputStream();
        var scratch = Path.of(System.getProperty("java.io.tmpdir", "."));
        try (var encoder = new Solid().encoder(packed, 2 * FILE, scratch)) {
            for (var sample : List.of(first, second)) {
                encoder.add(
                        new Codec.NewPath(sample.path(), sample.nar().length, List.of()),
                        out -> out.write(sample.nar()));
            }
        }
        byte[] pack = packed.toByteArray();
        var oti = new Oti(pack.length, SYMBOL_SIZE, BLOCKS);
        byte[] manifest = ManifestFormat.write(manifest(infos, blockHashes(pack, oti)));
        var station = SecretKey.generate("station-1");
        var announcement = new Announcement(
                1,
                1,
                Oti.of(manifest.length, SYMBOL_SIZE, 2048),
                Optional.of(oti),
                Sha256.of(manifest),
                Report.shortDigest(Sha256.of(new byte[0])),
                List.of(station.publicKey().key()),
                Instant.ofEpochSecond(8_000_000_000L),
                1);
        return new SampleDeployment(
                new SatelliteName("sat-7"),
                SecretKey.generate("mission-1"),
                station,
                infos,
                announcement,
                manifest,
                pack);
    }

    private record Sample(StorePath path, byte[] nar, PathInfo info) {}

    private static Sample path(SplittableRandom random, String name, List<StorePath> references) {
        byte[] digest = new byte[StorePath.DIGEST_BYTES];
        random.nextBytes(digest);
        var path = StorePath.of(digest, name);
        byte[] contents = new byte[FILE];
        random.nextBytes(contents);
        var tree = Map.of(
                "data", new NarTree.File(false, Bytes.of(contents)), "needs", NarTree.file(references.toString()));
        byte[] nar = NarTree.directory(tree).nar();
        var info = new PathInfo(
                path,
                Sha256.of(nar),
                nar.length,
                new TreeSet<>(references),
                Optional.empty(),
                List.of(),
                Optional.empty());
        return new Sample(path, nar, info);
    }

    private static List<Sha256> blockHashes(byte[] pack, Oti oti) {
        var hashes = new ArrayList<Sha256>();
        for (int block = 0; block < oti.blocks(); block++) {
            int offset = (int) oti.offset(block);
            hashes.add(Sha256.of(java.util.Arrays.copyOfRange(pack, offset, offset + oti.length(block))));
        }
        return hashes;
    }

    private static Manifest manifest(List<PathInfo> infos, List<Sha256> blocks) {
        var entries = new ArrayList<Manifest.Entry>();
        for (var info : infos) {
            entries.add(new Manifest.Entry(
                    info.path(),
                    info.narSize(),
                    Manifest.check(info).bytes().slice(0, Manifest.CHECK),
                    info.references().isEmpty() ? List.of() : List.of(0),
                    Optional.empty(),
                    List.of()));
        }
        var checks = Manifest.digestOf(infos.stream().map(Manifest::check).toList());
        return new Manifest(
                Solid.ID, entries, List.of(), checks, blocks, List.of(1), Optional.empty(), Activation.NONE, 6);
    }

    /// The announcement's segment.
    public byte[] announcementSegment() {
        return Envelope.seal(announcement, mission, Envelope.Direction.UP, satellite);
    }

    /// Segments of one symbol each: of all blocks of both objects, ESIs from 0 on, with so many more than K of each.
    public List<byte[]> symbolSegments(int more) {
        var segments = new ArrayList<byte[]>();
        symbols(FecObject.MANIFEST, manifest, announcement.manifest(), more, segments);
        symbols(FecObject.PACK, pack, announcement.pack().orElseThrow(), more, segments);
        return segments;
    }

    private void symbols(FecObject object, byte[] bytes, Oti oti, int more, List<byte[]> segments) {
        for (int block = 0; block < oti.blocks(); block++) {
            var encoder =
                    BlockEncoder.of(bytes, (int) oti.offset(block), oti.length(block), oti.k(block), oti.symbolSize());
            for (int esi = 0; esi < oti.k(block) + more; esi++) {
                byte[] symbol = new byte[oti.symbolSize()];
                encoder.symbol(esi, symbol, 0);
                var symbols = new Symbols(1, object, block, esi, Bytes.of(symbol), 0);
                segments.add(Envelope.seal(symbols, station, Envelope.Direction.UP, satellite));
            }
        }
    }
}
