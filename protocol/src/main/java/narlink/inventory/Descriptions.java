package narlink.inventory;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import narlink.Bytes;
import narlink.delta.mixing.BinaryDecoder;
import narlink.delta.mixing.BinaryEncoder;
import narlink.inventory.Packed.Numbers;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;

/// What a store knows of some of its paths, by columns (§13.5). Paths run in [#ORDER], whichever columns are told.
///
/// Digest parts and hashes are random and stand as they are; names, sizes and references are coded by models, one
/// column after the other. Positions of references are in the same order, over all of the store.
public final class Descriptions {
    /// Equal names beside each other compress best.
    public static final Comparator<StorePath> ORDER =
            Comparator.comparing(StorePath::name).thenComparing(StorePath::digest);

    /// Paths of one object.
    private static final int MAX_PATHS = 100_000;
    /// Paths of a store.
    private static final int MAX_STORE = 1 << 20;

    private static final int DIGEST = StorePath.DIGEST_BYTES;
    private static final int HASH = 32;

    private Descriptions() {}

    /// What can be told.
    public enum Column {
        /// The path, and as much of its NAR hash as a [PathId] needs.
        NAME,
        /// NAR size, to within a 16th, and references.
        TRAITS,
        /// The whole NAR hash, in place of its beginning; sizes are exact then.
        HASH
    }

    /// What was told, each list by path in [#ORDER], or empty where its column was not told.
    ///
    /// @param hashes NAR hashes or beginnings of them
    /// @param references positions of paths among all of the store, in [#ORDER]
    public record Told(List<StorePath> paths, List<Bytes> hashes, List<Long> sizes, List<List<Integer>> references) {}

    /// Where each path is in [#ORDER], given all of a store.
    public static Map<StorePath, Integer> positions(Collection<StorePath> all) {
        var positions = new HashMap<StorePath, Integer>();
        all.stream().sorted(ORDER).forEach(path -> positions.put(path, positions.size()));
        return positions;
    }

    /// What is told of a size where hashes are not told as a whole.
    public static long rounded(long narSize) {
        return 8 * SizeModel.rounded(narSize / 8);
    }

    /// @param infos in [#ORDER]
    /// @param position of a path among all of the store, in [#ORDER] too
    /// @param all how many these are
    public static byte[] write(List<PathInfo> infos, Set<Column> columns, ToIntFunction<StorePath> position, int all) {
        var out = new ByteArrayOutputStream();
        Numbers.write(out, infos.size());
        for (var info : infos) {
            if (columns.contains(Column.NAME)) out.writeBytes(info.path().digestBytes());
            out.writeBytes(info.narHash().bytes().slice(0, hashBytes(columns)).toArray());
        }
        var coder = new BinaryEncoder();
        try {
            code(coder, infos, columns, position, all);
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
        out.writeBytes(coder.finish());
        return out.toByteArray();
    }

    private static void code(
            BinaryEncoder coder, List<PathInfo> infos, Set<Column> columns, ToIntFunction<StorePath> position, int all)
            throws IOException {
        var names = new ArrayList<NameClass>();
        var nameModel = new NameModel(coder);
        for (var info : infos) {
            names.add(NameClass.of(
                    columns.contains(Column.NAME) ? nameModel.code(info.path().name()) : ""));
        }
        if (!columns.contains(Column.TRAITS)) return;
        var sizes = new SizeModel(coder);
        boolean exactly = columns.contains(Column.HASH);
        for (int i = 0; i < infos.size(); i++) {
            long size = infos.get(i).narSize() / 8;
            sizes.code(names.get(i), exactly ? size : SizeModel.rounded(size), exactly);
        }
        var references = new ReferenceModel(coder, all, infos.size() == all);
        for (int i = 0; i < infos.size(); i++) {
            int[] positions = infos.get(i).references().stream()
                    .mapToInt(position)
                    .sorted()
                    .toArray();
            references.code(names.get(i), near(i, infos.size(), all), positions);
        }
    }

    /// @param all how many paths the store has
    public static Told read(byte[] object, Set<Column> columns, int all) throws MalformedInventoryException {
        var in = new ByteArrayInputStream(object);
        if (all > MAX_STORE) throw new MalformedInventoryException("a store of " + all + " paths");
        int count = Numbers.read(in, Math.min(all, MAX_PATHS));
        int plain = (columns.contains(Column.NAME) ? DIGEST : 0) + hashBytes(columns);
        if ((long) count * plain > in.available())
            throw new MalformedInventoryException(count + " paths are cut short");
        var digests = new ArrayList<byte[]>();
        var told = new Told(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < count; i++) {
            if (columns.contains(Column.NAME)) digests.add(Numbers.bytes(in, DIGEST));
            if (hashBytes(columns) > 0) told.hashes().add(Bytes.of(Numbers.bytes(in, hashBytes(columns))));
        }
        try {
            decode(new BinaryDecoder(in), digests, count, columns, all, told);
        } catch (EOFException e) {
            throw new MalformedInventoryException("it is cut short", e);
        } catch (MalformedInventoryException e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
        if (in.available() > 0) throw new MalformedInventoryException("more than it tells of");
        return told;
    }

    private static void decode(
            BinaryDecoder coder, List<byte[]> digests, int count, Set<Column> columns, int all, Told told)
            throws IOException {
        var names = new ArrayList<NameClass>();
        var nameModel = new NameModel(coder);
        for (int i = 0; i < count; i++) {
            var name = columns.contains(Column.NAME) ? nameModel.code("") : "";
            names.add(NameClass.of(name));
            if (columns.contains(Column.NAME)) told.paths().add(path(digests.get(i), name));
        }
        if (!columns.contains(Column.TRAITS)) return;
        var sizes = new SizeModel(coder);
        for (int i = 0; i < count; i++) {
            told.sizes().add(8 * sizes.code(names.get(i), 0, columns.contains(Column.HASH)));
        }
        var references = new ReferenceModel(coder, all, count == all);
        for (int i = 0; i < count; i++) {
            told.references()
                    .add(Arrays.stream(references.code(names.get(i), near(i, count, all), new int[0]))
                            .boxed()
                            .toList());
        }
    }

    /// About where the path is among all: exactly where these are described.
    private static int near(int index, int count, int all) {
        return (int) ((long) index * all / count);
    }

    private static StorePath path(byte[] digest, String name) throws MalformedInventoryException {
        try {
            return StorePath.of(digest, name);
        } catch (IllegalArgumentException e) {
            throw new MalformedInventoryException("no store path: " + e.getMessage(), e);
        }
    }

    private static int hashBytes(Set<Column> columns) {
        if (columns.contains(Column.HASH)) return HASH;
        return columns.contains(Column.NAME) ? PathId.HASH_BYTES : 0;
    }
}
