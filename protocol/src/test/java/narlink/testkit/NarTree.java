package narlink.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import narlink.Bytes;
import narlink.nix.NarVisitor;
import narlink.nix.NarWriter;

/// A file tree in memory, as a NAR holds it.
public sealed interface NarTree {
    record File(boolean executable, Bytes contents) implements NarTree {}

    record Symlink(Bytes target) implements NarTree {}

    record Directory(SortedMap<Bytes, NarTree> entries) implements NarTree {
        public Directory {
            entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
        }
    }

    static NarTree file(String contents) {
        return new File(false, Bytes.ofUtf8(contents));
    }

    static NarTree directory(Map<String, NarTree> entries) {
        var named = new TreeMap<Bytes, NarTree>();
        entries.forEach((name, tree) -> named.put(Bytes.ofUtf8(name), tree));
        return new Directory(named);
    }

    default byte[] nar() {
        var out = new ByteArrayOutputStream();
        try (var writer = new NarWriter(out)) {
            write(writer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    default void write(NarWriter writer) throws IOException {
        switch (this) {
            case File file -> {
                writer.file(file.executable(), file.contents().size());
                writer.bytes(file.contents().toArray(), 0, file.contents().size());
            }
            case Symlink symlink -> writer.symlink(symlink.target());
            case Directory directory -> {
                writer.directory();
                for (var entry : directory.entries().entrySet()) {
                    writer.enter(entry.getKey());
                    entry.getValue().write(writer);
                }
                writer.leave();
            }
        }
    }

    /// Puts together the tree that a parser tells of.
    final class Builder implements NarVisitor {
        private static final class Open {
            private final SortedMap<Bytes, NarTree> entries = new TreeMap<>();
            private Bytes name = Bytes.EMPTY;
        }

        private final Deque<Open> open = new ArrayDeque<>();
        private final ByteArrayOutputStream contents = new ByteArrayOutputStream();
        private Optional<NarTree> root = Optional.empty();
        private boolean executable;
        private long left;

        public NarTree tree() {
            return root.orElseThrow();
        }

        @Override
        public void directory() {
            open.push(new Open());
        }

        @Override
        public void enter(Bytes name) {
            open.element().name = name;
        }

        @Override
        public void leave() {
            put(new Directory(open.pop().entries));
        }

        @Override
        public void file(boolean executable, long size) {
            this.executable = executable;
            left = size;
            contents.reset();
            fileEnd();
        }

        @Override
        public void bytes(byte[] array, int offset, int length) {
            contents.write(array, offset, length);
            left -= length;
            fileEnd();
        }

        private void fileEnd() {
            if (left == 0) {
                put(new File(executable, Bytes.of(contents.toByteArray())));
            }
        }

        @Override
        public void symlink(Bytes target) {
            put(new Symlink(target));
        }

        private void put(NarTree tree) {
            var directory = open.peek();
            if (directory == null) {
                root = Optional.of(tree);
            } else {
                directory.entries.put(directory.name, tree);
            }
        }
    }
}
