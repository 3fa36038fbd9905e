package narlink.delta;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
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

    /// Above this LZMA would take too long.
    private static final int TRY_SLOW = 64 << 20;

    /// Up to this zstd is told the size beforehand: it then takes tables of that size, and not of a large stream's,
    /// whose making takes a hundred times as long as all the rest.
    private static final int TRY_AT_ONCE = 1 << 20;

    private static final int LEVEL = 19;
    private static final int LARGE_LEVEL = 12;

    private Coder() {}

    /// @param properties of LZMA; where mixed the number of the table's slots, as power of two; else 0
    record Coded(int coder, int properties, long rawSize, Pile bytes) {}

    /// @param enough bytes, of which another coder has made fewer already; what would be far from it is not tried
    static Coded encode(Pile raw, Stream stream, long enough, Path scratch) throws IOException {
        var best = new Coded(PLAIN, 0, raw.size(), raw);
        if (raw.size() <= TRY_NONE) return best;
        if (raw.size() <= TRY_SLOW) {
            int tried = raw.size() > TRY_ALL || raw.size() < TRY_FEW ? PARAMETERS_OF_LARGE : PARAMETERS.length;
            best = smaller(best, lzma(raw, stream, PARAMETERS[0], scratch));
            if (best.bytes().size() > enough + enough / 8) return best;
            for (int i = 1; i < tried; i++) best = smaller(best, lzma(raw, stream, PARAMETERS[i], scratch));
        }
        return smaller(best, zstd(raw, stream, scratch));
    }

    /// By one coder, whatever it takes.
    static Coded encode(Pile raw, Stream stream, int coder, Path scratch) throws IOException {
        return switch (coder) {
            case LZMA -> lzma(raw, stream, PARAMETERS[0], scratch);
            case ZSTD -> zstd(raw, stream, scratch);
            default -> new Coded(PLAIN, 0, raw.size(), raw);
        };
    }

    private static Coded smaller(Coded a, Coded b) throws IOException {
        boolean isSmaller = b.bytes().size() < a.bytes().size();
        var other = isSmaller ? a : b;
        if (other.coder() != PLAIN) other.bytes().close();
        return isSmaller ? b : a;
    }

    private static Coded lzma(Pile raw, Stream stream, int[] parameters, Path scratch) throws IOException {
        var options = new LZMA2Options();
        options.setLcLp(parameters[0], parameters[1]);
        options.setPb(parameters[2]);
        options.setDictSize(window(raw.size(), stream));
        options.setMode(LZMA2Options.MODE_NORMAL);
        options.setMatchFinder(LZMA2Options.MF_BT4);
        options.setNiceLen(LZMA2Options.NICE_LEN_MAX);
        options.setDepthLimit(512);
        var out = new Pile(scratch);
        int properties;
        try (var lzma = new LZMAOutputStream(unclosed(out), options, false)) {
            raw.writeTo(lzma);
            properties = lzma.getProps();
        }
        return new Coded(LZMA, properties, raw.size(), out);
    }

    private static Coded zstd(Pile raw, Stream stream, Path scratch) throws IOException {
        int windowLog = Math.max(MIN_WINDOW_LOG, log(window(raw.size(), stream)));
        var out = new Pile(scratch);
        if (raw.size() <= TRY_AT_ONCE) {
            try (var zstd = new ZstdCompressCtx();
                    var in = raw.read()) {
                zstd.setLevel(LEVEL);
                zstd.setWindowLog(windowLog);
                zstd.setChecksum(false);
                zstd.setContentSize(false);
                out.write(zstd.compress(in.readAllBytes()));
            }
            return new Coded(ZSTD, 0, raw.size(), out);
        }
        try (var zstd = new ZstdOutputStreamNoFinalizer(unclosed(out), raw.size() > TRY_SLOW ? LARGE_LEVEL : LEVEL)) {
            zstd.setLong(windowLog);
            zstd.setChecksum(false);
            raw.writeTo(zstd);
        }
        return new Coded(ZSTD, 0, raw.size(), out);
    }

    private static OutputStream unclosed(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
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
