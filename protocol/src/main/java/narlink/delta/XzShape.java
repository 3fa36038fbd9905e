package narlink.delta;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import narlink.delta.lzma.LzmaEncoder;
import narlink.delta.lzma.Style;
import org.tukaani.xz.ARM64Options;
import org.tukaani.xz.ARMOptions;
import org.tukaani.xz.ARMThumbOptions;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.FinishableWrapperOutputStream;
import org.tukaani.xz.IA64Options;
import org.tukaani.xz.PowerPCOptions;
import org.tukaani.xz.RISCVOptions;
import org.tukaani.xz.SPARCOptions;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.check.Check;

/// All about an xz file that does not follow from its contents (§11.17).
///
/// @param style index into [Style#ALL]
/// @param check number of the checksum
/// @param filter number of the filter for machine code; 0 for none
/// @param sizes flags of a block's header: 0x40 where it tells the packed size, 0x80 where it tells the other
/// @param words of four bytes that a block's header has
/// @param dictionary as the header tells it
/// @param properties of LZMA
/// @param block bytes of contents in each block; 0 for all in one
record XzShape(int style, int check, int filter, int sizes, int words, int dictionary, int properties, int block) {
    static final int STREAM_HEADER = 12;
    static final int LZMA2 = 0x21;
    static final int PACKED_SIZE = 0x40;
    static final int RAW_SIZE = 0x80;
    private static final byte[] MAGIC = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
    private static final int MOST_DICTIONARY = 36; // 2^30 bytes.

    /// Bytes of memory that packing may take, beside the contents.
    private static final long MOST_MEMORY = 40 << 20;

    private static final Map<Integer, Supplier<FilterOptions>> FILTERS = Map.of(
            4, X86Options::new,
            5, PowerPCOptions::new,
            6, IA64Options::new,
            7, ARMOptions::new,
            8, ARMThumbOptions::new,
            9, SPARCOptions::new,
            10, ARM64Options::new,
            11, RISCVOptions::new);

    static boolean isMagic(byte[] file) {
        return file.length > STREAM_HEADER && Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /// Whether it is one of the checksums that are known; they have 0, 4, 8 and 32 bytes.
    static boolean isCheck(int number) {
        return number == 0 || number == 1 || number == 4 || number == 10;
    }

    static boolean isFilter(int number) {
        return FILTERS.containsKey(number);
    }

    /// @throws CorruptPackException if it is none that can be packed
    static XzShape read(byte[] header) throws IOException {
        var shape = parse(header);
        if (!shape.isPossible()) throw new CorruptPackException("xz by " + shape);
        return shape;
    }

    static XzShape parse(byte[] header) throws IOException {
        var in = new ByteArrayInputStream(header);
        var numbers = new int[7];
        for (int i = 0; i < numbers.length; i++) numbers[i] = in.read();
        int block = (int) Numbers.read(in, "bytes of a block", Opener.MOST);
        if (in.read() >= 0) throw new CorruptPackException("an xz header of " + header.length + " bytes");
        return new XzShape(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], block);
    }

    private boolean isPossible() {
        return style < Style.ALL.size()
                && isCheck(check)
                && (filter == 0 || isFilter(filter))
                && (sizes & ~(PACKED_SIZE | RAW_SIZE)) == 0
                && words > 0
                && dictionary <= MOST_DICTIONARY
                && LzmaEncoder.isPossible(properties, dictionaryBytes());
    }

    byte[] header() throws IOException {
        var out = new ByteArrayOutputStream();
        for (int number : new int[] {style, check, filter, sizes, words, dictionary, properties}) out.write(number);
        Numbers.write(out, block);
        return out.toByteArray();
    }

    XzShape by(int otherStyle) {
        return new XzShape(otherStyle, check, filter, sizes, words, dictionary, properties, block);
    }

    int dictionaryBytes() {
        return (2 | dictionary & 1) << dictionary / 2 + 11;
    }

    private int blockBytes(byte[] raw) {
        return block == 0 ? raw.length : Math.min(block, raw.length);
    }

    /// Whether such contents can be packed on board.
    boolean isFeasible(byte[] raw) {
        if (!isPossible() || raw.length == 0) return false;
        return LzmaEncoder.memory(blockBytes(raw), dictionaryBytes(), Style.ALL.get(style)) <= MOST_MEMORY;
    }

    /// Bytes as they were before the filter.
    static byte[] unfiltered(int filter, byte[] data) throws IOException {
        var options = filter(filter);
        if (options.isEmpty()) return data;
        try (var in = options.get().getInputStream(new ByteArrayInputStream(data))) {
            return in.readNBytes(data.length);
        }
    }

