package narlink.delta;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import narlink.delta.mixing.BinaryCoder;
import narlink.delta.mixing.NumberModel.Kind;

/// Decodes the streams of a pack.
final class StreamSource implements Source {
    private final Streams streams;
    private final Mixture mixture;
    private final byte[] differences = new byte[Script.PIECE];

    StreamSource(Streams streams) {
        this.streams = streams;
        this.mixture = new Mixture(new Mixture.Coders() {
            @Override
            public BinaryCoder coder(Stream stream) throws IOException {
                return streams.in(stream).bits();
            }

            @Override
            public int slots(Stream stream) throws IOException {
                return streams.in(stream).slots();
            }
        });
    }

    @Override
    public InputStream paths() {
        return streams.in(Stream.PATHS);
    }

    @Override
    public void begin(Image base) {
        mixture.begin(base);
    }

    @Override
    public long number(Kind kind, String what, long most) throws IOException {
        var in = streams.in(Source.stream(kind));
        if (!in.isMixed()) {
            long number = Numbers.read(in, what, most);
            mixture.note(kind, number);
            return number;
        }
        in.gives(1);
        long number = mixed(Source.stream(kind), () -> mixture.number(kind, 0));
        if (number < 0 || number > most) {
            throw new CorruptPackException(what + " " + Long.toUnsignedString(number) + ", at most " + most);
        }
        return number;
    }

    @Override
    public void follow(Steps steps) {
        mixture.follow(steps);
    }

    @Override
    public void add(Image base, long position, byte[] bytes, int length) throws IOException {
        var in = streams.in(Stream.DIFFERENCES);
        if (in.isMixed()) {
            in.gives(length);
            mixed(Stream.DIFFERENCES, () -> {
                mixture.add(position, bytes, length);
                return length;
            });
            return;
        }
        in.readFully(differences, length);
        base.read(position, bytes, 0, length);
        for (int i = 0; i < length; i++) bytes[i] += differences[i];
        mixture.made(bytes, length);
    }

    @Override
    public void insert(byte[] bytes, int length) throws IOException {
        var in = streams.in(Stream.LITERALS);
        if (in.isMixed()) {
            in.gives(length);
            mixed(Stream.LITERALS, () -> {
                mixture.insert(bytes, length);
                return length;
            });
            return;
        }
        in.readFully(bytes, length);
        mixture.made(bytes, length);
    }

    @Override
    public void copied(byte[] bytes, int length) {
        mixture.made(bytes, length);
    }

    private interface Mixed {
        long decode() throws IOException;
    }

    private static long mixed(Stream stream, Mixed mixed) throws IOException {
        try {
            return mixed.decode();
        } catch (EOFException e) {
            throw new CorruptPackException("in stream " + stream + ": " + e.getMessage(), e);
        }
    }
}
