package narlink.delta;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import org.tukaani.xz.FinishableWrapperOutputStream;
import org.tukaani.xz.LZMA2InputStream;
import org.tukaani.xz.LZMA2Options;

/// Files of one xz block, filtered by LZMA2 alone. What stands before and behind the compressed data is kept as it is.
final class Xz {
    /// What is larger would take more memory than there is to be packed again.
    private static final int MOST = 1 << 20;

    private static final byte[] MAGIC = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
    private static final int STREAM_HEADER = 12;
    private static final int LZMA2 = 0x21;
    private static final int MOST_FRAMING = 120;

    /// A larger dictionary takes more memory, and is of use for small files only where hashes fall together.
    private static final int MOST_DICTIONARY = 2 << 20;

    private static final int EXTREME = 16;
    private static final int MOST_PRESET = 6; // Higher ones differ in nothing but the dictionary.

    /// By the dictionary that the header tells, from 256 KiB on in steps of half an octave: presets that have it.
    private static final int[][] PRESETS = {
        {0}, {6}, {6}, {6}, {1, 6}, {6}, {2, 6}, {6}, {4, 3, 6}, {6}, {6, 5, 6 | EXTREME, 5 | EXTREME}
    };

    private static final int FIRST_DICTIONARY = 12;

    private Xz() {}

    /// The contents, if `file` is one block; with what stands around its data in the candidate's header: how long what
    /// is before is, then that, then what is behind.
    static Optional<Opener.Candidate> open(byte[] file, int most) {
        if (file.length < STREAM_HEADER + 24 || !Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return Optional.empty();
        }
        int start = STREAM_HEADER + ((file[STREAM_HEADER] & 0xff) + 1) * 4;
        if (!isLzma2(file, start)) return Optional.empty();
        long size = 0;
        int at = start;
        while (at < file.length && file[at] != 0) {
            if (at + 6 > file.length) return Optional.empty();
            int control = file[at] & 0xff;
            if (control > 2 && control < 0x80) return Optional.empty();
            int low = int16(file, at + 1) + 1;
            size += control < 0x80 ? low : low + ((control & 0x1f) << 16);
            at += control < 0x80 ? 3 + low : (control < 0xc0 ? 5 : 6) + int16(file, at + 3) + 1;
        }
        at++;
        if (at > file.length || size < 1 || size > Math.min(most, MOST) || start + file.length - at > MOST_FRAMING) {
            return Optional.empty();
        }
        byte[] framing = new byte[1 + start + file.length - at];
        framing[0] = (byte) start;
        System.arraycopy(file, 0, framing, 1, start);
        System.arraycopy(file, at, framing, 1 + start, file.length - at);
        return contents(new ByteArrayInputStream(file, start, at - start), (int) size)
                .map(raw -> new Opener.Candidate(Opener.Format.XZ, file, framing, raw));
    }

    private static Optional<byte[]> contents(InputStream data, int size) {
        try (var lzma2 = new LZMA2InputStream(data, Math.max(size, LZMA2Options.DICT_SIZE_MIN))) {
            byte[] raw = lzma2.readNBytes(size);
            boolean isAll = raw.length == size && lzma2.read() < 0 && data.read() < 0;
            return isAll ? Optional.of(raw) : Optional.empty();
        } catch (IOException e) { // Not xz after all.
            return Optional.empty();
        }
    }

    /// Whether LZMA2 is all that the header of the block at the beginning tells.
    private static boolean isLzma2(byte[] file, int start) {
        if (start > file.length || start < STREAM_HEADER + 8 || start > MOST_FRAMING || file[STREAM_HEADER] == 0)
            return false;
        int flags = file[STREAM_HEADER + 1];
        if ((flags & 0x3f) != 0) return false;
        int filter = filter(file);
        return filter + 3 < start && file[filter] == LZMA2 && file[filter + 1] == 1;
    }

    /// Where the filter's number stands, behind the sizes.
    private static int filter(byte[] file) {
        int at = STREAM_HEADER + 2;
        for (int bit = 0x40; bit <= 0x80; bit <<= 1) {
            if ((file[STREAM_HEADER + 1] & bit) == 0) continue;
            while (at < MOST_FRAMING && at < file.length && file[at] < 0) at++;
            at++;
        }
        return at;
    }

    /// The variants by which the candidate may have been made: a preset, with 16 added where it is the extreme one.
    static int[] variants(byte[] file) {
        int index = file[filter(file) + 2] - FIRST_DICTIONARY;
        return PRESETS[Math.clamp(index, 0, PRESETS.length - 1)];
    }

    /// @param header the variant, then as the candidate's
    static void pack(byte[] header, byte[] raw, OutputStream out) throws IOException {
        int before = header.length < 2 ? -1 : header[1];
        if (before < 0 || 2 + before > header.length || raw.length > MOST || raw.length == 0) {
            throw new CorruptPackException("xz of " + raw.length + " bytes with a header of " + header.length);
        }
        byte[] prefix = Arrays.copyOfRange(header, 2, 2 + before);
        if (!isLzma2(prefix, before)) throw new CorruptPackException("xz with another header");
        out.write(prefix);
        var lzma2 = options(header[0], prefix).getOutputStream(new FinishableWrapperOutputStream(out));
        lzma2.write(raw);
        lzma2.finish();
        out.write(header, 2 + before, header.length - 2 - before);
    }

    private static LZMA2Options options(int variant, byte[] prefix) throws IOException {
        int preset = variant & ~EXTREME;
        if (variant < 0 || preset > MOST_PRESET) throw new CorruptPackException("xz by variant " + variant);
        var options = new LZMA2Options(preset);
        if (preset != variant) {
            boolean isOdd = preset == 3 || preset == 5;
            options.setMode(LZMA2Options.MODE_NORMAL);
            options.setMatchFinder(LZMA2Options.MF_BT4);
            options.setNiceLen(isOdd ? 192 : 273);
            options.setDepthLimit(isOdd ? 0 : 512);
        }
        options.setDictSize(dictionary(prefix[filter(prefix) + 2]));
        return options;
    }

    /// Of what the header tells, as much as there may be.
    private static int dictionary(int told) {
        long size = (2L | told & 1) << (told & 0x3f) / 2 + 11;
        return (int) Math.min(size, MOST_DICTIONARY);
    }

    private static int int16(byte[] file, int at) {
        return (file[at] & 0xff) << 8 | (file[at + 1] & 0xff);
    }
}
