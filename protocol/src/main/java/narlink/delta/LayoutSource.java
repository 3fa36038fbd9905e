package narlink.delta;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumMap;
import java.util.Map;
import narlink.delta.mixing.NumberModel.Kind;

/// Takes the chunks of a pack as a decoder would, without decoding what is mixed: what that would give is told, and how
/// much of the stream it takes.
final class LayoutSource implements Source, Closeable {
    private final Streams streams;
    private final Map<Stream, InputStream> numbers = new EnumMap<>(Stream.class);
    private final MixtureEncoder mixture;
    private final Map<Stream, Progress> progress = new EnumMap<>(Stream.class);

    private static final class Progress {
        private long given;
        private int chunks;
    }

    /// @param raw the streams as they are, for the numbers
    LayoutSource(Streams streams, Map<Stream, Pile> raw, MixtureEncoder mixture) throws IOException {
        this.streams = streams;
        this.mixture = mixture;
        for (var pile : raw.entrySet())
            numbers.put(pile.getKey(), pile.getValue().read());
        for (var stream : Stream.values()) progress.put(stream, new Progress());
    }

    /// Whether the stream is mixed, and has gone on then.
    private boolean goesOn(Stream stream, long count) throws IOException {
        var in = streams.in(stream);
        if (!in.isMixed()) return false;
        in.gives(count);
        var reached = progress.get(stream);
        if (reached == null) throw new IllegalStateException("no stream " + stream);
        reached.given += count;
        int needed = mixture.pace(stream).chunks(reached.given);
        for (; reached.chunks < needed && in.isDue(); reached.chunks++) in.skipChunk();
        return true;
    }

    /// Coded bytes that a path takes of mixed streams.
    long taken(int path) {
        long taken = 0;
        for (var stream : Stream.values()) {
            if (streams.in(stream).isMixed()) taken += mixture.pace(stream).taken(path);
        }
        return taken;
    }

    @Override
    public InputStream paths() {
        return streams.in(Stream.PATHS);
    }

    @Override
    public void begin(Image base) {}

    @Override
    public long number(Kind kind, String what, long most) throws IOException {
        var stream = Source.stream(kind);
        var raw = numbers.get(stream);
        if (raw == null) throw new IllegalStateException("no stream " + stream);
        return Numbers.read(goesOn(stream, 1) ? raw : streams.in(stream), what, most);
    }

    @Override
    public void follow(Steps steps) {}

    @Override
    public void add(Image base, long position, byte[] bytes, int length) throws IOException {
        if (!goesOn(Stream.DIFFERENCES, length)) streams.in(Stream.DIFFERENCES).readFully(bytes, length);
    }

    @Override
    public void insert(byte[] bytes, int length) throws IOException {
        if (!goesOn(Stream.LITERALS, length)) streams.in(Stream.LITERALS).readFully(bytes, length);
    }

    @Override
    public void copied(byte[] bytes, int length) {}

    @Override
    public void close() throws IOException {
        for (var in : numbers.values()) in.close();
    }
}
