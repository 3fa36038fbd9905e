package narlink.delta.mixing;

import java.io.IOException;

/// Codes bytes of a new image that are nearly those of the base (§11.35 to §11.37): of each first whether it is the
/// base's, and if not, which. The base is known around the place, also ahead of it.
public final class DifferenceModel {
    /// So many bytes must be known around those that are coded: of the base on both sides, of the image before.
    public static final int MARGIN = 64;

    private static final int HISTORY = 1 << 22;
    private static final int ECHO_BITS = 20;
    private static final int FLAG_CONTEXTS = 15;
    private static final int VALUE_CONTEXTS = 24;
    private static final int MAX_RUN = (1 << 16) - 1;
    private static final int MIX = 0x2545F491;

    private final Predictor flags;
    private final Predictor values;
    private final byte[] olds = new byte[HISTORY];
    private final byte[] news = new byte[HISTORY];
    private int now = 1; // Place in the history; 0 is none.
    private final Echo differences = new Echo(ECHO_BITS); // What followed these differences.
    private final Echo surroundings = new Echo(ECHO_BITS); // What followed where the base had these bytes.

    private long changes; // Of the last 64 bytes, which were not the base's.
    private int run; // Bytes since the last that was not.
    private int runBefore;
    private int recent; // The last four differences that were not 0.

    // Of the byte that is coded.
    private int old;
    private int alignment;
    private int byDifferences; // -1 if nothing is foretold, in these three
    private int bySurroundings;
    private final int[] byField = new int[2];
    private int fieldPlace;
    private final int[] byWord = new int[4]; // As the words 4, 8 bytes, the double words 8, 24 bytes before changed.

    /// @param slots of the table for contexts, a power of two
    public DifferenceModel(BinaryCoder coder, int slots) {
        var table = new int[slots];
        flags = new Predictor(coder, table, FLAG_CONTEXTS, 14, new int[] {1024, 1024}, 32, 256, 64);
        values = new Predictor(coder, table, VALUE_CONTEXTS, 12, new int[] {28 << 8, 9 << 8}, 57, 256, 28 * 24, 128);
    }

    /// The field in which addresses are foretold; to be kept while a path is coded.
    public static final class Foresight {
        private final AddressMap map;
        private final AddressField field;

        public Foresight(AddressMap map) {
            this.map = map;
            this.field = new AddressField(map);
        }
    }

    /// Codes `length` bytes.
    ///
    /// @param base has them from `baseAt` on
    /// @param image gets them from `imageAt` on; an encoder must find them there
    /// @param position in the base's image
    /// @param place in the new image
    public void code(
            byte[] base,
            int baseAt,
            byte[] image,
            int imageAt,
            int length,
            long position,
            long place,
            Foresight foresight)
            throws IOException {
        foresight.map.at(position, place);
        foresight.field.at(position, place);
        long start = foresight.map.old().start();
        for (int i = 0; i < length; i++) {
            byte coded = code(base, baseAt + i, image, imageAt + i, position + i, place + i, start, foresight.field);
            image[imageAt + i] = coded;
            foresight.field.next(coded & 0xff);
            learn(base, baseAt + i, coded);
        }
    }

    private byte code(
            byte[] base, int i, byte[] image, int j, long position, long place, long start, AddressField field)
            throws IOException {
        if (!field.isOpen()) field.look(base, i, position, place);
        old = base[i] & 0xff;
        alignment = (int) (position - start) & 7;
        foretell(base, i, image, j, field);
        int flag = flag(base, i, field, image[j] == base[i] ? 0 : 1);
        if (flag == 0) return base[i];
        if (!field.isOpen()) {
            field.guess(base, i, position, place);
            foretell(field);
        }
        return value(base, i, image, j, field);
    }

    private void foretell(byte[] base, int i, byte[] image, int j, AddressField field) {
        int within = alignment & 3;
        int word = Elf.number(base, i - within, 4);
        for (int k = 0; k < 2; k++) {
            int back = within + 4 * (k + 1);
            int moved = word + Elf.number(image, j - back, 4) - Elf.number(base, i - back, 4);
            byWord[k] = moved >>> 8 * within & 0xff;
        }
        long wide = Elf.wide(base, i - alignment);
        for (int k = 0; k < 2; k++) {
            int back = alignment + 8 + 16 * k;
            long moved = wide + Elf.wide(image, j - back) - Elf.wide(base, i - back);
            byWord[2 + k] = (int) (moved >>> 8 * alignment) & 0xff;
        }
        int like = differences.at();
        byDifferences = like == 0 ? -1 : news[like] - olds[like] + old & 0xff;
        like = surroundings.at();
        bySurroundings = like == 0 ? -1 : news[like] & 0xff;
        foretell(field);
    }