    private static Optional<FilterOptions> filter(int number) {
        return Optional.ofNullable(FILTERS.get(number)).map(Supplier::get);
    }

    private byte[] filtered(byte[] raw) throws IOException {
        var options = filter(filter);
        if (options.isEmpty()) return raw;
        var out = new ByteArrayOutputStream(raw.length);
        try (var filtering = options.get().getOutputStream(new FinishableWrapperOutputStream(out))) {
            filtering.write(raw);
        }
        return out.toByteArray();
    }

    /// Writes the LZMA2 chunks of the first block.
    void firstChunks(byte[] raw, OutputStream out) throws IOException {
        chunks(block(raw, 0), out);
    }

    private byte[] block(byte[] raw, int from) {
        int end = Math.min(raw.length, from + blockBytes(raw));
        return end - from == raw.length ? raw : Arrays.copyOfRange(raw, from, end);
    }

    private void chunks(byte[] blockRaw, OutputStream out) throws IOException {
        LzmaEncoder.encode(filtered(blockRaw), properties, dictionaryBytes(), Style.ALL.get(style), out);
    }

    /// Writes the whole file.
    void write(byte[] raw, OutputStream out) throws IOException {
        if (!isFeasible(raw)) throw new CorruptPackException("xz of " + raw.length + " bytes by " + this);
        byte[] flags = {0, (byte) check};
        out.write(MAGIC);
        out.write(flags);
        int32(out, Packing.crc(flags));
        var index = new ByteArrayOutputStream();
        index.write(0);
        Numbers.write(index, Math.ceilDiv(raw.length, blockBytes(raw)));
        for (int from = 0; from < raw.length; from += blockBytes(raw)) {
            byte[] blockRaw = block(raw, from);
            Numbers.write(index, writeBlock(blockRaw, out));
            Numbers.write(index, blockRaw.length);
        }
        pad(index, index.size());
        out.write(index.toByteArray());
        int32(out, Packing.crc(index.toByteArray()));
        footer(index.size() / 4, flags, out);
    }

    private static void footer(int indexWords, byte[] flags, OutputStream out) throws IOException {
        var footer = new ByteArrayOutputStream();
        int32(footer, indexWords);
        footer.write(flags);
        int32(out, Packing.crc(footer.toByteArray()));
        footer.writeTo(out);
        out.write('Y');
        out.write('Z');
    }

    /// @return its bytes without those behind its data that only fill it up
    private long writeBlock(byte[] blockRaw, OutputStream out) throws IOException {
        long size;
        if ((sizes & PACKED_SIZE) == 0) {
            out.write(blockHeader(0, blockRaw.length));
            var counted = new CountedOutput(out);
            chunks(blockRaw, counted);
            size = counted.bytes();
        } else {
            var packed = new ByteArrayOutputStream(blockRaw.length / 3 + 64);
            chunks(blockRaw, packed);
            size = packed.size();
            out.write(blockHeader(size, blockRaw.length));
            packed.writeTo(out);
        }
        pad(out, size);
        var sum = Check.getInstance(check);
        sum.update(blockRaw);
        byte[] digest = sum.finish();
        out.write(digest);
        return words * 4L + size + digest.length;
    }

    private byte[] blockHeader(long packedSize, int rawSize) throws IOException {
        var out = new ByteArrayOutputStream();
        out.write(words - 1);
        out.write(sizes | (filter == 0 ? 0 : 1));
        if ((sizes & PACKED_SIZE) != 0) Numbers.write(out, packedSize);
        if ((sizes & RAW_SIZE) != 0) Numbers.write(out, rawSize);
        if (filter != 0) {
            out.write(filter);
            out.write(0);
        }
        out.write(LZMA2);
        out.write(1);
        out.write(dictionary);
        if (out.size() > 4 * words - 4) throw new CorruptPackException("xz with headers of " + words + " words");
        byte[] padded = Arrays.copyOf(out.toByteArray(), 4 * words - 4);
        var header = new ByteArrayOutputStream();
        header.write(padded);
        int32(header, Packing.crc(padded));
        return header.toByteArray();
    }

    private static void pad(OutputStream out, long size) throws IOException {
        for (long at = size; at % 4 != 0; at++) out.write(0);
    }

    private static void int32(OutputStream out, int value) throws IOException {
        for (int shift = 0; shift < 32; shift += 8) out.write(value >>> shift);
    }
}
