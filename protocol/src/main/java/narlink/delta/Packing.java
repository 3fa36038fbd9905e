package narlink.delta;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/// The ways in which files are packed again (§11.17): as gzip members, as bare deflate streams, as zstd
/// frames, as xz blocks.
final class Packing {
    private static final List<Deflate.Flavour> FLAVOURS = flavours();

    /// The first method that is a bare deflate stream.
    private static final int DEFLATE = FLAVOURS.size();

    private static final int ZSTD = 2 * FLAVOURS.size();
    private static final int XZ = ZSTD + 1;
    private static final int ZSTD_CHECKSUM = 1;
    private static final int MOST_ZSTD_LEVEL = 22;

    /// Of more bytes, higher levels take more than 32 MiB of memory.
    private static final int LARGE = 2 << 20;

    private static final int MOST_LARGE_ZSTD_LEVEL = 9;
    private static final int[] ZSTD_LEVELS = {
        3, 19, 9, 1, 6, 15, 12, 18, 22, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 20, 21
    };

    private Packing() {}

    static boolean hasHeader(int method) {
        return method < DEFLATE || method >= ZSTD;
    }

    /// The method by which what was found becomes `candidate.packed()` again, if there is one.
    static Optional<Recipe.Packed> find(Opener.Candidate candidate) throws IOException {
        return switch (candidate.format()) {
            case GZIP -> findAmong(order(candidate.header()[8], 0), candidate);
            case DEFLATE -> findAmong(order(0, DEFLATE), candidate);
            case ZSTD -> findZstd(candidate);
            case XZ -> findXz(candidate);
        };
    }

    private static Optional<Recipe.Packed> findAmong(int[] methods, Opener.Candidate candidate) throws IOException {
        for (int method : methods) {
            var recipe = new Recipe.Packed(method, candidate.header(), Optional.empty());
            if (makes(recipe, candidate)) return Optional.of(recipe);
        }
        return Optional.empty();
    }

    private static Optional<Recipe.Packed> findZstd(Opener.Candidate candidate) throws IOException {
        for (int level : ZSTD_LEVELS) {
            if (!isZstdLevel(level, candidate.raw().length)) continue;
            byte[] header = {(byte) level, candidate.header()[0]};
            byte[] packed = zstd(header, candidate.raw());
            if (Arrays.equals(packed, candidate.packed())) {
                return Optional.of(new Recipe.Packed(ZSTD, header, Optional.empty()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Recipe.Packed> findXz(Opener.Candidate candidate) throws IOException {
        var shape = Xz.find(candidate);
        return shape.isEmpty()
                ? Optional.empty()
                : Optional.of(new Recipe.Packed(XZ, shape.get().header(), Optional.empty()));
    }

    private static boolean makes(Recipe.Packed recipe, Opener.Candidate candidate) throws IOException {
        var sink = new Comparing(candidate.packed(), 0);
        return sink.takes(() -> pack(recipe, candidate.raw(), sink)) && sink.isAtEnd();
    }

    /// Writes the file that `shown` was, opened.
    ///
    /// @throws CorruptPackException if the recipe is none for it
    static void close(Recipe recipe, byte[] shown, OutputStream out) throws IOException {
        switch (recipe) {
            case Recipe.Packed packed -> {
                byte[] raw = shown;
                if (packed.contents().isPresent()) {
                    var contents = new ByteArrayOutputStream(shown.length);
                    close(packed.contents().get(), shown, contents);
                    raw = contents.toByteArray();
                }
                pack(packed, raw, out);
            }
            case Recipe.Members several -> {
                int at = 0;
                for (var member : several.members()) {
                    if (member.gap() > shown.length - at || member.length() > shown.length - at - member.gap()) {
                        throw new CorruptPackException("a member beyond the end of its file");
                    }
                    out.write(shown, at, member.gap());
                    at += member.gap();
                    close(member.recipe(), Arrays.copyOfRange(shown, at, at + member.length()), out);
                    at += member.length();
                }
                out.write(shown, at, shown.length - at);
            }
        }
    }

    private static void pack(Recipe.Packed recipe, byte[] raw, OutputStream out) throws IOException {
        int method = recipe.packing();
        if (method < DEFLATE) {
            out.write(recipe.header());
            Deflate.deflate(raw, FLAVOURS.get(method), out);
            int32(out, crc(raw));
            int32(out, raw.length);
        } else if (method < ZSTD) {
            Deflate.deflate(raw, FLAVOURS.get(method - DEFLATE), out);
        } else if (method == ZSTD) {
            out.write(zstd(recipe.header(), raw));
        } else if (method == XZ) {
            XzShape.read(recipe.header()).write(raw, out);
        } else {
            throw new CorruptPackException("packing method " + method + ", unknown here");
        }
    }

    /// @param header the level, and 1 where there is a checksum
    private static byte[] zstd(byte[] header, byte[] raw) throws IOException {
        if (header.length != 2 || !isZstdLevel(header[0], raw.length) || (header[1] & ~ZSTD_CHECKSUM) != 0) {
            throw new CorruptPackException("zstd by parameters " + Arrays.toString(header));
        }
        try (var zstd = new ZstdCompressCtx()) {
            zstd.setLevel(header[0]);
            zstd.setChecksum(header[1] == ZSTD_CHECKSUM);
            return zstd.compress(raw);
        } catch (ZstdException e) {
            throw new CorruptPackException("zstd can't pack " + raw.length + " bytes: " + e.getMessage(), e);
        }
    }

    private static boolean isZstdLevel(int level, int length) {
        return level >= 1 && level <= (length > LARGE ? MOST_LARGE_ZSTD_LEVEL : MOST_ZSTD_LEVEL);
    }

    private static List<Deflate.Flavour> flavours() {
        var flavours = new ArrayList<Deflate.Flavour>();
        for (int level = 1; level <= Deflate.LEVELS; level++) flavours.add(Deflate.Flavour.gnu(level));
        for (int level = 1; level <= Deflate.LEVELS; level++) flavours.add(Deflate.Flavour.zlib(level));
        for (int level = 1; level <= Deflate.LEVELS; level++) flavours.add(Deflate.Flavour.zlibLarge(level));
        return List.copyOf(flavours);
    }

    /// The likely methods first.
    ///
    /// @param hint the byte of gzip's header that tells the fastest (4) and the best (2) compression
    /// @param first of the methods
    private static int[] order(int hint, int first) {
        int[] levels = switch (hint) {
            case 2 -> new int[] {9, 6, 8, 7, 5, 4, 3, 2, 1};
            case 4 -> new int[] {1, 2, 6, 9, 3, 4, 5, 7, 8};
            default -> new int[] {6, 9, 5, 4, 7, 8, 3, 2, 1};
        };
        int[] order = new int[FLAVOURS.size()];
        int at = 0;
        for (int level : levels) {
            for (int program = 0; program < 3; program++) {
                order[at++] = first + program * Deflate.LEVELS + level - 1;
            }
        }
        return order;
    }

    static int crc(byte[] raw) {
        var crc = new CRC32();
        crc.update(raw);
        return (int) crc.getValue();
    }

    private static void int32(OutputStream out, int value) throws IOException {
        for (int shift = 0; shift < 32; shift += 8) out.write(value >>> shift);
    }
}
