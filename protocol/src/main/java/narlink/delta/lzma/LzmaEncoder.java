package narlink.delta.lzma;

import java.io.IOException;
import java.io.OutputStream;

/// Makes LZMA2 chunks of bytes, with the control byte 0 behind the last one.
public final class LzmaEncoder {
    static final int MOST_PACKED = 1 << 16;

    private static final int MOST_RAW = 1 << 21;

    /// So far a choice looks ahead; what it has seen goes into the chunk too where that is not packed.
    private static final int LOOKED = NormalChoice.LOOKED + 1;

    private static final int RAW_FIRST = 1; // Control bytes.
    private static final int RAW = 2;
    private static final int PACKED = 0x80;
    private static final int FRESH_STATE = 1 << 5;
    private static final int FRESH_PROPERTIES = 2 << 5;
    private static final int FRESH_DICTIONARY = 3 << 5;

    private final byte[] data;
    private final int properties;
    private final int dictionary;
    private final Style style;
    private final OutputStream out;
    private final Finder finder;
    private final Range range = new Range();
    private Model model;
    private Choice choice;

    private LzmaEncoder(byte[] data, int properties, int dictionary, Style style, OutputStream out) {
        this.data = data;
        this.properties = properties;
        this.dictionary = dictionary;
        this.style = style;
        this.out = out;
        this.finder = new Finder(data, dictionary, style);
        this.model = new Model(properties, dictionary, style);
        this.choice = choice();
    }

    /// @param properties as LZMA2 tells them: (pb * 5 + lp) * 9 + lc, lc + lp ≤ 4
    /// @param dictionary bytes, 4,096 to 2^30
    public static void encode(byte[] data, int properties, int dictionary, Style style, OutputStream out)
            throws IOException {
        new LzmaEncoder(data, properties, dictionary, style, out).run();
    }

    /// About how many bytes of memory that takes, beside the data.
    public static long memory(int size, int dictionary, Style style) {
        return Finder.memory(size, dictionary, style);
    }

    public static boolean isPossible(int properties, int dictionary) {
        return properties >= 0
                && properties < 225
                && properties % 9 + properties / 9 % 5 <= 4
                && dictionary >= 1 << 12
                && dictionary <= 1 << 30;
    }

    private Choice choice() {
        return style.isNormal()
                ? new NormalChoice(finder, model, style.nice())
                : new FastChoice(finder, model, style.nice());
    }

    private void run() throws IOException {
        int fresh = FRESH_DICTIONARY;
        boolean isTold = false; // What the properties are.
        while (finder.coded() < data.length) {
            int from = finder.coded();
            chunk(from);
            byte[] packed = range.finish();
            if (packed.length < finder.coded() - from) {
                header(PACKED | fresh, finder.coded() - from);
                int16(packed.length);
                if (!isTold) out.write(properties);
                out.write(packed);
                isTold = true;
                fresh = 0;
            } else {
                finder.code(finder.ahead());
                header(fresh == FRESH_DICTIONARY ? RAW_FIRST : RAW, finder.coded() - from);
                out.write(data, from, finder.coded() - from);
                fresh = isTold ? FRESH_STATE : FRESH_PROPERTIES;
                model = new Model(properties, dictionary, style);
                choice = choice();
            }
        }
        out.write(0);
    }

    private void chunk(int from) {
        if (from == 0) {
            finder.skip(1);
            model.literal(range, data, 0);
            finder.code(1);
        }
        while (true) {
            int place = finder.coded();
            if (place >= from + MOST_RAW - Model.LONGEST || range.size() >= MOST_PACKED - LOOKED) return;
            if (finder.isAtEnd() && finder.ahead() == 0) return;
            choice.next(place);
            if (choice.symbol < 0) model.literal(range, data, place);
            else if (choice.symbol < Model.REPEATS) model.repeat(range, place, choice.symbol, choice.length);
            else model.match(range, place, choice.symbol - Model.REPEATS, choice.length);
            finder.code(choice.length);
        }
    }

    private void header(int control, int length) throws IOException {
        boolean isPacked = control >= PACKED;
        out.write(control + (isPacked ? length - 1 >> 16 : 0));
        int16(length);
    }

    /// The low bits of one less.
    private void int16(int number) throws IOException {
        out.write(number - 1 >> 8);
        out.write(number - 1);
    }
}
