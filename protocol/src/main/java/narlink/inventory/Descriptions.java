package narlink.inventory;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import narlink.Bytes;
import narlink.inventory.Packed.Numbers;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;

/// What a store knows of some of its paths, by columns (§13.5). Paths run in [#ORDER], whichever columns are told.
///
/// Names, sizes and references are compressed together: what is random in them is little, but for it the digest parts
/// and hashes, which stand behind them as they are.
public final class Descriptions {
    /// Equal names beside each other compress best.
    public static final Comparator<StorePath> ORDER =
            Comparator.comparing(StorePath::name).thenComparing(StorePath::digest);

    /// Paths of one object.
    public static final int MAX_PATHS = 100_000;

    private static final int MAX_REFERENCES = 100_000;
    private static final long MAX_SIZE = 1L << 50;
    private static final int DIGEST = StorePath.DIGEST_BYTES;
    private static final int HASH = 32;

    private Descriptions() {}

    /// What can be told.
    public enum Column {
        /// The path, and as much of its NAR hash as a [PathId] needs.
        NAME,
        /// NAR size and references.
        TRAITS,
        /// The whole NAR hash, in place of its beginning.
        HASH
    }

    /// What was told, each list by path in [#ORDER], or empty where its column was not told.
    ///
    /// @param hashes NAR hashes or beginnings of them
    /// @param references positions of paths among all of the store, in the order of their ids
    public record Told(List<StorePath> paths, List<Bytes> hashes, List<Long> sizes, List<List<Integer>> references) {}

    /// @param infos in [#ORDER]
    /// @param position of a path among all of the store
    /// @param all how many these are
    public static byte[] write(List<PathInfo> infos, Set<Column> columns, ToIntFunction<StorePath> position, int all) {
        var packed = new ByteArrayOutputStream();
        var plain = new ByteArrayOutputStream();
        Numbers.write(packed, infos.size());
        if (columns.contains(Column.NAME)) {
            for (var info : infos) {
                packed.writeBytes((info.path().name() + '\n').getBytes(StandardCharsets.US_ASCII));
                plain.writeBytes(info.path().digestBytes());
            }
        }
        if (columns.contains(Column.TRAITS)) {
            for (var info : infos) Numbers.write(packed, info.narSize() / 8);
            for (var info : infos) Numbers.write(packed, info.references().size());
            int width = width(all);
            for (var info : infos) {
                info.references().stream().mapToInt(position).sorted().forEach(at -> put(packed, at, width));
            }
        }
        for (var info : infos) {
            plain.writeBytes(info.narHash().bytes().slice(0, hashBytes(columns)).toArray());
        }
        var out = new ByteArrayOutputStream();
        byte[] first = Packed.pack(packed.toByteArray());
        Numbers.write(out, first.length);
        out.writeBytes(first);
        out.writeBytes(plain.toByteArray());
        return out.toByteArray();
    }

    /// @param all how many paths the store has
    public static Told read(byte[] object, Set<Column> columns, int all) throws MalformedInventoryException {
        var in = new ByteArrayInputStream(object);
        var packed = new ByteArrayInputStream(Packed.unpack(Numbers.bytes(in, Numbers.read(in, object.length))));
        int count = Numbers.read(packed, MAX_PATHS);
        var told = new Told(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        if (columns.contains(Column.NAME)) {
            for (int i = 0; i < count; i++) told.paths().add(path(packed, in));
        }
        if (columns.contains(Column.TRAITS)) traits(packed, count, all, told);
        int hash = hashBytes(columns);
        for (int i = 0; hash > 0 && i < count; i++) told.hashes().add(Bytes.of(Numbers.bytes(in, hash)));
        if (packed.available() > 0 || in.available() > 0)
            throw new MalformedInventoryException("more than it tells of");
        return told;
    }

    private static void traits(ByteArrayInputStream packed, int count, int all, Told told)
            throws MalformedInventoryException {
        var counts = new int[count];
        for (int i = 0; i < count; i++) told.sizes().add(8 * Numbers.readLong(packed, MAX_SIZE / 8));
        for (int i = 0; i < count; i++) counts[i] = Numbers.read(packed, MAX_REFERENCES);
        int width = width(all);
        for (int references : counts) {
            if ((long) references * width > packed.available()) {
                throw new MalformedInventoryException(references + " references are cut short");
            }
            var list = new ArrayList<Integer>(references);
            for (int i = 0; i < references; i++) {
                int at = 0;
                for (int shift = 0; shift < width; shift++) at = at << 8 | packed.read();
                if (at >= all) throw new MalformedInventoryException("reference to path " + at + " of " + all);
                list.add(at);
            }
            told.references().add(list);
        }
    }

    private static StorePath path(ByteArrayInputStream packed, ByteArrayInputStream plain)
            throws MalformedInventoryException {
        var name = new StringBuilder();
        for (int next = packed.read(); next != '\n'; next = packed.read()) {
            if (next < 0 || name.length() >= StorePath.MAX_BASE_NAME) {
                throw new MalformedInventoryException("a name does not end");
            }
            name.append((char) next);
        }
        byte[] digest = Numbers.bytes(plain, DIGEST);
        try {
            return StorePath.of(digest, name.toString());
        } catch (IllegalArgumentException e) {
            throw new MalformedInventoryException("no store path: " + e.getMessage(), e);
        }
    }

    private static int hashBytes(Set<Column> columns) {
        if (columns.contains(Column.HASH)) return HASH;
        return columns.contains(Column.NAME) ? PathId.HASH_BYTES : 0;
    }

    private static int width(int all) {
        return all <= 1 << 8 ? 1 : all <= 1 << 16 ? 2 : 3;
    }

    private static void put(ByteArrayOutputStream out, int value, int width) {
        for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) out.write(value >>> shift);
    }
}
