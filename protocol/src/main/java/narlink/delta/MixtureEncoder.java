package narlink.delta;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import narlink.delta.mixing.BinaryCoder;
import narlink.delta.mixing.BinaryEncoder;
import narlink.delta.mixing.NumberModel.Kind;

/// Mixes the streams of one path after the other: it goes through them as a decoder does, being told what that would
/// find.
final class MixtureEncoder {
    /// Of more bytes the receiver would be busy for too long.
    private static final long MOST_LITERALS = 48L << 20;

    private static final long MOST_DIFFERENCES = 96L << 20;

    private static final int MOST_LITERAL_BITS = 21;

    private final int slotBits;
    private final Map<Stream, BinaryEncoder> coders = new EnumMap<>(Stream.class);
    private final Map<Stream, Pace> paces = new EnumMap<>(Stream.class);
    private final Mixture mixture;

    /// @param slotBits of the tables
    MixtureEncoder(int slotBits) {
        this.slotBits = slotBits;
        for (var stream : Stream.values()) paces.put(stream, new Pace());
        this.mixture = new Mixture(new Mixture.Coders() {
            @Override
            public BinaryCoder coder(Stream stream) {
                var coder = new BinaryEncoder();
                coders.put(stream, coder);
                return coder;
            }

            @Override
            public int slots(Stream stream) {
                return 1 << bits(stream);
            }
        });
    }

    /// Literals, which have fewer contexts, need no more: so the receiver stays within its memory.
    private int bits(Stream stream) {
        return stream == Stream.LITERALS ? Math.min(slotBits, MOST_LITERAL_BITS) : slotBits;
    }

    void whole(Drafts drafts, long narSize) throws IOException {
        try (var told = new Told(drafts, new Costs())) {
            new Script(told).whole(narSize, (bytes, offset, length) -> {});
        }
        end();
    }

    /// @param costs to be told what places take
    void made(Drafts drafts, Image base, long imageSize, Costs costs) throws IOException {
        try (var told = new Told(drafts, costs)) {
            new Script(told).run(base, imageSize, (bytes, offset, length) -> {});
        }
        end();
    }

    /// Ends a path of which nothing is in these streams.
    void end() {
        paces.values().forEach(Pace::endPath);
    }

    /// The whole stream; nothing if it was too long, or there is nothing in it.
    Optional<Coder.Coded> finish(Stream stream, Path scratch) throws IOException {
        var coder = coders.get(stream);
        if (coder == null || hasTooMuch(stream)) return Optional.empty();
        var bytes = new Pile(scratch);
        bytes.write(coder.finish());
        return Optional.of(
                new Coder.Coded(Coder.MIXED, bits(stream), pace(stream).given(), bytes));
    }

    Pace pace(Stream stream) {
        var pace = paces.get(stream);
        if (pace == null) throw new IllegalStateException("no stream " + stream);
        return pace;
    }

    private boolean hasTooMuch(Stream stream) {
        return pace(stream).given() > (stream == Stream.LITERALS ? MOST_LITERALS : MOST_DIFFERENCES);
    }

    private long taken(Stream stream) {
        var coder = coders.get(stream);
        return coder == null ? 0 : coder.taken();
    }

    private void gave(Stream stream, long count) {
        var coder = coders.get(stream);
        if (coder == null) throw new IllegalStateException("nothing codes stream " + stream);
        pace(stream).give(count, coder.taken());
    }

    /// Reads drafts, and codes what it reads.
    private final class Told implements Source, Closeable {
        private final Map<Stream, InputStream> streams = new EnumMap<>(Stream.class);
        private final byte[] differences = new byte[Script.PIECE];
        private final Costs costs;
        private long place;

        Told(Drafts drafts, Costs costs) throws IOException {
            this.costs = costs;
            for (var stream : Stream.values())
                streams.put(stream, drafts.stream(stream).read());
        }

        @Override
        public void close() throws IOException {
            for (var in : streams.values()) in.close();
        }

        private InputStream in(Stream stream) {
            var in = streams.get(stream);
            if (in == null) throw new IllegalStateException("no stream " + stream);
            return in;
        }

        @Override
        public InputStream paths() {
            return in(Stream.PATHS);
        }

        @Override
        public void begin(Image base) {
            mixture.begin(base);
        }

        @Override
        public long number(Kind kind, String what, long most) throws IOException {
            long number = mixture.number(kind, Numbers.read(in(Source.stream(kind)), what, most));
            gave(Source.stream(kind), 1);
            return number;
        }

        @Override
        public void follow(Steps steps) {
            mixture.follow(steps);
        }

        @Override
        public void add(Image base, long position, byte[] bytes, int length) throws IOException {
            base.read(position, bytes, 0, length);
            if (in(Stream.DIFFERENCES).readNBytes(differences, 0, length) < length) {
                throw new IllegalStateException("drafts that are cut short");
            }
            for (int i = 0; i < length; i++) bytes[i] += differences[i];
            place += length;
            if (hasTooMuch(Stream.DIFFERENCES)) {
                mixture.made(bytes, length);
                return;
            }
            long before = taken(Stream.DIFFERENCES);
            mixture.add(position, bytes, length);
            gave(Stream.DIFFERENCES, length);
            costs.spent(place - length, taken(Stream.DIFFERENCES) - before);
        }

        @Override
        public void insert(byte[] bytes, int length) throws IOException {
            if (in(Stream.LITERALS).readNBytes(bytes, 0, length) < length) {
                throw new IllegalStateException("drafts that are cut short");
            }
            place += length;
            if (hasTooMuch(Stream.LITERALS)) {
                costs.spent(place - length, length);
                mixture.made(bytes, length);
                return;
            }
            long before = taken(Stream.LITERALS);
            mixture.insert(bytes, length);
            gave(Stream.LITERALS, length);
            costs.spent(place - length, taken(Stream.LITERALS) - before);
        }

        @Override
        public void copied(byte[] bytes, int length) {
            place += length;
            mixture.made(bytes, length);
        }
    }
}
