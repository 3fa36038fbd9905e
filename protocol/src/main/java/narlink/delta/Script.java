package narlink.delta;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// How one path is made, as the streams tell it.
///
///     path    = METHOD [ closed recipes ] [ IMAGE-SIZE ]      in PATHS
///     closed  = COUNT { GAP }                                 what of the bases stays compressed
///     recipes = COUNT { GAP recipe }                          files of the path that are packed again, see [Recipe]
///     region  = SEEK PAIRS { COPY ADD } INSERT                each number in the stream of its name
///
/// PAIRS stands in COPIES. A region goes on where the last one ended in the base, moved by SEEK. COPY bytes are those
/// of the base, ADD bytes nearly those, by DIFFERENCES; INSERT bytes come from LITERALS and are left out where the
/// image is complete.
final class Script {
    /// The NAR as it is, in LITERALS.
    static final int WHOLE = 0;
    /// Made of regions.
    static final int CHANGED = 1;
    /// The image is the base's.
    static final int SAME = 2;

    /// Bytes are made in pieces of so many.
    static final int PIECE = 1 << 12;

    private final Source source;
    private final byte[] bytes = new byte[PIECE];

    /// @param closed numbers of what might be opened in the bases
    /// @param recipes by the number of the file
    record Head(int method, Set<Integer> closed, Map<Integer, Recipe> recipes, long imageSize) {}

    /// Takes pieces of an image.
    @FunctionalInterface
    interface Target {
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    Script(Source source) {
        this.source = source;
    }

    Head head(long narSize) throws IOException {
        var in = source.paths();
        int method = (int) Numbers.read(in, "method", SAME);
        if (method == WHOLE) return new Head(method, Set.of(), Map.of(), narSize);
        var closed = new HashSet<Integer>();
        int closedCount = (int) Numbers.read(in, "number of closed places", 1 << 20);
        for (int i = 0, file = -1; i < closedCount; i++) {
            file += 1 + (int) Numbers.read(in, "number of a closed place", 1 << 28);
            closed.add(file);
        }
        var recipes = new HashMap<Integer, Recipe>();
        var reader = new Recipe.Reader(in, narSize);
        int recipeCount = (int) Numbers.read(in, "number of recipes", Recipe.most(narSize));
        for (int i = 0, file = -1; i < recipeCount; i++) {
            file += 1 + (int) Numbers.read(in, "number of a file", narSize);
            recipes.put(file, reader.read());
        }
        long most = narSize + (long) recipeCount * Opener.MOST;
        return new Head(method, closed, recipes, method == SAME ? 0 : Numbers.read(in, "size of an image", most));
    }

    /// Writes a NAR that has no base.
    void whole(long narSize, Target target) throws IOException {
        source.begin(Image.NONE);
        insert(narSize, target);
    }

    /// Writes the image that the regions make of `base`.
    void run(Image base, long imageSize, Target target) throws IOException {
        source.begin(base);
        var steps = new Steps(base.size(), imageSize);
        while (steps.read(source)) {
            source.follow(steps);
            for (int i = 0; i < steps.count(); i++) {
                long position = steps.position(i);
                copy(base, position, steps.copied(i), target);
                add(base, position + steps.copied(i), steps.added(i), target);
                insert(steps.inserted(i), target);
            }
        }
    }

    private void copy(Image base, long from, long length, Target target) throws IOException {
        copy(base, from, length, bytes, (copied, offset, count) -> {
            source.copied(copied, count);
            target.write(copied, offset, count);
        });
    }

    static void copy(Image base, long from, long length, byte[] buffer, Target target) throws IOException {
        for (long done = 0; done < length; ) {
            int taken = (int) Math.min(buffer.length, length - done);
            base.read(from + done, buffer, 0, taken);
            target.write(buffer, 0, taken);
            done += taken;
        }
    }

    private void add(Image base, long from, long length, Target target) throws IOException {
        for (long done = 0; done < length; ) {
            int taken = (int) Math.min(PIECE, length - done);
            source.add(base, from + done, bytes, taken);
            target.write(bytes, 0, taken);
            done += taken;
        }
    }

    private void insert(long length, Target target) throws IOException {
        for (long left = length; left > 0; ) {
            int taken = (int) Math.min(PIECE, left);
            source.insert(bytes, taken);
            target.write(bytes, 0, taken);
            left -= taken;
        }
    }
}
