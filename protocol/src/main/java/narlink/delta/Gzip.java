package narlink.delta;

import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Files of one gzip member (RFC 1952), and what deflate made.
final class Gzip {
    /// Deflate gives at most so many bytes for one.
    private static final int MOST_RATIO = 1100;

    static final int MAX_HEADER = 1024;
    private static final int TRAILER = 8;
    private static final int FIXED_HEADER = 10;
    private static final int FLAG_HEADER_CRC = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;

    private Gzip() {}

    static boolean isCandidate(byte[] start, int length) {
        return length >= FIXED_HEADER + TRAILER && start[0] == 0x1f && start[1] == (byte) 0x8b && start[2] == 8;
    }

    /// The contents, if `file` is one sound member and nothing else. The same on all machines: what inflates, inflates
    /// to one thing only.
    ///
    /// @param most bytes of contents
    static Optional<Opener.Candidate> open(byte[] file, int most) {
        if (!isCandidate(file, file.length)) return Optional.empty();
        int header = headerLength(file);
        if (header < 0 || header > MAX_HEADER) return Optional.empty();
        int size = int32(file, file.length - 4);
        if (size < 0 || size > most) return Optional.empty();
        return inflate(file, header, file.length - header - TRAILER, size)
                .filter(raw -> Packing.crc(raw) == int32(file, file.length - TRAILER))
                .map(raw -> new Opener.Candidate(Opener.Format.GZIP, file, Arrays.copyOf(file, header), raw));
    }

    /// What a deflate stream gives that takes just these bytes and gives just `size`.
    static Optional<byte[]> inflate(byte[] file, int offset, int length, int size) {
        if (size / MOST_RATIO > length) return Optional.empty();
        byte[] raw = new byte[size];
        var inflater = new Inflater(true);
        try {
            inflater.setInput(file, offset, length);
            int done = 0;
            while (done < size) {
                int got = inflater.inflate(raw, done, size - done);
                if (got == 0) return Optional.empty();
                done += got;
            }
            if (!inflater.finished() && inflater.inflate(new byte[1]) != 0) return Optional.empty();
            return inflater.finished() && inflater.getRemaining() == 0 ? Optional.of(raw) : Optional.empty();
        } catch (DataFormatException e) { // Not deflated after all.
            return Optional.empty();
        } finally {
            inflater.end();
        }
    }

    private static int headerLength(byte[] file) {
        int flags = file[3];
        int at = FIXED_HEADER;
        int end = Math.min(file.length - TRAILER, MAX_HEADER);
        if ((flags & 0xe0) != 0) return -1;
        if ((flags & FLAG_EXTRA) != 0) {
            if (at + 2 > end) return -1;
            at += 2 + (file[at] & 0xff) + ((file[at + 1] & 0xff) << 8);
        }
        for (int flag : new int[] {FLAG_NAME, FLAG_COMMENT}) {
            if ((flags & flag) == 0) continue;
            while (at < end && file[at] != 0) at++;
            at++;
        }
        if ((flags & FLAG_HEADER_CRC) != 0) at += 2;
        return at <= end ? at : -1;
    }

    private static int int32(byte[] bytes, int at) {
        return bytes[at] & 0xff
                | (bytes[at + 1] & 0xff) << 8
                | (bytes[at + 2] & 0xff) << 16
                | (bytes[at + 3] & 0xff) << 24;
    }
}
