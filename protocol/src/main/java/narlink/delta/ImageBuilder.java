package narlink.delta;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import narlink.Bytes;
import narlink.nix.NarParser;
import narlink.nix.NarVisitor;

/// Turns a NAR into an [Image]: of a base, with rewrites, or of a new path, with none.
final class ImageBuilder implements NarVisitor {
    /// Is told where files begin in the image.
    @FunctionalInterface
    interface Watcher {
        /// @param place name with those of its directories
        /// @param at where its contents begin
        void file(String place, long at);
    }

    private final Image image;
    private final List<Rewrite> rewrites;
    private final Rewriter contents;
    private final Opener opener;
    private final Watcher watcher;
    private final Deque<String> places = new ArrayDeque<>();
    private final Map<Integer, Recipe> recipes = new TreeMap<>();
    private byte[] collected = new byte[0];
    private int held;
    private boolean collecting;
    private boolean starting;
    private long left;
    private long sizeAt;
    private int files;

    private ImageBuilder(Image image, List<Rewrite> rewrites, Opener opener, Watcher watcher) {
        this.watcher = watcher;
        this.image = image;
        this.rewrites = rewrites;
        this.contents = new Rewriter(rewrites, image::write);
        this.opener = opener;
    }

    /// Appends the image of the NAR that `nar` gives.
    ///
    /// @return the recipes of files that were opened, by their numbers
    static Map<Integer, Recipe> build(
            Image image, List<Rewrite> rewrites, Opener opener, Codec.NarSource nar, long narSize, Watcher watcher)
            throws IOException {
        var builder = new ImageBuilder(image, rewrites, opener, watcher);
        var parser = new NarParser(builder, narSize);
        try {
            nar.writeTo(new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    parser.feed(bytes, offset, length);
                }
            });
            parser.end();
            return builder.recipes;
        } catch (UncheckedIOException e) {
            throw new IOException(String.valueOf(e.getMessage()), e.getCause());
        }
    }

    @Override
    public void directory() {
        put(Image.DIRECTORY);
        places.addLast("");
    }

    @Override
    public void enter(Bytes name) {
        places.removeLast();
        places.addLast(name.utf8());
        put(Image.ENTRY);
        text(name);
    }

    @Override
    public void leave() {
        places.removeLast();
        put(Image.END);
    }

    @Override
    public void symlink(Bytes target) {
        put(Image.SYMLINK);
        text(target);
    }

    @Override
    public void file(boolean executable, long size) {
        put(executable ? Image.EXECUTABLE : Image.FILE);
        sizeAt = image.size();
        watcher.file(String.join("/", places), sizeAt);
        put(Image.number(size, Image.SIZE_BYTES));
        left = size;
        starting = true;
        collecting = false;
        if (size == 0) files++;
    }

    @Override
    public void bytes(byte[] array, int offset, int length) {
        try {
            if (starting) {
                collecting = left <= Opener.MOST && Opener.mayBePacked(array[offset]);
                if (collecting) collected = new byte[(int) left];
                held = 0;
                starting = false;
            }
            if (collecting) System.arraycopy(array, offset, collected, held, length);
            else contents.write(array, offset, length);
            held += length;
            left -= length;
            if (left == 0) endFile();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void endFile() throws IOException {
        if (collecting) {
            byte[] file = collected;
            collected = new byte[0];
            var shown = opener.open(String.join("/", places), file);
            if (shown.isPresent()) recipes.put(files, shown.get().recipe());
            byte[] bytes = shown.map(Opener.Shown::bytes).orElse(file);
            contents.write(bytes, 0, bytes.length);
        }
        contents.end();
        image.patch(sizeAt, image.size() - sizeAt - Image.SIZE_BYTES);
        files++;
    }

    private void text(Bytes text) {
        try {
            byte[] bytes = Rewriter.rewrite(rewrites, text.toArray());
            put(Image.number(bytes.length, Image.LENGTH_BYTES));
            put(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void put(byte... bytes) {
        try {
            image.write(bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
