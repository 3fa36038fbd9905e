package narlink.ground;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import narlink.Sha256;
import narlink.delta.Codec;
import narlink.delta.CountedOutput;
import narlink.delta.Delta;
import narlink.delta.Rewrite;
import narlink.fec.Oti;
import narlink.nix.PathInfo;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Layout;
import narlink.pack.ManifestFormat;
import narlink.pack.Outline;
import narlink.pack.ProfileName;

/// Writes a plan as pack and manifest.
final class Packer {
    private final Store earth;
    private final int symbolSize;
    private final BiConsumer<StorePath, Long> progress;

    /// @param progress told each path before it is packed, with the raw bytes packed so far
    Packer(Store earth, int symbolSize, BiConsumer<StorePath, Long> progress) {
        this.earth = earth;
        this.symbolSize = symbolSize;
        this.progress = progress;
    }

    /// @param pack file to write
    /// @param system the satellite's, to refuse what is built for other machines
    Packed pack(Plan plan, Optional<ProfileName> profile, Activation activation, Optional<String> system, Path pack)
            throws IOException {
        var codec = new Delta();
        var contents = new Contents();
        var costs = write(plan, codec, contents, pack);
        if (system.isPresent()) contents.check(system.get());
        long length = Files.size(pack);
        Optional<Oti> packOti = plan.added().isEmpty() ? Optional.empty() : Optional.of(Layout.of(length, symbolSize));
        var hashes = packOti.isPresent() ? blockHashes(pack, packOti.get()) : List.<Sha256>of();
        var directory = Directory.of(plan);
        var manifest = directory.manifest(plan, codec.id(), profile, activation, hashes, contents.nodes());
        byte[] object = ManifestFormat.write(Outline.of(manifest, directory.board(plan)));
        return new Packed(
                plan,
                manifest,
                directory.board(plan),
                object,
                Layout.of(object.length, symbolSize),
                packOti,
                pack,
                costs);
    }

    private List<Codec.Cost> write(Plan plan, Codec codec, Contents contents, Path pack) throws IOException {
        if (plan.added().isEmpty()) {
            Files.write(pack, new byte[0]);
            return List.of();
        }
        List<Codec.Cost> costs;
        var scratch = Optional.ofNullable(pack.toAbsolutePath().getParent()).orElse(pack);
        try (var file = new CountedOutput(new BufferedOutputStream(Files.newOutputStream(pack), 1 << 16))) {
            long raw = 0;
            var encoder = codec.encoder(file, plan.rawBytes(), scratch);
            try (encoder) {
                for (var info : plan.added()) {
                    progress.accept(info.path(), raw);
                    encoder.add(
                            new Codec.NewPath(info.path(), info.narSize(), bases(plan, info)),
                            out -> earth.nar(info.path(), contents.watching(info.path(), out, info.narSize())));
                    raw += info.narSize();
                }
            }
            costs = encoder.costs();
        }
        return costs;
    }

    private List<Codec.Base> bases(Plan plan, PathInfo info) {
        return plan.bases(info.path()).stream()
                .map(base -> new Codec.Base(
                        base.path(),
                        base.narSize(),
                        Rewrite.between(base.path(), base.references(), info.path(), info.references()),
                        out -> earth.nar(base.path(), out)))
                .toList();
    }

    private static List<Sha256> blockHashes(Path pack, Oti oti) throws IOException {
        var hashes = new ArrayList<Sha256>();
        try (var file = FileChannel.open(pack, StandardOpenOption.READ)) {
            for (int sbn = 0; sbn < oti.blocks(); sbn++)
                hashes.add(Sha256.of(read(file, oti.offset(sbn), oti.length(sbn))));
        }
        return hashes;
    }

    static byte[] read(FileChannel file, long offset, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, offset + buffer.position()) < 0) throw new IOException("a pack file is cut short");
        }
        return buffer.array();
    }
}
