package narlink.delta;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// All NARs of a deployment, whole, as one zstd frame: what one path has in common with another is paid for once.
public final class Solid implements Codec {
    public static final int ID = 1;

    /// The decoder holds one window in memory, so this is also the limit against a frame that asks for more: 8 MiB.
    static final int WINDOW_LOG = 23;

    private static final int MIN_WINDOW_LOG = 17;
    private static final int LEVEL = 19;
    private static final int BUFFER = 1 << 16;

    @Override
    public int id() {
        return ID;
    }

    @Override
    public Encoder encoder(OutputStream pack, long rawBytes, Path scratch) throws IOException {
        var packed = new CountedOutput(unclosed(pack));
        var zstd = new ZstdOutputStreamNoFinalizer(packed, LEVEL);
        zstd.setLong(windowLog(rawBytes));
        zstd.setChecksum(false); // The blocks' hashes say more.
        return new Encoder() {
            private final List<Long> sizes = new ArrayList<>();

            @Override
            public void add(NewPath path, NarSource nar) throws IOException {
                var counted = new CountedOutput(zstd);
                nar.writeTo(counted);
                if (counted.bytes() != path.narSize()) {
                    throw new IOException(path.path() + " has " + counted.bytes() + " NAR bytes where its store says "
                            + path.narSize() + "; verify that store");
                }
                sizes.add(
                        packed.bytes() - sizes.stream().mapToLong(size -> size).sum());
            }

            /// What zstd held back counts for the last path.
            @Override
            public List<Cost> costs() {
                return sizes.stream()
                        .map(size -> new Cost(size, Method.WHOLE, List.of()))
                        .toList();
            }

            @Override
            public void close() throws IOException {
                zstd.close();
                long before = sizes.stream().mapToLong(size -> size).sum();
                if (!sizes.isEmpty()) sizes.set(sizes.size() - 1, sizes.getLast() + packed.bytes() - before);
            }
        };
    }

    @Override
    public Decoder decoder(InputStream pack, Path scratch) throws IOException {
        var zstd = new ZstdInputStreamNoFinalizer(pack);
        zstd.setLongMax(WINDOW_LOG);
        return new Decoder() {
            private final byte[] buffer = new byte[BUFFER];

            @Override
            public void next(NewPath path, OutputStream nar) throws IOException {
                for (long left = path.narSize(); left > 0; ) {
                    int read = read((int) Math.min(left, buffer.length), path);
                    nar.write(buffer, 0, read);
                    left -= read;
                }
            }

            private int read(int most, NewPath path) throws IOException {
                try {
                    int read = zstd.read(buffer, 0, most);
                    if (read > 0) return read;
                    throw new CorruptPackException("the pack ends in " + path.path());
                } catch (ZstdIOException e) {
                    throw new CorruptPackException("in " + path.path() + ": " + e.getMessage(), e);
                }
            }

            @Override
            public void end() throws IOException {
                try {
                    if (zstd.read(buffer, 0, 1) != -1 || pack.read() != -1) {
                        throw new CorruptPackException("the pack goes on behind its last path");
                    }
                } catch (ZstdIOException e) {
                    throw new CorruptPackException("behind the last path: " + e.getMessage(), e);
                }
            }

            @Override
            public void close() throws IOException {
                zstd.close();
            }
        };
    }

    /// No more window than there are bytes: its size is what encoder and decoder take in memory.
    private static int windowLog(long rawBytes) {
        return Math.clamp(64 - Long.numberOfLeadingZeros(rawBytes), MIN_WINDOW_LOG, WINDOW_LOG);
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
}
