package narlink.testkit;

import java.util.TreeMap;
import narlink.Bytes;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/// Arbitrary file trees: small, with odd names (any bytes that a name may have), empty files and directories, and
/// symlinks to anywhere.
public final class NarTrees {
    private static final int DEPTH = 4;
    private static final int ENTRIES = 5;
    private static final int CONTENTS = 200;

    private NarTrees() {}

    public static Arbitrary<NarTree> trees() {
        return trees(DEPTH).withoutEdgeCases(); // There are thousands, and they take longer than all else.
    }

    public static Arbitrary<Bytes> names() {
        var plain = Arbitraries.strings().withChars("abAB.-é").ofMinLength(1).ofMaxLength(4);
        var odd = bytes(1, 12).filter(name -> !contains(name, '/') && !contains(name, 0));
        return Arbitraries.frequencyOf(Tuple.of(4, plain.map(Bytes::ofUtf8)), Tuple.of(1, odd))
                .filter(name -> !name.utf8().equals(".") && !name.utf8().equals(".."));
    }

    private static Arbitrary<NarTree> trees(int depth) {
        var leaves = Arbitraries.frequencyOf(Tuple.of(4, files()), Tuple.of(1, symlinks()));
        if (depth == 1) {
            return leaves;
        }
        return Arbitraries.frequencyOf(Tuple.of(2, leaves), Tuple.of(3, directories(depth)));
    }

    private static Arbitrary<NarTree> files() {
        return Combinators.combine(Arbitraries.of(true, false), bytes(0, CONTENTS))
                .as(NarTree.File::new);
    }

    private static Arbitrary<NarTree> symlinks() {
        return bytes(1, 40).filter(target -> !contains(target, 0)).map(NarTree.Symlink::new);
    }

    private static Arbitrary<NarTree> directories(int depth) {
        return Arbitraries.maps(names(), trees(depth - 1))
                .ofMaxSize(ENTRIES)
                .map(entries -> new NarTree.Directory(new TreeMap<>(entries)));
    }

    private static Arbitrary<Bytes> bytes(int min, int max) {
        return Arbitraries.bytes()
                .array(byte[].class)
                .ofMinSize(min)
                .ofMaxSize(max)
                .map(Bytes::of);
    }

    private static boolean contains(Bytes bytes, int wanted) {
        for (int i = 0; i < bytes.size(); i++) {
            if (bytes.at(i) == wanted) {
                return true;
            }
        }
        return false;
    }
}
