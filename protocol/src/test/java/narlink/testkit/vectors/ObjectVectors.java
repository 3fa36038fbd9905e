package narlink.testkit.vectors;

import com.github.luben.zstd.Zstd;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.BlockEncoder;
import narlink.fec.Oti;
import narlink.inventory.Descriptions;
import narlink.inventory.Descriptions.Column;
import narlink.inventory.IdList;
import narlink.inventory.PathId;
import narlink.inventory.Roots;
import narlink.inventory.Sketch;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Health;
import narlink.pack.Manifest;
import narlink.pack.ManifestFormat;
import narlink.pack.ProfileName;
import narlink.testkit.SampleStore;

/// Symbols, manifests, inventories (§14.5, §14.6, §14.8).
final class ObjectVectors {
    private ObjectVectors() {}

    static VectorFile fec() {
        var file = new VectorFile("""
                §5: objects as encoding symbols. Byte i of an object is the highest byte of x after i + 1 steps of
                x = x · 1664525 + 1013904223 (32 bits), x being its length at first. Symbols are of the block `block`.""");
        for (var oti : List.of(new Oti(10, 10, 1), new Oti(95, 10, 1), new Oti(7_000, 64, 3), new Oti(64_001, 64, 2))) {
            byte[] object = object((int) oti.transferLength());
            for (int block = 0; block < oti.blocks(); block++) {
                file.field("length", oti.transferLength())
                        .field("symbol-size", oti.symbolSize())
                        .field("blocks", oti.blocks())
                        .field("block", block)
                        .field("k", oti.k(block))
                        .field("offset", oti.offset(block));
                var encoder = BlockEncoder.of(
                        object, (int) oti.offset(block), oti.length(block), oti.k(block), oti.symbolSize());
                for (int esi : new TreeSet<>(
                        List.of(0, oti.k(block) - 1, oti.k(block), oti.k(block) + 7, 65_536, 16_777_215))) {
                    byte[] symbol = new byte[oti.symbolSize()];
                    encoder.symbol(esi, symbol, 0);
                    file.field("esi-" + esi, symbol);
                }
                file.end();
            }
        }
        return file;
    }

    static byte[] object(int length) {
        byte[] object = new byte[length];
        int x = length;
        for (int i = 0; i < length; i++) {
            x = x * 1664525 + 1013904223;
            object[i] = (byte) (x >>> 24);
        }
        return object;
    }

    static VectorFile manifests() {
        var file = new VectorFile("""
                §10, §12: manifest objects. `message` is what they decompress to, a serialized Manifest; any zstd frame of it is
                as good. The paths and their checks are what it tells, where nothing is like what is on board.""");
        manifest(file, "one path, nothing known", manifest(1, Activation.NONE));
        manifest(file, "three paths, known ones, bases, references, an activation", manifest(3, activation()));
        return file;
    }

    private static void manifest(VectorFile file, String name, Manifest manifest) {
        byte[] object = ManifestFormat.write(manifest);
        file.field("name", name).field("object", object).field("message", Zstd.decompress(object, 1 << 16));
        for (int i = 0; i < manifest.objects().size(); i++) {
            var entry = manifest.objects().get(i);
            file.field("path-" + i, entry.path())
                    .field("size-" + i, entry.narSize())
                    .field("check-" + i, entry.check().toArray())
                    .field("references-" + i, numbers(entry.references()))
                    .field("bases-" + i, numbers(entry.bases()));
        }
        file.end();
    }

    private static String numbers(List<Integer> numbers) {
        return numbers.stream().map(Object::toString).collect(Collectors.joining(" ", "[", "]"));
    }

    private static Manifest manifest(int paths, Activation activation) {
        var known = paths == 1 ? List.<Bytes>of() : List.of(Bytes.ofHex("0102030405"), Bytes.ofHex("0102030406"));
        var infos = new SampleStore(new SplittableRandom(2)).paths(paths);
        var entries = new java.util.ArrayList<Manifest.Entry>();
        for (int i = 0; i < paths; i++) {
            var path = infos.get(i).path();
            boolean addressed = paths > 1 && i == 0;
            entries.add(new Manifest.Entry(
                    path,
                    infos.get(i).narSize(),
                    Manifest.check(infos.get(i)).bytes().slice(0, Manifest.CHECK),
                    i == 0 ? List.of() : List.of(1, known.size() + i - 1, known.size() + i),
                    addressed
                            ? Optional.of("text:sha256:1z6wirdi83j8zhirkgp37ks8xk60akwzxpd49qklamgv9xq1fiv4")
                            : Optional.empty(),
                    i == 0 ? List.of() : List.of(0, known.size() + i - 1)));
        }
        return new Manifest(
                paths == 1 ? 1 : 2,
                entries,
                known,
                Manifest.digestOf(infos.stream().map(Manifest::check).toList()),
                List.of(Sha256.of(new byte[] {1}), Sha256.of(new byte[] {2})),
                List.of(known.size() + paths - 1),
                paths == 1 ? Optional.empty() : Optional.of(new ProfileName("system")),
                activation,
                17);
    }

    private static Activation activation() {
        return new Activation(
                        new Activation.Program.Command("systemctl restart camera"),
                        120,
                        new Health(List.of("true"), 3, 60, 5, 10),
                        true,
                        3600)
                .of("github:example/flake/0123456789012345678901234567890123456789");
    }

    static VectorFile inventory() {
        var file = new VectorFile("""
                §13: a store of nine paths and what is told of it. Ids are in the order of §13.1, paths in that of §13.5. Columns
                are 1 names, 2 sizes and references, 4 whole hashes, or sums.""");
        var infos = new SampleStore(new SplittableRandom(1)).paths(9);
        infos.forEach(info -> path(file, info));
        long[] ids = ids(infos);
        file.field("ids", java.util.Arrays.stream(ids).mapToObj(Long::toString).collect(Collectors.joining(" ")))
                .field("list", IdList.write(ids))
                .field("sketch", Sketch.cells(ids, 0, 24))
                .end();
        var positions =
                Descriptions.positions(infos.stream().map(PathInfo::path).toList());
        for (var columns : List.of(
                Set.of(Column.NAME), Set.of(Column.NAME, Column.TRAITS), Set.of(Column.TRAITS), Set.of(Column.HASH))) {
            file.field(
                            "columns",
                            columns.stream()
                                    .mapToInt(column -> 1 << column.ordinal())
                                    .sum())
                    .field("object", Descriptions.write(infos, columns, positions::get, infos.size()))
                    .end();
        }
        file.field("roots", Roots.write(roots())).field("count", roots().size()).end();
        return file;
    }

    static SortedMap<String, Integer> roots() {
        return new TreeMap<>(java.util.Map.of("/nix/var/nix/profiles/system-4-link", 2, "{lsof}", 8));
    }

    static long[] ids(List<PathInfo> infos) {
        return infos.stream()
                .mapToLong(info -> PathId.of(info.path(), info.narHash().bytes()))
                .sorted()
                .toArray();
    }

    private static void path(VectorFile file, PathInfo info) {
        file.field("path", info.path())
                .field("hash", info.narHash().bytes().toArray())
                .field("size", info.narSize())
                .field(
                        "references",
                        info.references().stream().map(StorePath::toString).collect(Collectors.joining(" ", "[", "]")))
                .field("id", PathId.of(info.path(), info.narHash().bytes()))
                .end();
    }
}
