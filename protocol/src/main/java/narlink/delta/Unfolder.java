package narlink.delta;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import narlink.Bytes;
import narlink.nix.NarParser;
import narlink.nix.NarWriter;

/// Turns the bytes of an [Image] into the NAR that it shows, packing again what was opened.
final class Unfolder {
    private static final int MAX_TEXT = NarParser.MAX_TARGET;

    private final NarWriter nar;
    private final Map<Integer, Recipe> recipes;
    private final byte[] token = new byte[1 + Image.LENGTH_BYTES + MAX_TEXT];
    private byte[] opened = new byte[0];
    private int openedLength;
    private boolean opening;
    private int held;
    private int due = 1;
    private long left;
    private int files;

    /// @param recipes by the number of the file
    Unfolder(OutputStream nar, Map<Integer, Recipe> recipes) throws IOException {
        this.nar = new NarWriter(nar);
        this.recipes = recipes;
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            for (int at = 0; at < length; ) {
                if (left > 0) {
                    int taken = (int) Math.min(left, length - at);
                    contents(bytes, offset + at, taken);
                    at += taken;
                } else {
                    token[held++] = bytes[offset + at++];
                    if (held == due) token();
                }
            }
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new CorruptPackException("an image of no tree: " + e.getMessage(), e);
        }
    }

    /// No more bytes come.
    void end() throws IOException {
        try {
            if (left > 0 || held > 0) throw new CorruptPackException("an image ends in the middle");
            nar.close();
        } catch (IllegalStateException e) {
            throw new CorruptPackException("an image of no tree: " + e.getMessage(), e);
        }
        if (recipes.keySet().stream().anyMatch(file -> file >= files)) {
            throw new CorruptPackException("a recipe for a file that is not there");
        }
    }

    private void token() throws IOException {
        switch (token[0]) {
            case Image.DIRECTORY -> {
                nar.directory();
                done();
            }
            case Image.END -> {
                nar.leave();
                done();
            }
            case Image.ENTRY, Image.SYMLINK -> text();
            case Image.FILE, Image.EXECUTABLE -> {
                if (held < 1 + Image.SIZE_BYTES) due = 1 + Image.SIZE_BYTES;
                else file();
            }
            default -> throw new CorruptPackException("an image with a node of kind " + token[0]);
        }
    }

    private void text() throws IOException {
        int start = 1 + Image.LENGTH_BYTES;
        if (held < start) {
            due = start;
            return;
        }
        int length = (token[1] & 0xff) | (token[2] & 0xff) << 8;
        if (length > MAX_TEXT) throw new CorruptPackException("a name or target of " + length + " bytes");
        if (held < start + length) {
            due = start + length;
            return;
        }
        var text = Bytes.of(token, start, length);
        if (token[0] == Image.ENTRY) nar.enter(text);
        else nar.symlink(text);
        done();
    }

    private void file() throws IOException {
        long size = 0;
        for (int i = Image.SIZE_BYTES; i > 0; i--) size = size << 8 | (token[i] & 0xff);
        if (size < 0) throw new CorruptPackException("a file of " + Long.toUnsignedString(size) + " bytes");
        opening = recipes.containsKey(files);
        if (opening && size > Opener.MOST) {
            throw new CorruptPackException("a file of " + size + " bytes to be packed again");
        }
        if (opening) {
            opened = new byte[(int) size];
            openedLength = 0;
        } else nar.file(token[0] == Image.EXECUTABLE, size);
        left = size;
        if (left == 0) endFile();
        else held = 0;
    }

    private void contents(byte[] bytes, int offset, int length) throws IOException {
        if (opening) {
            System.arraycopy(bytes, offset, opened, openedLength, length);
            openedLength += length;
        } else nar.bytes(bytes, offset, length);
        left -= length;
        if (left == 0) endFile();
    }

    private void endFile() throws IOException {
        var recipe = recipes.get(files++);
        if (recipe != null) {
            var file = new ByteArrayOutputStream(opened.length / 3 + 64);
            Packing.close(recipe, opened, file);
            opened = new byte[0];
            nar.file(token[0] == Image.EXECUTABLE, file.size());
            file.writeTo(new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    nar.bytes(bytes, offset, length);
                }
            });
        }
        done();
    }

    private void done() {
        held = 0;
        due = 1;
    }
}
