package narlink.delta;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import narlink.delta.mixing.BinaryDecoder;
import org.jspecify.annotations.Nullable;

/// The streams of a pack while they are read. They lie in the pack as chunks, in the order in which a decoder needs
/// them; each decoder starts when it is first needed.
///
///     pack   = header { chunk }
///     header = for each stream: CODER [ PROPERTIES ] RAW-SIZE CODED-SIZE
///     chunk  = STREAM BYTES          4096 bytes, or what is left of the stream
final class Streams {
    static final int CHUNK = 4096;

    /// The encoder sends what is needed next, so hardly anything ever waits.
    private static final int MAX_WAITING = 1 << 20;

    private static final long MAX_SIZE = 1L << 50;

    /// Fetches chunks.
    @FunctionalInterface
    interface Feeder {
        /// Gives at least one more chunk to some stream by [#arrived]; called until it is one of `wanted`.
        void feed(Streams streams, Stream wanted) throws IOException;
    }

    private final Map<Stream, Input> inputs = new EnumMap<>(Stream.class);
    private final Feeder feeder;
    private int waiting;

    private Streams(Feeder feeder) {
        this.feeder = feeder;
    }

    /// Reads the header.
    static Streams read(InputStream header, Feeder feeder) throws IOException {
        var streams = new Streams(feeder);
        for (var stream : Stream.values()) {
            int coder = header.read();
            if (coder < 0) throw new CorruptPackException("the pack ends in its header");
            int properties = coder == Coder.LZMA || coder == Coder.MIXED ? header.read() : 0;
            long raw = Numbers.read(header, "size of a stream", MAX_SIZE);
            long coded = Numbers.read(header, "coded size of a stream", MAX_SIZE);
            streams.inputs.put(stream, streams.new Input(stream, coder, properties, raw, coded));
        }
        return streams;
    }

    static void writeHeader(OutputStream out, Map<Stream, Coder.Coded> coded) throws IOException {
        for (var one : coded.values()) {
            out.write(one.coder());
            if (one.coder() == Coder.LZMA || one.coder() == Coder.MIXED) out.write(one.properties());
            Numbers.write(out, one.rawSize());
            Numbers.write(out, one.bytes().size());
        }
    }

    /// Chunks as they come from a pack.
    static Feeder from(InputStream pack) {
        return (streams, wanted) -> {
            int id = pack.read();
            if (id < 0) throw new CorruptPackException("the pack ends before stream " + wanted);
            if (id >= Stream.values().length) throw new CorruptPackException("chunk of stream " + id);
            var stream = Stream.values()[id];
            int length = (int) Math.min(CHUNK, streams.in(stream).due);
            byte[] bytes = pack.readNBytes(length);
            if (length == 0 || bytes.length < length) {
                throw new CorruptPackException("the pack ends in a chunk of stream " + stream);
            }
            streams.arrived(stream, bytes);
        };
    }

    Input in(Stream stream) {
        var input = inputs.get(stream);
        if (input == null) throw new IllegalStateException("no stream " + stream);
        return input;
    }

    void arrived(Stream stream, byte[] chunk) throws IOException {
        waiting += chunk.length;
        if (waiting > MAX_WAITING) throw new CorruptPackException("chunks that nobody waits for");
        var input = in(stream);
        input.due -= chunk.length;
        input.chunks.add(chunk);
    }

    /// Checks that all has been read, and takes what the decoders had no need of.
    void end() throws IOException {
        for (var input : inputs.values()) {
            if (input.rawLeft > 0) throw new CorruptPackException("stream " + input.stream + " goes on behind the end");
        }
        for (var input : inputs.values()) {
            while (input.due > 0) feeder.feed(this, input.stream);
        }
    }

    /// Coded bytes taken so far.
    long taken() {
        return inputs.values().stream().mapToLong(input -> input.taken).sum();
    }

    /// One stream, decoded.
    final class Input extends InputStream {
        private final Stream stream;
        private final int coder;
        private final int properties;
        private final long rawSize;
        private final Deque<byte[]> chunks = new ArrayDeque<>();
        private ByteArrayInputStream chunk = new ByteArrayInputStream(new byte[0]);
        private @Nullable InputStream decoder;
        private long rawLeft;
        private long due; // Coded bytes that have not arrived.
        private long taken;

        private Input(Stream stream, int coder, int properties, long rawSize, long codedSize) {
            this.stream = stream;
            this.coder = coder;
            this.properties = properties;
            this.rawSize = rawSize;
            this.rawLeft = rawSize;
            this.due = codedSize;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (rawLeft == 0) return -1;
            if (decoder == null) decoder = Coder.decoder(new Chunks(), coder, properties, rawSize, stream);
            int read = decoder.read(target, offset, (int) Math.min(length, rawLeft));
            if (read < 0) throw new CorruptPackException("stream " + stream + " ends too early");
            rawLeft -= read;
            return read;
        }

        /// Whether coded bytes are still to come.
        boolean isDue() {
            return due > 0;
        }

        boolean isMixed() {
            return coder == Coder.MIXED;
        }

        /// What a [Mixture] decodes the stream by.
        BinaryDecoder bits() throws IOException {
            return new BinaryDecoder(new Chunks());
        }

        /// Slots of a [Mixture]'s table.
        int slots() throws IOException {
            if (properties < Coder.MIN_SLOT_BITS || properties > Coder.MAX_SLOT_BITS) {
                throw new CorruptPackException("stream " + stream + " with a table of 2^" + properties + " slots");
            }
            return 1 << properties;
        }

        /// Counts what a [Mixture] gives: bytes, or numbers where the stream has numbers.
        void gives(long count) throws IOException {
            if (count > rawLeft) throw new CorruptPackException("stream " + stream + " is too short");
            rawLeft -= count;
        }

        /// Takes a chunk out of the pack that a [Mixture] would need now.
        void skipChunk() throws IOException {
            feeder.feed(Streams.this, stream);
            waiting -= chunks.remove().length;
        }

        void readFully(byte[] target, int length) throws IOException {
            if (readNBytes(target, 0, length) < length) {
                throw new CorruptPackException("stream " + stream + " is too short");
            }
        }

        /// The coded bytes.
        private final class Chunks extends InputStream {
            @Override
            public int read() throws IOException {
                if (!more()) return -1;
                taken++;
                return chunk.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (!more()) return -1;
                int read = chunk.read(target, offset, length);
                taken += read;
                return read;
            }

            private boolean more() throws IOException {
                if (chunk.available() > 0) return true;
                while (chunks.isEmpty()) {
                    if (due == 0) return false;
                    feeder.feed(Streams.this, stream);
                }
                byte[] next = chunks.remove();
                waiting -= next.length;
                chunk = new ByteArrayInputStream(next);
                return true;
            }
        }
    }
}
