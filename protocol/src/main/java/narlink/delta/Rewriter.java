package narlink.delta;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import narlink.nix.StorePath;

/// Puts new store paths in the place of old ones while bytes stream through: the whole base name where it stands, else
/// the bare hash part. The same bytes give the same result in whatever pieces they come.
final class Rewriter {
    /// Takes what comes out.
    @FunctionalInterface
    interface Sink {
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    private static final int DIGITS = StorePath.DIGEST_DIGITS;
    private static final int LOOKAHEAD = StorePath.MAX_BASE_NAME;
    private static final boolean[] IS_DIGIT = digits();

    private final Map<Long, Names> byStart = new HashMap<>();
    private final Sink sink;
    private final byte[] buffer = new byte[1 << 16];
    private int held;

    private record Names(byte[] from, byte[] to) {}

    Rewriter(List<Rewrite> rewrites, Sink sink) {
        this.sink = sink;
        for (var rewrite : rewrites) {
            byte[] from = rewrite.from().baseName().getBytes(StandardCharsets.US_ASCII);
            byte[] to = rewrite.to().baseName().getBytes(StandardCharsets.US_ASCII);
            byStart.putIfAbsent(start(from, 0), new Names(from, to));
        }
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        if (byStart.isEmpty()) {
            sink.write(bytes, offset, length);
            return;
        }
        for (int at = 0; at < length; ) {
            int taken = Math.min(buffer.length - held, length - at);
            System.arraycopy(bytes, offset + at, buffer, held, taken);
            held += taken;
            at += taken;
            if (held == buffer.length) rewrite(LOOKAHEAD);
        }
    }

    /// The bytes end here; others may begin.
    void end() throws IOException {
        rewrite(DIGITS);
        sink.write(buffer, 0, held);
        held = 0;
    }

    static byte[] rewrite(List<Rewrite> rewrites, byte[] bytes) throws IOException {
        var out = new java.io.ByteArrayOutputStream(bytes.length);
        var rewriter = new Rewriter(rewrites, out::write);
        rewriter.write(bytes, 0, bytes.length);
        rewriter.end();
        return out.toByteArray();
    }

    /// Rewrites wherever `lookahead` bytes are here.
    private void rewrite(int lookahead) throws IOException {
        int written = 0;
        int at = 0;
        while (at + lookahead <= held) {
            int last = DIGITS - 1;
            while (last >= 0 && IS_DIGIT[buffer[at + last] & 0xff]) last--;
            if (last >= 0) {
                at += last + 1;
                continue;
            }
            var names = byStart.get(start(buffer, at));
            if (names == null || !isAt(at, names.from, DIGITS)) {
                at++;
                continue;
            }
            sink.write(buffer, written, at - written);
            boolean whole = isAt(at, names.from, names.from.length);
            sink.write(names.to, 0, whole ? names.to.length : DIGITS);
            at += whole ? names.from.length : DIGITS;
            written = at;
        }
        at = Math.min(at, held);
        sink.write(buffer, written, at - written);
        System.arraycopy(buffer, at, buffer, 0, held - at);
        held -= at;
    }

    private boolean isAt(int at, byte[] name, int length) {
        return at + length <= held && Arrays.equals(buffer, at, at + length, name, 0, length);
    }

    private static long start(byte[] bytes, int at) {
        long start = 0;
        for (int i = 0; i < 8; i++) start = start << 8 | (bytes[at + i] & 0xff);
        return start;
    }

    private static boolean[] digits() {
        var digits = new boolean[256];
        for (char c : "0123456789abcdfghijklmnpqrsvwxyz".toCharArray()) digits[c] = true;
        return digits;
    }
}
