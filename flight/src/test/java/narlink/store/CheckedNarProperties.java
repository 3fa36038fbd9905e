package narlink.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import narlink.nix.NarException;
import narlink.nix.NarVisitor;
import narlink.testkit.NarTree;
import narlink.testkit.NarTrees;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class CheckedNarProperties {
    @Provide
    Arbitrary<NarTree> trees() {
        return NarTrees.trees();
    }

    private static byte[] copied(Sample sample, byte[] sent, ByteArrayOutputStream out) throws IOException {
        new CheckedNar(sample.info(), new ByteArrayInputStream(sent), NarVisitor.NONE).copyTo(out::write);
        return out.toByteArray();
    }

    @Property
    void whatIsRightComesThroughUnchanged(@ForAll("trees") NarTree tree) throws IOException {
        var sample = Sample.of("any", tree.nar());
        assertArrayEquals(tree.nar(), copied(sample, tree.nar(), new ByteArrayOutputStream()));
    }

    /// Nix makes a path valid as soon as it has its NAR's last byte.
    @Property
    void theEndOfWhatIsWrongIsNeverHandedOn(@ForAll("trees") NarTree tree, @ForAll long seed) throws IOException {
        byte[] nar = tree.nar();
        var random = new Random(seed);
        byte[] sent = Arrays.copyOf(nar, random.nextInt(2) == 0 ? nar.length : random.nextInt(nar.length + 20));
        if (sent.length > 0) {
            sent[random.nextInt(sent.length)] ^= (byte) (1 << random.nextInt(8));
        }
        var out = new ByteArrayOutputStream();
        try {
            copied(Sample.of("any", nar), sent, out);
            assertEquals(0, Arrays.compare(nar, sent));
        } catch (NarException refused) {
            assertTrue(out.size() <= nar.length - 8, "handed on " + out.size() + " of " + nar.length);
        }
    }
}
