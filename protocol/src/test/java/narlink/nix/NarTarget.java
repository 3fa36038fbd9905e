package narlink.nix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import narlink.testkit.NarTree;
import narlink.testkit.Vectors;
import narlink.testkit.fuzz.FuzzTarget;

/// The strict reader of NARs (§11.28): what it takes is what the tree is written as, however it is cut.
final class NarTarget implements FuzzTarget {
    @Override
    public void accept(byte[] input) {
        var tree = parsed(input, Math.max(1, input.length));
        assertEquals(tree, parsed(input, 1 + input.length % 11));
        tree.ifPresent(accepted -> assertArrayEquals(input, accepted.nar()));
    }

    private static Optional<NarTree> parsed(byte[] nar, int pieces) {
        var tree = new NarTree.Builder();
        try {
            var parser = new NarParser(tree, nar.length);
            for (int at = 0; at < nar.length; at += pieces) parser.feed(nar, at, Math.min(pieces, nar.length - at));
            parser.end();
        } catch (NarException e) {
            return Optional.empty();
        }
        return Optional.of(tree.tree());
    }

    @Override
    public List<byte[]> seeds() {
        return Stream.of("chain", "empty-dir", "empty-exec", "empty-file", "file-7", "file-8", "file-9-exec", "symlink")
                .map(name -> Vectors.nix().bytes("nar/" + name + ".nar"))
                .toList();
    }

    @Override
    public int executions() {
        return 60_000;
    }

    @Override
    public int longest() {
        return 4096;
    }
}
