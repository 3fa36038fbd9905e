package narlink.delta;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/// What one path adds to each stream; the other side of [Script].
final class Drafts {
    /// Shorter runs of equal bytes are no operation: as zeros between differences they cost less. Measured: 64 takes 10
    /// %
    /// more than 512 on small changes of large programs.
    private static final int MIN_COPY = 512;

    final Map<Stream, ByteArrayOutputStream> streams = new EnumMap<>(Stream.class);
    private int position;
    private int left;
    private boolean isSame;

    Drafts() {
        for (var stream : Stream.values()) streams.put(stream, new ByteArrayOutputStream());
    }

    private ByteArrayOutputStream out(Stream stream) {
        var out = streams.get(stream);
        if (out == null) throw new IllegalStateException("no stream " + stream);
        return out;
    }

    /// Whether the image is the base's.
    boolean isSame() {
        return isSame;
    }

    void whole(Codec.NewPath path, Codec.NarSource nar) throws IOException {
        Numbers.write(out(Stream.PATHS), Script.WHOLE);
        nar.writeTo(out(Stream.LITERALS));
        if (out(Stream.LITERALS).size() != path.narSize()) {
            throw new IOException(path.path() + " has another size than its store says; verify that store");
        }
    }

    void made(Image.Memory base, Image.Memory image, Set<Integer> closed, Map<Integer, Gzip.Recipe> recipes)
            throws IOException {
        isSame = Arrays.equals(base.bytes(), 0, (int) base.size(), image.bytes(), 0, (int) image.size());
        var paths = out(Stream.PATHS);
        Numbers.write(paths, isSame ? Script.SAME : Script.CHANGED);
        numbers(closed, recipes);
        if (isSame) return;
        Numbers.write(paths, image.size());
        left = (int) image.size();
        try {
            Matcher.match(base, image, (at, from, length, inserted) -> {
                try {
                    region(base.bytes(), image.bytes(), at, from, length, inserted);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        } catch (java.io.UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void numbers(Set<Integer> closed, Map<Integer, Gzip.Recipe> recipes) throws IOException {
        OutputStream paths = out(Stream.PATHS);
        Numbers.write(paths, closed.size());
        int before = -1;
        for (int file : closed) {
            Numbers.write(paths, file - before - 1);
            before = file;
        }
        Numbers.write(paths, recipes.size());
        before = -1;
        for (var recipe : recipes.entrySet()) {
            Numbers.write(paths, recipe.getKey() - before - 1);
            before = recipe.getKey();
            Numbers.write(paths, recipe.getValue().method());
            Numbers.write(paths, recipe.getValue().header().length);
            paths.write(recipe.getValue().header());
        }
    }

    private void region(byte[] base, byte[] image, int at, int from, int length, int inserted) throws IOException {
        if (length + inserted == 0) return;
        boolean moves = length > 0;
        Numbers.writeSigned(out(Stream.SEEKS), moves ? at - position : 0);
        var copies = new ByteArrayOutputStream();
        int pairs = 0;
        for (int i = 0; i < length; pairs++) {
            int equal = run(base, image, at + i, from + i, length - i);
            if (equal < MIN_COPY && i + equal < length) equal = 0;
            Numbers.write(copies, equal);
            i += equal;
            int added = untilRun(base, image, at + i, from + i, length - i);
            Numbers.write(out(Stream.ADDS), added);
            for (int j = 0; j < added; j++) {
                out(Stream.DIFFERENCES).write(image[from + i + j] - base[at + i + j]);
            }
            i += added;
        }
        Numbers.write(out(Stream.COPIES), pairs);
        copies.writeTo(out(Stream.COPIES));
        if (moves) position = at + length;
        left -= length;
        if (left == 0) return;
        Numbers.write(out(Stream.INSERTS), inserted);
        out(Stream.LITERALS).write(image, from + length, inserted);
        left -= inserted;
    }

    private static int run(byte[] base, byte[] image, int at, int from, int most) {
        int mismatch = Arrays.mismatch(base, at, at + most, image, from, from + most);
        return mismatch < 0 ? most : mismatch;
    }

    /// Bytes up to the next run that is worth copying.
    private static int untilRun(byte[] base, byte[] image, int at, int from, int most) {
        int equal = 0;
        for (int i = 0; i < most; i++) {
            equal = base[at + i] == image[from + i] ? equal + 1 : 0;
            if (equal == MIN_COPY) return i + 1 - MIN_COPY;
        }
        return most;
    }
}