    private void foretell(AddressField field) {
        byField[0] = field.foretold(AddressField.BY_MAP);
        byField[1] = field.foretold(AddressField.BY_LEARNING);
        fieldPlace = field.place();
    }

    /// 0: nothing is foretold; 1: the base's byte; 2: another.
    private int verdict(int foretold) {
        return foretold < 0 ? 0 : foretold == old ? 1 : 2;
    }

    /// Long runs stand together with others of about their length.
    private static int log(int run) {
        return run < 16 ? run : 44 - Integer.numberOfLeadingZeros(run);
    }

    private int changed(int back) {
        return (int) (changes >>> back - 1) & 1;
    }

    private int flag(byte[] base, int i, AddressField field, int flag) throws IOException {
        int h = (int) changes;
        int o1 = base[i - 1] & 0xff;
        int o2 = base[i - 2] & 0xff;
        int verdicts = verdict(byField[0]) * 3 + verdict(byField[1]);
        int address = 0;
        if (field.isOpen()) {
            int learned = field.wasLearned() ? 1 : 0;
            address = ((fieldPlace * 9 + verdicts) * 2 + learned) * 8 + (field.history(AddressField.BY_MAP) & 7);
        }
        int words = 0;
        for (int k = 0; k < 4; k++) words |= byWord[k] == old ? 1 << k : 0;
        int echoes = verdict(byDifferences) * 3 + verdict(bySurroundings);
        int lengths = Math.min(differences.length(), 15) << 4 | Math.min(surroundings.length(), 15);
        int runLog = log(run);
        var f = flags;
        f.context(0, runLog + (address << 6));
        f.context(1, (h & 0xffff) << 3 | alignment);
        f.context(2, old | o1 << 8 | o2 << 16 | (h & 3) << 24);
        f.context(3, old | o1 << 8 | (base[i + 1] & 0xff) << 16 | (h & 1) << 24);
        f.context(4, address << 9 | o1 << 1 | h & 1);
        f.context(5, words | alignment << 4 | changed(8) << 7 | changed(24) << 8 | changed(16) << 9 | (h & 3) << 10);
        f.context(6, echoes | lengths << 4 | (h & 1) << 12);
        f.context(7, Elf.number(base, i - 3, 4) * MIX ^ Elf.number(base, i + 1, 3));
        f.context(8, (h & 0xff) << 8 | old);
        f.context(
                9,
                changed(4)
                        | changed(8) << 1
                        | changed(12) << 2
                        | changed(16) << 3
                        | changed(24) << 4
                        | changed(32) << 5
                        | changed(48) << 6
                        | alignment << 7);
        f.context(10, Math.min(run, 255) | Math.min(runBefore, 255) << 8);
        f.context(11, Elf.number(base, i - 4, 4) << 1 | h & 1);
        f.context(12, address << 4 | words);
        f.context(
                13,
                Elf.number(base, i - alignment, 4) * MIX + (Elf.number(base, i - alignment + 4, 4) << 3 | alignment));
        f.context(14, runLog << 16 | o1 << 8 | old);
        f.choose(0, field.isOpen() ? 64 + field.kind() * 9 + verdicts : runLog);
        f.choose(1, echoes + 9 * Math.min(h & 7, 6));
        f.chooseFinal(alignment << 2 | h & 3);
        return f.code(flag, 1, field.isOpen() ? 512 | address & 511 : 0, runLog << 5 | (h & 1) << 4 | words);
    }

