package narlink.delta;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/// What one path adds to each stream; the other side of [Script].
final class Drafts implements Closeable {
    /// Shorter runs of equal bytes are no operation: mixed, they cost less as bytes that are the base's. Measured: 512
    /// takes 20 % more than 4,096 on small changes of large programs, and what is longer only takes time.
    private static final int MIN_COPY = 4096;

    private static final int MOST_WINDOW = 16 << 20;

    private final Map<Stream, Pile> streams = new EnumMap<>(Stream.class);
    private long position;
    private long left;
    private boolean isSame;

    /// @param scratch directory for what is too large for memory
    Drafts(Path scratch) {
        for (var stream : Stream.values()) streams.put(stream, new Pile(scratch));
    }

    Pile stream(Stream stream) {
        var pile = streams.get(stream);
        if (pile == null) throw new IllegalStateException("no stream " + stream);
        return pile;
    }

    /// Whether the image is the base's.
    boolean isSame() {
        return isSame;
    }

    void whole(Codec.NewPath path, Codec.NarSource nar) throws IOException {
        Numbers.write(stream(Stream.PATHS), Script.WHOLE);
        nar.writeTo(stream(Stream.LITERALS));
        if (stream(Stream.LITERALS).size() != path.narSize()) {
            throw new IOException(path.path() + " has another size than its store says; verify that store");
        }
    }

    /// @param large above so many bytes of either image they are matched by anchors
    void made(Image base, Image image, Set<Integer> closed, Map<Integer, Recipe> recipes, long large)
            throws IOException {
        isSame = base.size() == image.size() && equal(base, 0, image, 0, image.size()) == image.size();
        var paths = stream(Stream.PATHS);
        Numbers.write(paths, isSame ? Script.SAME : Script.CHANGED);
        numbers(closed, recipes);
        if (isSame) return;
        Numbers.write(paths, image.size());
        left = image.size();
        Matcher.Regions regions = (at, from, length, inserted) -> region(base, image, at, from, length, inserted);
        if (base instanceof Image.Memory && image instanceof Image.Memory) {
            Matcher.match((Image.Memory) base, (Image.Memory) image, regions);
        } else {
            AnchorMatcher.match(base, image, (int) Math.min(large, MOST_WINDOW), regions);
        }
    }

    private void numbers(Set<Integer> closed, Map<Integer, Recipe> recipes) throws IOException {
        OutputStream paths = stream(Stream.PATHS);
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
            Recipe.write(paths, recipe.getValue());
        }
    }

    private void region(Image base, Image image, long at, long from, long length, long inserted) throws IOException {
        if (length + inserted == 0) return;
        boolean moves = length > 0;
        Numbers.writeSigned(stream(Stream.SEEKS), moves ? at - position : 0);
        var copies = new ByteArrayOutputStream();
        long pairs = 0;
        for (long i = 0; i < length; pairs++) {
            long equal = equal(base, at + i, image, from + i, length - i);
            if (equal < MIN_COPY && i + equal < length) equal = 0;
            Numbers.write(copies, equal);
            i += equal;
            long added = untilRun(base, at + i, image, from + i, length - i);
            Numbers.write(stream(Stream.ADDS), added);
            for (long j = 0; j < added; j++) {
                stream(Stream.DIFFERENCES).write(image.at(from + i + j) - base.at(at + i + j));
            }
            i += added;
        }
        Numbers.write(stream(Stream.COPIES), pairs);
        copies.writeTo(stream(Stream.COPIES));
        if (moves) position = at + length;
        left -= length;
        if (left == 0) return;
        Numbers.write(stream(Stream.INSERTS), inserted);
        for (long i = 0; i < inserted; i++) stream(Stream.LITERALS).write(image.at(from + length + i));
        left -= inserted;
    }

    /// How many bytes are equal, from two places on.
    private static long equal(Image base, long at, Image image, long from, long most) throws IOException {
        long equal = 0;
        while (equal < most && base.at(at + equal) == image.at(from + equal)) equal++;
        return equal;
    }

    /// Bytes up to the next run that is worth copying.
    private static long untilRun(Image base, long at, Image image, long from, long most) throws IOException {
        int equal = 0;
        for (long i = 0; i < most; i++) {
            equal = base.at(at + i) == image.at(from + i) ? equal + 1 : 0;
            if (equal == MIN_COPY) return i + 1 - MIN_COPY;
        }
        return most;
    }

    @Override
    public void close() throws IOException {
        for (var pile : streams.values()) pile.close();
    }
}
