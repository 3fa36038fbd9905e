package narlink.delta;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// How one path is made, as the streams tell it.
///
///     path    = METHOD [ closed recipes ] [ IMAGE-SIZE ]      in PATHS
///     closed  = COUNT { GAP }                                 files of the bases that stay compressed
///     recipes = COUNT { GAP PACKING HEADER-LENGTH HEADER }    files of the path that are packed again
///     region  = SEEK PAIRS { COPY ADD } INSERT                each number in the stream of its name
///
/// PAIRS stands in COPIES. A region goes on where the last one ended in the base, moved by SEEK. COPY bytes are those
/// of the base, to ADD bytes those of DIFFERENCES are added, INSERT bytes come from LITERALS and are left out where the
/// image is complete.
final class Script {
    /// The NAR as it is, in LITERALS.
    static final int WHOLE = 0;
    /// Made of regions.
    static final int CHANGED = 1;
    /// The image is the base's.
    static final int SAME = 2;

    private static final int BUFFER = 1 << 14;

    private final Streams streams;
    private final byte[] differences = new byte[BUFFER];
    private final byte[] bytes = new byte[BUFFER];

    /// @param closed numbers of the bases' files
    /// @param recipes by the number of the file
    record Head(int method, Set<Integer> closed, Map<Integer, Gzip.Recipe> recipes, long imageSize) {}

    /// Takes pieces of an image.
    @FunctionalInterface
    interface Target {
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    Script(Streams streams) {
        this.streams = streams;
    }

    Head head(long narSize) throws IOException {
        var in = streams.in(Stream.PATHS);
        int method = (int) Numbers.read(in, "method", SAME);
        if (method == WHOLE) return new Head(method, Set.of(), Map.of(), narSize);
        var closed = new HashSet<Integer>();
        int closedCount = (int) Numbers.read(in, "number of closed files", 1 << 20);
        for (int i = 0, file = -1; i < closedCount; i++) {
            file += 1 + (int) Numbers.read(in, "number of a file", 1 << 28);
            closed.add(file);
        }
        var recipes = new HashMap<Integer, Gzip.Recipe>();
        int recipeCount = (int) Numbers.read(in, "number of recipes", Math.min(narSize / 100, 1 << 20));
        for (int i = 0, file = -1; i < recipeCount; i++) {
            file += 1 + (int) Numbers.read(in, "number of a file", narSize);
            int packing = (int) Numbers.read(in, "packing method", 255);
            byte[] header = new byte[(int) Numbers.read(in, "length of a header", Gzip.MAX_HEADER)];
            in.readFully(header, header.length);
            recipes.put(file, new Gzip.Recipe(packing, header));
        }
        long most = narSize + (long) recipeCount * Gzip.MAX_OPENED;
        return new Head(method, closed, recipes, method == SAME ? 0 : Numbers.read(in, "size of an image", most));
    }

    /// Writes the image that the regions make of `base`.
    void run(Image base, long imageSize, Target target) throws IOException {
        long position = 0;
        for (long left = imageSize; left > 0; ) {
            long before = left;
            position = Math.addExact(position, Numbers.readSigned(streams.in(Stream.SEEKS), "seek"));
            long pairs = Numbers.read(streams.in(Stream.COPIES), "number of pairs", left);
            for (long i = 0; i < pairs; i++) {
                long copied = Numbers.read(streams.in(Stream.COPIES), "copy", left);
                check(base, position, copied);
                copy(base, position, copied, target);
                position += copied;
                long added = Numbers.read(streams.in(Stream.ADDS), "add", left - copied);
                check(base, position, added);
                add(base, position, added, target);
                position += added;
                left -= copied + added;
                if (copied + added == 0) throw new CorruptPackException("a pair of nothing");
            }
            if (left == 0) break;
            long inserted = Numbers.read(streams.in(Stream.INSERTS), "insert", left);
            insert(inserted, target);
            left -= inserted;
            if (left == before) throw new CorruptPackException("a region of nothing");
        }
    }

    private static void check(Image base, long position, long length) throws IOException {
        if (length > 0 && (position < 0 || position > base.size() - length)) {
            throw new CorruptPackException(
                    length + " bytes at " + position + " of a base of " + base.size() + " bytes");
        }
    }

    static void copy(Image base, long from, long length, byte[] buffer, Target target) throws IOException {
        for (long done = 0; done < length; ) {
            int taken = (int) Math.min(buffer.length, length - done);
            base.read(from + done, buffer, 0, taken);
            target.write(buffer, 0, taken);
            done += taken;
        }
    }

    private void copy(Image base, long from, long length, Target target) throws IOException {
        copy(base, from, length, bytes, target);
    }

    private void add(Image base, long from, long length, Target target) throws IOException {
        for (long done = 0; done < length; ) {
            int taken = (int) Math.min(BUFFER, length - done);
            streams.in(Stream.DIFFERENCES).readFully(differences, taken);
            base.read(from + done, bytes, 0, taken);
            for (int i = 0; i < taken; i++) bytes[i] += differences[i];
            target.write(bytes, 0, taken);
            done += taken;
        }
    }

    void insert(long length, Target target) throws IOException {
        for (long left = length; left > 0; ) {
            int taken = (int) Math.min(BUFFER, left);
            streams.in(Stream.LITERALS).readFully(bytes, taken);
            target.write(bytes, 0, taken);
            left -= taken;
        }
    }

    /// A base that gives nothing, for reading a script without carrying it out.
    static final class NoBase implements Image {
        @Override
        public long size() {
            return Long.MAX_VALUE;
        }

        @Override
        public void write(byte[] source, int offset, int length) {}

        @Override
        public void patch(long position, long value) {}

        @Override
        public void read(long position, byte[] target, int offset, int length) {}

        @Override
        public void close() {}
    }
}