    private byte value(byte[] base, int i, byte[] image, int j, AddressField field) throws IOException {
        int mapped = other(byField[0]);
        int learned = other(byField[1]);
        int mapHistory = field.history(AddressField.BY_MAP);
        int learnHistory = field.history(AddressField.BY_LEARNING);
        int likeDifferences = other(byDifferences);
        int likeSurroundings = other(bySurroundings);
        int differencesLength = Math.min(differences.length(), 15);
        int surroundingsLength = Math.min(surroundings.length(), 15);
        int best; // The byte that is most likely, and who says so.
        int who;
        if (learned >= 0) {
            best = learned;
            who = 1 + (learnHistory & 7);
        } else if (mapped >= 0) {
            best = mapped;
            who = 9 + (mapHistory & 7);
        } else if (likeSurroundings >= 0) {
            best = likeSurroundings;
            who = 17 + Math.min(surroundingsLength, 3);
        } else if (likeDifferences >= 0) {
            best = likeDifferences;
            who = 21 + Math.min(differencesLength, 3);
        } else {
            best = byWord[2] != old ? byWord[2] : byWord[0];
            who = byWord[2] != old ? 25 : byWord[0] != old ? 26 : 27;
        }
        int o1 = base[i - 1] & 0xff;
        int o2 = base[i - 2] & 0xff;
        int p1 = base[i + 1] & 0xff;
        int newer = Elf.number(image, j - 4, 4); // The last four bytes; the highest is the last.
        int d1 = image[j - 1] - base[i - 1] & 0xff;
        int d2 = image[j - 2] - base[i - 2] & 0xff;
        int d3 = image[j - 3] - base[i - 3] & 0xff;
        int d4 = image[j - 4] - base[i - 4] & 0xff;
        int d8 = image[j - 8] - base[i - 8] & 0xff;
        int d24 = image[j - 24] - base[i - 24] & 0xff;
        int within = alignment & 3;
        int word = Elf.number(base, i - within, 4);
        int[] w = byWord;
        var v = values;
        int h = (int) changes;
        int byteSoFar = 1;
        for (int half = 0; half < 2; half++) {
            int group = half == 0 ? 0 : byteSoFar * 0x3D4D51CB;
            v.context(0, group + (old << 3 | alignment));
            v.context(1, group + (old | p1 << 8 | d1 << 16));
            v.context(2, group + (d1 | d2 << 8 | d3 << 16 | old << 24));
            v.context(3, group + (d1 | d2 << 8 | d3 << 16 | d4 << 24));
            v.context(4, group + (newer >>> 16 | old << 16));
            v.context(5, group + newer);
            v.context(6, group + (word << 2) + within);
            v.context(7, group + Elf.number(base, i, 4) * MIX + d1);
            v.context(8, group + (d8 | d4 << 8 | old << 16 | alignment << 24));
            v.context(9, group + (d24 | d1 << 8 | old << 16));
            v.context(10, group + (o2 | o1 << 8 | old << 16) * MIX + (d1 | d2 << 8));
            v.context(11, group + (byDifferences | differencesLength << 9));
            v.context(12, group + (bySurroundings | surroundingsLength << 9));
            v.context(13, group + (mapped | fieldPlace << 9 | (mapHistory & 15) << 20));
            v.context(14, group + (learned | fieldPlace << 9 | (learnHistory & 15) << 20));
            v.context(15, group + learned * MIX + (mapped | old << 16));
            v.context(16, group + (w[2] | w[3] << 8 | alignment << 16));
            v.context(17, group + (w[3] | old << 8));
            v.context(18, group + (w[0] | w[1] << 8 | within << 16));
            v.context(19, group + (w[1] | old << 8 | (mapped & 0xff) << 16));
            v.context(20, group + (recent & 0xffff | old << 16 | (h & 1) << 24));
            v.context(21, group + (recent & 0xffffff));
            v.context(22, group + (best | who << 8));
            v.context(23, group + (old | o1 << 8 | p1 << 16 | base[i + 2] << 24));
            int node = 1;
            for (int bit = 4 * half; bit < 4 * half + 4; bit++) {
                boolean isOn = best + 256 >>> 8 - bit == byteSoFar; // As foretold so far.
                int next = isOn ? best >>> 7 - bit & 1 : 0;
                v.choose(0, byteSoFar);
                v.choose(1, (isOn ? 1 + next : 0) + 3 * (who + 28 * bit));
                v.choose(2, fieldPlace >> 1);
                v.chooseFinal(isOn ? 2 * who + next : 56);
                int coded = v.code(
                        image[j] >>> 7 - bit & 1,
                        node,
                        (isOn ? who : 0) << 8 | byteSoFar,
                        isOn ? best << 3 | bit : 8 << 8 | byteSoFar);
                node = node << 1 | coded;
                byteSoFar = byteSoFar << 1 | coded;
            }
        }
        return (byte) byteSoFar;
    }

    /// -1 for the base's byte, which it is not.
    private int other(int foretold) {
        return foretold == old ? -1 : foretold;
    }

    private void learn(byte[] base, int i, byte coded) {
        int difference = coded - base[i] & 0xff;
        int like = differences.at();
        if (like != 0) {
            boolean held = (news[like] - olds[like] & 0xff) == difference;
            differences.go(held ? differences.length() + 1 : 0, HISTORY - 1);
        }
        like = surroundings.at();
        if (like != 0) {
            boolean goesOn = olds[like] == base[i];
            surroundings.go(!goesOn ? 0 : news[like] == coded ? surroundings.length() + 1 : 1, HISTORY - 1);
        }
        olds[now] = base[i];
        news[now] = coded;
        now = now + 1 & HISTORY - 1;
        changes = changes << 1 | (difference != 0 ? 1 : 0);
        if (difference != 0) {
            runBefore = run;
            run = 0;
            recent = recent << 8 | difference;
        } else run = Math.min(run + 1, MAX_RUN);
        if (run < 16) differences.meet((recent * MIX + run) * 0x9E3779B1 + (int) (changes & 0xff) * 0x85EBCA6B, now);
        surroundings.meet(
                Elf.number(base, i - 3, 4) * 0x9E3779B1
                        + Elf.number(base, i + 1, 4) * 0x85EBCA6B
                        + Elf.number(base, i - 7, 4) * MIX,
                now);
    }
}
