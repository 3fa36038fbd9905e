package narlink.nix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import narlink.Bytes;
import narlink.Sha256;
import narlink.testkit.NarTree;
import narlink.testkit.Vectors;
import org.junit.jupiter.api.Test;

final class NarParserTest {
    static NarTree parse(byte[] nar, int piece) throws NarException {
        var tree = new NarTree.Builder();
        var parser = new NarParser(tree, nar.length);
        for (int at = 0; at < nar.length; at += piece) {
            parser.feed(nar, at, Math.min(piece, nar.length - at));
        }
        parser.end();
        return tree.tree();
    }

    @Test
    void readsWhatNixWrites() throws NarException {
        for (var row : Vectors.nix().rows("nar/index.tsv")) {
            byte[] nar = Vectors.nix().bytes("nar/" + row[0] + ".nar");
            assertEquals(row[2], Sha256.of(nar).hex());
            for (int piece : List.of(1, 7, 8, 4096, 1 << 20)) {
                var tree = parse(nar, piece);
                assertArrayEquals(nar, tree.nar(), row[0]);
                if (!row[0].startsWith("limit-")) {
                    assertEquals(
                            Vectors.nix()
                                    .text("nar/" + row[0] + ".tree")
                                    .lines()
                                    .toList(),
                            listing(tree));
                }
            }
        }
    }

    @Test
    void refusesEveryBadVector() {
        for (var row : Vectors.nix().rows("nar-bad/index.tsv")) {
            byte[] nar = Vectors.nix().bytes("nar-bad/" + row[0] + ".nar");
            for (int piece : List.of(1, 5, 8, 1 << 20)) {
                var refused = assertThrows(NarException.class, () -> parse(nar, piece), row[0]);
                assertTrue(refused.offset() <= nar.length);
            }
        }
    }

    @Test
    void anotherSizeThanTheAnnouncedOneIsRefused() throws NarException {
        byte[] nar = Vectors.nix().bytes("nar/app.nar");
        for (int size = 0; size < nar.length; size++) {
            var parser = new NarParser(NarVisitor.NONE, size);
            assertThrows(NarException.class, () -> parser.feed(nar, 0, nar.length), "announced " + size);
        }
        var longer = new NarParser(NarVisitor.NONE, nar.length + 8);
        longer.feed(nar, 0, nar.length);
        assertTrue(longer.isComplete());
        assertThrows(NarException.class, longer::end);
        for (int length = 0; length < nar.length; length++) {
            var parser = new NarParser(NarVisitor.NONE, nar.length);
            parser.feed(nar, 0, length);
            assertFalse(parser.isComplete());
            assertThrows(NarException.class, parser::end, "cut at " + length);
        }
    }

    @Test
    void theDeepestTreeHas64Nodes() throws NarException {
        assertEquals(nested(64), parse(nested(64).nar(), 1000));
        assertThrows(IllegalStateException.class, () -> nested(65).nar());
        assertThrows(NarException.class, () -> parse(Vectors.nix().bytes("nar-bad/depth-70.nar"), 1000));
    }

    private static NarTree nested(int nodes) {
        var tree = NarTree.file("deep");
        for (int i = 1; i < nodes; i++) {
            tree = NarTree.directory(Map.of("d", tree));
        }
        return tree;
    }

    @Test
    void tellsWhereContentsLie() throws NarException {
        byte[] nar = Vectors.nix().bytes("nar/leaf.nar");
        var pieces = new ArrayList<Bytes>();
        var parser = new NarParser[1];
        parser[0] = new NarParser(
                new NarVisitor() {
                    @Override
                    public void file(boolean executable, long size) {
                        int from = (int) parser[0].position();
                        pieces.add(Bytes.of(nar, from, (int) size));
                    }
                },
                nar.length);
        parser[0].feed(nar, 0, nar.length);
        assertTrue(pieces.contains(Bytes.ofUtf8("#!/bin/sh\necho hello\n")));
    }

    private static List<String> listing(NarTree tree) {
        var lines = new ArrayList<String>();
        list(lines, "", tree);
        return lines;
    }

    private static void list(List<String> lines, String path, NarTree tree) {
        var shown = path.isEmpty() ? "." : path;
        switch (tree) {
            case NarTree.File file ->
                lines.add((file.executable() ? "x\t" : "f\t")
                        + shown
                        + '\t'
                        + file.contents().size()
                        + '\t'
                        + hex(file.contents()));
            case NarTree.Symlink link ->
                lines.add("l\t" + shown + '\t' + link.target().size() + '\t' + hex(link.target()));
            case NarTree.Directory directory -> {
                lines.add("d\t" + shown + '\t' + directory.entries().size() + '\t');
                var prefix = path.isEmpty() ? "" : path + '/';
                directory.entries().forEach((name, entry) -> list(lines, prefix + escape(name), entry));
            }
        }
    }

    private static String hex(Bytes bytes) {
        return bytes.size() > 256 ? "sha256:" + Sha256.of(bytes).hex() : bytes.hex();
    }

    private static String escape(Bytes name) {
        var text = new StringBuilder();
        for (byte b : name.toArray()) {
            if (b >= '!' && b <= '~' && b != '%') {
                text.append((char) b);
            } else {
                text.append('%').append(HexFormat.of().toHexDigits(b));
            }
        }
        return text.toString();
    }
}
