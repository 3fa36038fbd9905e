package narlink.delta;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.XZIOException;

/// A stream as few bytes: by LZMA or zstd, whichever takes less. What a [Mixture] makes of it is up to that.
final class Coder {
    static final int PLAIN = 0;
    static final int LZMA = 1;
    static final int ZSTD = 2;
    /// By a [Mixture].
    static final int MIXED = 3;

    /// Tables for contexts have at least and at most two to the power of so many slots of four bytes.
    static final int MIN_SLOT_BITS = 10;

    static final int MAX_SLOT_BITS = 23;

    private static final int MIN_WINDOW = 4096;
    private static final int MIN_WINDOW_LOG = 10;
    private static final int MAX_PROPERTIES = (4 * 5 + 4) * 9 + 8;

    /// Above this, only the usual parameters are tried.
    private static final int TRY_ALL = 4 << 20;

    private static final int[][] PARAMETERS = { // lc, lp, pb
        {3, 0, 2}, {3, 0, 0}, {4, 0, 0}, {0, 0, 0}, {0, 2, 2}, {2, 0, 2}, {1, 0, 1}, {0, 0, 2}, {0, 3, 3}, {4, 0, 2}
    };
    private static final int PARAMETERS_OF_LARGE = 4;

    /// Streams of fewer bytes hardly differ by parameters, and those of very few gain nothing at all.
    private static final int TRY_FEW = 2048;

    private static final int TRY_NONE = 24;

    private Coder() {}

    /// @param properties of LZMA; where mixed the number of the table's slots, as power of two; else 0
    record Coded(int coder, int properties, long rawSize, byte[] bytes) {}

    /// @param enough bytes, of which another coder has made fewer already; what would be far from it is not tried
    static Coded encode(byte[] raw, int length, Stream stream, long enough) throws IOException {
        var best = new Coded(PLAIN, 0, length, java.util.Arrays.copyOf(raw, length));
        if (length <= TRY_NONE) return best;
        int tried = length > TRY_ALL || length < TRY_FEW ? PARAMETERS_OF_LARGE : PARAMETERS.length;
        best = smaller(best, lzma(raw, length, stream, PARAMETERS[0]));
        if (best.bytes().length > enough + enough / 8) return best;
        for (int i = 1; i < tried; i++) best = smaller(best, lzma(raw, length, stream, PARAMETERS[i]));
        return smaller(best, zstd(raw, length, stream));
    }

    /// By one coder, whatever it takes.
    static Coded encode(byte[] raw, Stream stream, int coder) throws IOException {
        return switch (coder) {
            case LZMA -> lzma(raw, raw.length, stream, PARAMETERS[0]);
            case ZSTD -> zstd(raw, raw.length, stream);
            default -> new Coded(PLAIN, 0, raw.length, raw);
        };
    }

    private static Coded smaller(Coded a, Coded b) {
        return b.bytes().length < a.bytes().length ? b : a;
    }

    private static Coded lzma(byte[] raw, int length, Stream stream, int[] parameters) throws IOException {
        var options = new LZMA2Options();
        options.setLcLp(parameters[0], parameters[1]);
        options.setPb(parameters[2]);
        options.setDictSize(window(length, stream));
        options.setMode(LZMA2Options.MODE_NORMAL);
        options.setMatchFinder(LZMA2Options.MF_BT4);
        options.setNiceLen(LZMA2Options.NICE_LEN_MAX);
        options.setDepthLimit(512);
        var out = new ByteArrayOutputStream();
        int properties;
        try (var lzma = new LZMAOutputStream(out, options, false)) {
            lzma.write(raw, 0, length);
            properties = lzma.getProps();
        }
        return new Coded(LZMA, properties, length, out.toByteArray());
    }

    private static Coded zstd(byte[] raw, int length, Stream stream) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zstd = new ZstdOutputStreamNoFinalizer(out, 19)) {
            zstd.setLong(Math.max(MIN_WINDOW_LOG, log(window(length, stream))));
            zstd.setChecksum(false);
            zstd.write(raw, 0, length);
        }
        return new Coded(ZSTD, 0, length, out.toByteArray());
    }

    /// What a coded stream gives. Memory is bounded by the stream's window, whatever `in` says.
    static InputStream decoder(InputStream in, int coder, int properties, long rawSize, Stream stream)
            throws IOException {
        try {
            return switch (coder) {
                case PLAIN -> in;
                case LZMA -> {
                    if (properties > MAX_PROPERTIES) throw new CorruptPackException("LZMA properties " + properties);
                    yield new Checked(
                            new LZMAInputStream(in, rawSize, (byte) properties, window(rawSize, stream)), stream);
                }
                case ZSTD -> {
                    var zstd = new ZstdInputStreamNoFinalizer(in);
                    zstd.setLongMax(Math.max(MIN_WINDOW_LOG, log(stream.window)));
                    yield new Checked(zstd, stream);
                }
                default -> throw new CorruptPackException("a stream of coder " + coder + ", unknown here");
            };
        } catch (XZIOException | EOFException | ZstdIOException e) {
            throw new CorruptPackException("in stream " + stream + ": " + e.getMessage(), e);
        }
    }

    private static int window(long rawSize, Stream stream) {
        return (int) Math.clamp(rawSize, MIN_WINDOW, stream.window);
    }

    private static int log(int window) {
        return 32 - Integer.numberOfLeadingZeros(window - 1);
    }

    /// Names the stream in what its decoder complains of.
    private static final class Checked extends FilterInputStream {
        private final Stream stream;

        Checked(InputStream in, Stream stream) {
            super(in);
            this.stream = stream;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                return in.read(target, offset, length);
            } catch (XZIOException | EOFException | ZstdIOException e) {
                throw new CorruptPackException("in stream " + stream + ": " + e.getMessage(), e);
            }
        }
    }
}
