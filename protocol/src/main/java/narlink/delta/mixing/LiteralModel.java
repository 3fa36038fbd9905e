package narlink.delta.mixing;

import java.io.IOException;

/// Codes bytes that are in no base (§11.40), by those before them.
public final class LiteralModel {
    /// So many bytes must be known before those that are coded.
    public static final int MARGIN = 64;

    private static final int HISTORY = 1 << 22;
    private static final int CONTEXTS = 14;
    private static final int MIX = 0x2545F491;

    private final Predictor bytes;
    private final byte[] history = new byte[HISTORY];
    private int now = 1;
    private final Echo longer = new Echo(20); // What followed the last six bytes.
    private final Echo shorter = new Echo(18); // What followed the last four.
    private int word; // Hash of the letters so far.

    /// @param slots of the table for contexts, a power of two
    public LiteralModel(BinaryCoder coder, int slots) {
        bytes = new Predictor(coder, new int[slots], CONTEXTS, 12, new int[] {32 << 8, 9 << 8}, 9, 256, 98, 256);
    }

    /// Codes `length` bytes.
    ///
    /// @param image gets them from `from` on; an encoder must find them there
    /// @param place in the image
    public void code(byte[] image, int from, int length, long place) throws IOException {
        for (int i = 0; i < length; i++) {
            byte coded = code(image, from + i, (int) (place + i) & 7);
            image[from + i] = coded;
            learn(image, from + i, coded);
        }
    }

    private byte code(byte[] image, int at, int alignment) throws IOException {
        int last = Elf.number(image, at - 4, 4); // The highest byte is the last one.
        int before = Elf.number(image, at - 8, 4);
        int n1 = last >>> 24;
        int expected = longer.at() == 0 ? -1 : history[longer.at()] & 0xff;
        int expectedToo = shorter.at() == 0 ? -1 : history[shorter.at()] & 0xff;
        int length = longer.length();
        if (length >= 16) length = Math.min(43 - Integer.numberOfLeadingZeros(length), 31);
        int lengthToo = Math.min(shorter.length(), 15);
        var b = bytes;
        int byteSoFar = 1;
        for (int half = 0; half < 2; half++) {
            int group = half == 0 ? 0 : byteSoFar * 0x3D4D51CB;
            b.context(0, group);
            b.context(1, group + n1);
            b.context(2, group + (last >>> 16));
            b.context(3, group + (last >>> 8));
            b.context(4, group + last);
            b.context(5, group + last * MIX + (before >>> 24));
            b.context(6, group + last * MIX + (before >>> 16));
            b.context(7, group + (last >>> 8 & 0xffff));
            b.context(8, group + (last & 0x00ff00ff));
            b.context(9, group + word * MIX + n1);
            b.context(10, group + (before & 0xff | (before >>> 24) << 8 | alignment << 16));
            b.context(11, group + (image[at - 16] & 0xff | n1 << 8));
            b.context(12, group + (expected | length << 9));
            b.context(13, group + (expectedToo & 0x1ff | (expected & 0x1ff) << 9 | lengthToo << 18));
            int node = 1;
            for (int bit = 4 * half; bit < 4 * half + 4; bit++) {
                int next = foretold(expected, bit, byteSoFar);
                b.choose(0, byteSoFar);
                b.choose(1, next == 0 ? 0 : length * 3 + next);
                b.choose(2, n1);
                b.chooseFinal(next * 3 + foretold(expectedToo, bit, byteSoFar));
                int coded = b.code(
                        image[at] >>> 7 - bit & 1,
                        node,
                        length << 8 | byteSoFar,
                        next != 0 ? expected << 3 | bit : 8 << 8 | byteSoFar);
                node = node << 1 | coded;
                byteSoFar = byteSoFar << 1 | coded;
            }
        }
        return (byte) byteSoFar;
    }

    /// 0: nothing; else 1 and the bit.
    private static int foretold(int expected, int bit, int byteSoFar) {
        return expected >= 0 && expected + 256 >>> 8 - bit == byteSoFar ? 1 + (expected >>> 7 - bit & 1) : 0;
    }

    private void learn(byte[] image, int at, byte coded) {
        follow(longer, coded);
        follow(shorter, coded);
        history[now] = coded;
        now = now + 1 & HISTORY - 1;
        int last = Elf.number(image, at - 3, 4);
        longer.meet(last * 0x9E3779B1 + Elf.number(image, at - 5, 2) * 0x85EBCA6B, now);
        shorter.meet(last * 0x9E3779B1, now);
        int c = coded & 0xff;
        boolean isLetter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80;
        word = isLetter ? (word + c) * 0x2F0B4C47 : 0;
    }

    private void follow(Echo echo, byte coded) {
        int like = echo.at();
        if (like != 0) echo.go(history[like] == coded ? echo.length() + 1 : 0, HISTORY - 1);
    }
}
