package narlink.delta;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Files of one gzip member (RFC 1952), unpacked so that they can be compared, and packed again bit for bit.
final class Gzip {
    /// Larger files stay as they are: they are held in memory while they are packed again.
    static final int MAX_OPENED = 16 << 20;

    static final int MAX_HEADER = 1024;
    private static final int TRAILER = 8;
    private static final int FIXED_HEADER = 10;
    private static final int FLAG_HEADER_CRC = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;

    private Gzip() {}

    /// How to pack again.
    ///
    /// @param method index into [#METHODS]
    record Recipe(int method, byte[] header) {}

    private static final List<Deflate.Flavour> METHODS = methods();

    /// What unpacking gives.
    record Contents(byte[] header, byte[] raw) {}

    static boolean isCandidate(byte[] start, int length) {
        return length >= FIXED_HEADER + TRAILER && start[0] == 0x1f && start[1] == (byte) 0x8b && start[2] == 8;
    }

    /// The contents, if `file` is one sound member and nothing else. The same on all machines: what inflates, inflates
    /// to one thing only.
    static Optional<Contents> open(byte[] file) {
        if (!isCandidate(file, file.length)) return Optional.empty();
        int header = headerLength(file);
        if (header < 0 || header > MAX_HEADER) return Optional.empty();
        int size = int32(file, file.length - 4);
        if (size < 0 || size > MAX_OPENED || size / 1100 > file.length) return Optional.empty();
        byte[] raw = new byte[size];
        var inflater = new Inflater(true);
        try {
            inflater.setInput(file, header, file.length - header - TRAILER);
            int length = 0;
            while (length < size) {
                int got = inflater.inflate(raw, length, size - length);
                if (got == 0) return Optional.empty();
                length += got;
            }
            if (!inflater.finished() && inflater.inflate(new byte[1]) != 0) return Optional.empty();
            if (!inflater.finished() || inflater.getRemaining() != 0) return Optional.empty();
        } catch (DataFormatException e) { // Not gzip after all.
            return Optional.empty();
        } finally {
            inflater.end();
        }
        boolean sound = crc(raw) == int32(file, file.length - TRAILER);
        return sound ? Optional.of(new Contents(Arrays.copyOf(file, header), raw)) : Optional.empty();
    }

    /// The recipe by which `contents` become `file` again, if there is one.
    static Optional<Recipe> recipe(byte[] file, Contents contents) throws IOException {
        int hint = contents.header()[8];
        for (int method : order(hint)) {
            var recipe = new Recipe(method, contents.header());
            var sink = new Comparing(file);
            try {
                close(recipe, contents.raw(), sink);
                if (sink.at == file.length) return Optional.of(recipe);
            } catch (DiffersException e) {
                continue; // Made by another program or level.
            }
        }
        return Optional.empty();
    }

    /// @throws CorruptPackException if there is no such method
    static byte[] close(Recipe recipe, byte[] raw) throws IOException {
        var out = new ByteArrayOutputStream(raw.length / 3 + 64);
        close(recipe, raw, out);
        return out.toByteArray();
    }

    private static void close(Recipe recipe, byte[] raw, OutputStream out) throws IOException {
        if (recipe.method() < 0 || recipe.method() >= METHODS.size()) {
            throw new CorruptPackException("packing method " + recipe.method() + ", unknown here");
        }
        out.write(recipe.header());
        Deflate.deflate(raw, METHODS.get(recipe.method()), out);
        int32(out, crc(raw));
        int32(out, raw.length);
    }

    private static List<Deflate.Flavour> methods() {
        var methods = new ArrayList<Deflate.Flavour>();
        for (int level = 1; level <= Deflate.LEVELS; level++) methods.add(Deflate.Flavour.gnu(level));
        for (int level = 1; level <= Deflate.LEVELS; level++) methods.add(Deflate.Flavour.zlib(level));
        for (int level = 1; level <= Deflate.LEVELS; level++) methods.add(Deflate.Flavour.zlibLarge(level));
        return List.copyOf(methods);
    }

    /// The likely methods first.
    ///
    /// @param hint the header's byte that tells the fastest (4) and the best (2) compression
    private static int[] order(int hint) {
        int[] levels = switch (hint) {
            case 2 -> new int[] {9, 6, 8, 7, 5, 4, 3, 2, 1};
            case 4 -> new int[] {1, 2, 6, 9, 3, 4, 5, 7, 8};
            default -> new int[] {6, 9, 5, 4, 7, 8, 3, 2, 1};
        };
        int[] order = new int[METHODS.size()];
        int at = 0;
        for (int level : levels) {
            for (int program = 0; program < 3; program++) order[at++] = program * Deflate.LEVELS + level - 1;
        }
        return order;
    }

    private static int headerLength(byte[] file) {
        int flags = file[3];
        int at = FIXED_HEADER;
        int end = Math.min(file.length - TRAILER, MAX_HEADER);
        if ((flags & 0xe0) != 0) return -1;
        if ((flags & FLAG_EXTRA) != 0) {
            if (at + 2 > end) return -1;
            at += 2 + (file[at] & 0xff) + ((file[at + 1] & 0xff) << 8);
        }
        for (int flag : new int[] {FLAG_NAME, FLAG_COMMENT}) {
            if ((flags & flag) == 0) continue;
            while (at < end && file[at] != 0) at++;
            at++;
        }
        if ((flags & FLAG_HEADER_CRC) != 0) at += 2;
        return at <= end ? at : -1;
    }

    private static int crc(byte[] raw) {
        var crc = new CRC32();
        crc.update(raw);
        return (int) crc.getValue();
    }

    private static int int32(byte[] bytes, int at) {
        return bytes[at] & 0xff
                | (bytes[at + 1] & 0xff) << 8
                | (bytes[at + 2] & 0xff) << 16
                | (bytes[at + 3] & 0xff) << 24;
    }

    private static void int32(OutputStream out, int value) throws IOException {
        for (int shift = 0; shift < 32; shift += 8) out.write(value >>> shift);
    }

    private static final class DiffersException extends IOException {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this; // An ordinary outcome, thousands of times.
        }
    }

    /// Stops at the first byte that is not the wanted one.
    private static final class Comparing extends OutputStream {
        private final byte[] wanted;
        private int at;

        Comparing(byte[] wanted) {
            this.wanted = wanted;
        }

        @Override
        public void write(int b) throws IOException {
            if (at >= wanted.length || wanted[at] != (byte) b) throw new DiffersException();
            at++;
        }
    }
}
