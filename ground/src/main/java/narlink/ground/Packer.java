package narlink.ground;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import narlink.Bytes;
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
import narlink.pack.Manifest;
import narlink.pack.ManifestFormat;
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
        var sizes = write(plan, codec, contents, pack);
        if (system.isPresent()) contents.check(system.get());
        long length = Files.size(pack);
        Optional<Oti> packOti = plan.added().isEmpty() ? Optional.empty() : Optional.of(Layout.of(length, symbolSize));
        var hashes = packOti.isPresent() ? blockHashes(pack, packOti.get()) : List.<Sha256>of();
        var manifest = manifest(plan, codec, profile, activation, hashes, contents.nodes());
        byte[] object = ManifestFormat.write(manifest);
        return new Packed(
                plan, manifest, known(plan), object, Layout.of(object.length, symbolSize), packOti, pack, sizes);
    }

    private List<Long> write(Plan plan, Codec codec, Contents contents, Path pack) throws IOException {
        if (plan.added().isEmpty()) {
            Files.write(pack, new byte[0]);
            return List.of();
        }
        List<Long> sizes;
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
            sizes = encoder.sizes();
        }
        return sizes;
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

    private static Manifest manifest(
            Plan plan,
            Codec codec,
            Optional<ProfileName> profile,
            Activation activation,
            List<Sha256> hashes,
            long nodes) {
        var known = known(plan);
        var index = new HashMap<StorePath, Integer>();
        int prefix = prefixLength(known);
        for (var path : known) index.put(path, index.size());
        for (var info : plan.added()) index.put(info.path(), index.size());
        return new Manifest(
                codec.id(),
                plan.added().stream().map(info -> entry(plan, info, index)).toList(),
                known.stream()
                        .map(path -> Bytes.of(path.digestBytes(), 0, prefix))
                        .toList(),
                Manifest.digestOf(plan.added().stream().map(PathInfo::narHash).toList()),
                hashes,
                plan.targets().stream().map(target -> index(index, target)).toList(),
                profile,
                activation,
                nodes);
    }

    private static Manifest.Entry entry(Plan plan, PathInfo info, HashMap<StorePath, Integer> index) {
        return new Manifest.Entry(
                info.path(),
                info.narSize(),
                info.narHash().bytes().slice(0, Manifest.HASH_PREFIX),
                info.references().stream()
                        .map(reference -> index(index, reference))
                        .sorted()
                        .toList(),
                info.ca(),
                plan.bases(info.path()).stream()
                        .map(base -> index(index, base.path()))
                        .toList());
    }

    private static int index(HashMap<StorePath, Integer> index, StorePath path) {
        var found = index.get(path);
        if (found == null) throw new IllegalStateException(path + " is neither known nor added");
        return found;
    }

    /// Paths on board that the manifest has to name: references of what is added, and targets that are there; by the
    /// bytes of their digests.
    private static List<StorePath> known(Plan plan) {
        var known = new java.util.HashSet<>(plan.targets());
        plan.added().forEach(info -> known.addAll(info.references()));
        known.retainAll(plan.reused());
        var added = new java.util.HashSet<StorePath>();
        plan.added().forEach(info -> added.add(info.path()));
        plan.bases().values().forEach(bases -> bases.forEach(base -> known.add(base.path())));
        known.removeAll(added);
        return known.stream()
                .sorted(java.util.Comparator.comparing(path -> Bytes.of(path.digestBytes())))
                .toList();
    }

    /// So many bytes that no two paths of the closure begin alike, and one more against those that Earth does not know.
    private static int prefixLength(List<StorePath> known) {
        int length = Manifest.MIN_KNOWN_PREFIX;
        for (int i = 1; i < known.size(); i++) {
            byte[] before = known.get(i - 1).digestBytes();
            int common = java.util.Arrays.mismatch(before, known.get(i).digestBytes());
            length = Math.max(length, common + 1);
        }
        return Math.min(20, length + 1);
    }
}
