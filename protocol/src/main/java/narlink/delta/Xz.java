package narlink.delta;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import narlink.delta.lzma.Style;
import org.tukaani.xz.LZMA2InputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.check.Check;

/// Files of xz blocks, packed by LZMA2 and before that, perhaps, by a filter for machine code (§11.10).
final class Xz {
    private static final int DEFAULT_PROPERTIES = 93;

    /// Styles by the dictionary that the header tells: those of presets, and that of kernel modules.
    private static final Map<Integer, List<Integer>> LIKELY =
            Map.of(12, List.of(0), 16, List.of(6, 1), 18, List.of(2, 6), 20, List.of(4, 3, 7), 22, List.of(6, 5, 8, 7));

    private Xz() {}

    /// One block of a file.
    ///
    /// @param start of its chunks
    /// @param end of them
    /// @param size of what they give
    /// @param next where the next block begins
    private record Block(int filter, int dictionary, int properties, int start, int end, long size, int next) {
        boolean isLike(Block other) {
            return filter == other.filter && dictionary == other.dictionary;
        }
    }

    /// The contents, if the file begins with blocks that are alike. What is behind them is not looked at.
    static Optional<Opener.Candidate> open(byte[] file, int most) throws IOException {
        if (!XzShape.isMagic(file) || !XzShape.isCheck(file[7])) return Optional.empty();
        var blocks = new ArrayList<Block>();
        long size = 0;
        int at = XzShape.STREAM_HEADER;
        while (at < file.length && file[at] != 0) {
            var block = block(file, at);
            if (block.isEmpty()) return Optional.empty();
            blocks.add(block.get());
            if (!block.get().isLike(blocks.getFirst())) return Optional.empty();
            at = block.get().next();
            size += block.get().size();
            if (size > most) return Optional.empty();
        }
        if (size < 1) return Optional.empty();
        var raw = contents(file, blocks, (int) size);
        if (raw.isEmpty()) return Optional.empty();
        return Optional.of(
                new Opener.Candidate(Opener.Format.XZ, file, shape(file, blocks).header(), raw.get()));
    }

    private static XzShape shape(byte[] file, List<Block> blocks) {
        var first = blocks.getFirst();
        int from = XzShape.STREAM_HEADER;
        return new XzShape(
                0,
                file[7],
                first.filter(),
                file[from + 1] & (XzShape.PACKED_SIZE | XzShape.RAW_SIZE),
                (first.start() - from) / 4,
                first.dictionary(),
                first.properties(),
                blocks.size() == 1 ? 0 : (int) first.size());
    }

    private static Optional<Block> block(byte[] file, int from) throws IOException {
        int start = from + ((file[from] & 0xff) + 1) * 4;
        int flags = start > file.length ? 0xff : file[from + 1] & 0xff;
        if ((flags & 0x3e) != 0) return Optional.empty();
        var header = new ByteArrayInputStream(file, from + 2, start - from - 6);
        for (int told = Integer.bitCount(flags & (XzShape.PACKED_SIZE | XzShape.RAW_SIZE)); told > 0; told--) {
            int next = header.read();
            while (next >= 0x80) next = header.read();
        }
        int filter = (flags & 1) == 0 ? 0 : header.read();
        if (filter != 0 && (!XzShape.isFilter(filter) || header.read() != 0)) return Optional.empty();
        if (header.read() != XzShape.LZMA2 || header.read() != 1) return Optional.empty();
        int dictionary = header.read();
        if (dictionary < 0) return Optional.empty();
        return chunks(file, start, filter, dictionary);
    }

    private static Optional<Block> chunks(byte[] file, int start, int filter, int dictionary) throws IOException {
        int properties = -1;
        long size = 0;
        int at = start;
        while (at < file.length && file[at] != 0) {
            if (at + 6 > file.length) return Optional.empty();
            int control = file[at] & 0xff;
            if (control > 2 && control < 0x80) return Optional.empty();
            if (control >= 0xc0 && properties < 0) properties = file[at + 5] & 0xff;
            int low = int16(file, at + 1) + 1;
            size += control < 0x80 ? low : low + ((control & 0x1f) << 16);
            at += control < 0x80 ? 3 + low : (control < 0xc0 ? 5 : 6) + int16(file, at + 3) + 1;
        }
        int end = at + 1;
        long next = end + (start - end & 3) + Check.getInstance(file[7]).getSize();
        if (size < 1 || next > file.length) return Optional.empty();
        int used = properties < 0 ? DEFAULT_PROPERTIES : properties;
        return Optional.of(new Block(filter, dictionary, used, start, end, size, (int) next));
    }

    private static Optional<byte[]> contents(byte[] file, List<Block> blocks, int size) throws IOException {
        byte[] raw = new byte[size];
        int at = 0;
        for (var block : blocks) {
            var data = contents(new ByteArrayInputStream(file, block.start(), block.end() - block.start()), block);
            if (data.isEmpty()) return Optional.empty();
            System.arraycopy(data.get(), 0, raw, at, data.get().length);
            at += data.get().length;
        }
        return Optional.of(raw);
    }

    private static Optional<byte[]> contents(InputStream data, Block block) throws IOException {
        int size = (int) block.size();
        byte[] raw;
        try (var lzma2 = new LZMA2InputStream(data, Math.max(size, LZMA2Options.DICT_SIZE_MIN))) {
            raw = lzma2.readNBytes(size);
            if (raw.length < size || lzma2.read() >= 0 || data.read() >= 0) return Optional.empty();
        } catch (IOException e) { // Not xz after all.
            return Optional.empty();
        }
        return Optional.of(XzShape.unfiltered(block.filter(), raw));
    }

    /// How the candidate becomes the file again, if a style of LZMA does it.
    static Optional<XzShape> find(Opener.Candidate candidate) throws IOException {
        var shape = XzShape.parse(candidate.header());
        for (int style : likely(shape.dictionary())) {
            var tried = shape.by(style);
            if (tried.isFeasible(candidate.raw()) && begins(tried, candidate) && makes(tried, candidate)) {
                return Optional.of(tried);
            }
        }
        return Optional.empty();
    }

    /// All styles, those first that are usual with the dictionary that is told.
    private static List<Integer> likely(int dictionary) {
        var first = LIKELY.getOrDefault(dictionary, List.of(6, 8));
        return Stream.concat(
                        first.stream(), IntStream.range(0, Style.ALL.size()).boxed())
                .distinct()
                .toList();
    }

    /// Whether a file whose first header comes only after its data may begin so; any other is compared as it is
    /// written.
    private static boolean begins(XzShape shape, Opener.Candidate candidate) throws IOException {
        if ((shape.sizes() & XzShape.PACKED_SIZE) == 0) return true;
        int start = XzShape.STREAM_HEADER + 4 * shape.words();
        var sink = new Comparing(candidate.packed(), start);
        return sink.takes(() -> shape.firstChunks(candidate.raw(), sink));
    }

    private static boolean makes(XzShape shape, Opener.Candidate candidate) throws IOException {
        var sink = new Comparing(candidate.packed(), 0);
        return sink.takes(() -> shape.write(candidate.raw(), sink)) && sink.isAtEnd();
    }

    private static int int16(byte[] file, int at) {
        return (file[at] & 0xff) << 8 | (file[at + 1] & 0xff);
    }
}
