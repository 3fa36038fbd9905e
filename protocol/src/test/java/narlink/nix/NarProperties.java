package narlink.nix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import narlink.testkit.NarTree;
import narlink.testkit.NarTrees;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

final class NarProperties {
    @Provide
    Arbitrary<NarTree> trees() {
        return NarTrees.trees();
    }

    private static NarTree parse(byte[] nar, Random cuts) throws NarException {
        var tree = new NarTree.Builder();
        var parser = new NarParser(tree, nar.length);
        for (int at = 0; at < nar.length; ) {
            int piece = Math.min(nar.length - at, 1 + cuts.nextInt(cuts.nextInt(10) == 0 ? 2000 : 20));
            parser.feed(nar, at, piece);
            at += piece;
        }
        parser.end();
        return tree.tree();
    }

    @Property
    void parsingUndoesWritingHoweverItIsCut(@ForAll("trees") NarTree tree, @ForAll long seed) throws NarException {
        assertEquals(tree, parse(tree.nar(), new Random(seed)));
    }

    /// The acceptance of a changed NAR is fine only if the change led to another canonical NAR.
    @Property
    void whatIsAcceptedIsCanonical(@ForAll("trees") NarTree tree, @ForAll long seed) {
        byte[] nar = tree.nar();
        var random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            byte[] once = mutated(nar, random);
            acceptsOnlyCanonical(once, random);
            acceptsOnlyCanonical(mutated(once, random), random);
        }
    }

    private static void acceptsOnlyCanonical(byte[] nar, Random random) {
        try {
            assertArrayEquals(nar, parse(nar, random).nar());
        } catch (NarException refused) {
            return; // Most are.
        }
    }

    private static byte[] mutated(byte[] nar, Random random) {
        if (nar.length < 16) {
            return nar;
        }
        int at = random.nextInt(nar.length);
        int word = random.nextInt(nar.length / 8) * 8;
        int words = Math.min(1 + random.nextInt(12), (nar.length - word) / 8);
        return switch (random.nextInt(5)) {
            case 0 -> {
                byte[] flipped = nar.clone();
                flipped[at] ^= (byte) (1 << random.nextInt(8));
                yield flipped;
            }
            case 1 -> {
                byte[] set = nar.clone();
                set[at] = List.of((byte) 0, (byte) 1, (byte) 8, (byte) '/', (byte) '.', (byte) 255)
                        .get(random.nextInt(6));
                yield set;
            }
            case 2 -> spliced(nar, word, word + 8 * words, new byte[0]); // Some tokens left out …
            case 3 -> spliced(nar, word, word, Arrays.copyOfRange(nar, word, word + 8 * words)); // … doubled
            default -> spliced(nar, at, nar.length, new byte[0]);
        };
    }

    private static byte[] spliced(byte[] nar, int from, int to, byte[] in) {
        byte[] result = new byte[nar.length - (to - from) + in.length];
        System.arraycopy(nar, 0, result, 0, from);
        System.arraycopy(in, 0, result, from, in.length);
        System.arraycopy(nar, to, result, from + in.length, nar.length - to);
        return result;
    }

    @Property
    void anyBytesAreReadOrRefused(@ForAll @Size(max = 400) byte[] bytes, @ForAll long announced) {
        var parser = new NarParser(NarVisitor.NONE, announced & Long.MAX_VALUE);
        try {
            parser.feed(bytes, 0, bytes.length);
            parser.end();
        } catch (NarException refused) {
            return;
        }
        throw new AssertionError("400 bytes by chance are a NAR?");
    }
}
