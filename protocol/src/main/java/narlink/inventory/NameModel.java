package narlink.inventory;

import java.io.IOException;
import narlink.delta.mixing.BinaryCoder;
import narlink.delta.mixing.Echo;
import narlink.delta.mixing.Predictor;
import narlink.nix.StorePath;

/// Codes names that ascend (§13.7): by the letters before, by what is above in the name before, and by what followed
/// the same letters in whatever name. The same code runs in both directions.
final class NameModel {
    private static final int CONTEXTS = 8;
    private static final int SLOTS = 1 << 20;
    private static final int MIX = 0x2545F491;
    private static final int HISTORY = 1 << 20;
    private static final int END = '\n';

    private final Predictor bits;
    private final int[] values = new int[CONTEXTS];
    private final byte[] history = new byte[HISTORY];
    private final Echo longer = new Echo(16); // What followed the last five letters.
    private final Echo shorter = new Echo(16); // What followed the last three.
    private int now = 1;
    private String before = "";

    // Of the name that is being coded:
    private final StringBuilder name = new StringBuilder();
    private int last; // Four letters.
    private int word; // Hash of the letters since the last hyphen or dot.
    private int column; // In the name before; negative where that has no such part.
    private boolean same; // Both have begun alike.
    private boolean parted; // There was a hyphen.

    NameModel(BinaryCoder coder) {
        bits = new Predictor(coder, new int[SLOTS], CONTEXTS, 10, new int[] {256, 96}, 48, 256, 128, 192);
    }

    /// @param given what to encode; a decoder does not look at it
    String code(String given) throws IOException {
        name.setLength(0);
        last = END;
        word = 0;
        column = 0;
        same = true;
        parted = false;
        while (true) {
            int at = name.length();
            int letter = letter(at < given.length() ? given.charAt(at) : END, above(), Math.min(at, 31));
            learn(letter);
            if (letter == END) break;
            if (at == StorePath.MAX_BASE_NAME) throw new MalformedInventoryException("a name does not end");
            go(letter);
        }
        before = name.toString();
        return before;
    }

    /// The letter of the name before in the same part, as far from its beginning; 0 if there is none.
    private int above() {
        if (column < 0 || column > before.length()) return 0;
        return column == before.length() ? END : before.charAt(column);
    }

    private int letter(int given, int above, int at) throws IOException {
        int longLetter = letter(longer);
        int longLength = Math.min(15, longer.length());
        int shortLength = Math.min(15, shorter.length());
        int lastLetter = last & 0xff;
        int beginning = same ? 1 : 0;
        values[0] = lastLetter;
        values[1] = last & 0xffff;
        values[2] = last & 0xffffff;
        values[3] = last;
        values[4] = word * MIX + lastLetter;
        values[5] = above | beginning << 8 | at << 9;
        values[6] = longLetter | longLength << 8;
        values[7] = letter(shorter) | shortLength << 8 | above << 12;
        int letter = 1;
        for (int half = 0; half < 2; half++) {
            int group = half == 0 ? 0 : letter * 0x3D4D51CB;
            for (int i = 0; i < CONTEXTS; i++) bits.context(i, group + values[i] * MIX + i);
            int node = 1;
            for (int bit = 7 - 4 * half; bit > 3 - 4 * half; bit--) {
                int byLong = foretold(longLetter, bit, letter);
                int byAbove = foretold(above, bit, letter);
                bits.choose(0, letter);
                bits.choose(1, lastLetter & 127);
                bits.choose(2, byLong * 64 + longLength * 4 + Math.min(shortLength, 3));
                bits.chooseFinal(byAbove * 16 + beginning * 8 + (parted ? 4 : 0) + byLong);
                int coded = bits.code(given >>> bit & 1, node, letter, byAbove * 32 + at);
                node = node << 1 | coded;
                letter = letter << 1 | coded;
            }
        }
        same &= (letter & 0xff) == above;
        return letter & 0xff;
    }

    /// 0: nothing; else 1 and the bit.
    private static int foretold(int letter, int bit, int soFar) {
        return letter > 0 && letter + 256 >>> bit + 1 == soFar ? 1 + (letter >>> bit & 1) : 0;
    }

    private int letter(Echo echo) {
        return echo.at() == 0 ? 0 : history[echo.at()] & 0xff;
    }

    private void learn(int letter) {
        follow(longer, letter);
        follow(shorter, letter);
        history[now] = (byte) letter;
        now = now + 1 & HISTORY - 1;
        int fourth = last >>> 16;
        last = last << 8 | letter;
        longer.meet(last * 0x9E3779B1 + fourth * 0x85EBCA6B, now);
        shorter.meet((last & 0xffffff) * 0x85EBCA6B, now);
    }

    private void follow(Echo echo, int letter) {
        int like = echo.at();
        if (like != 0) echo.go((history[like] & 0xff) == letter ? echo.length() + 1 : 0, HISTORY - 1);
    }

    private void go(int letter) {
        name.append((char) letter);
        word = letter == '-' || letter == '.' ? 0 : (word + letter) * 0x2F0B4C47;
        if (letter != '-') {
            if (column >= 0) column++;
            return;
        }
        parted = true;
        column = 0;
        for (long parts = name.chars().filter(c -> c == '-').count(); parts > 0 && column >= 0; parts--) {
            int hyphen = before.indexOf('-', column);
            column = hyphen < 0 ? -1 : hyphen + 1;
        }
    }
}
