package narlink.nix;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedMap;
import java.util.TreeMap;
import narlink.Bytes;

/// Writes a NAR from the calls that a [NarVisitor] would receive. Calls that lead to no canonical NAR (entries out
/// of order, a file with too few bytes, …) are bugs and answered by unchecked exceptions.
public final class NarWriter implements Closeable {
    private static final int PIECE = 64 * 1024;

    private final OutputStream out;
    private final Deque<Bytes> lastNames = new ArrayDeque<>(); // One for each open directory.
    private boolean nodeDue = true;
    private boolean inFile;
    private long left; // Of the contents of the open file.
    private int padding;

    public NarWriter(OutputStream out) throws IOException {
        this.out = out;
        tokens("nix-archive-1");
    }

    /// Writes what lies at `file`: a file, a symlink, or a directory with all that is in it. For trees whose names
    /// Java can hold under the present locale.
    public static void dump(Path file, OutputStream out) throws IOException {
        var writer = new NarWriter(out);
        writer.node(file);
        writer.close();
    }

    public void directory() throws IOException {
        open();
        tokens("directory");
        lastNames.push(Bytes.EMPTY);
    }

    public void enter(Bytes name) throws IOException {
        endFile();
        if (nodeDue || lastNames.isEmpty() || !NarParser.isName(name)) {
            throw new IllegalStateException("no entry \"" + name.utf8() + "\" can stand here");
        }
        if (name.compareTo(lastNames.pop()) <= 0) {
            throw new IllegalStateException("entry \"" + name.utf8() + "\" is out of order");
        }
        lastNames.push(name);
        tokens("entry", "(", "name");
        token(name.toArray());
        tokens("node");
        nodeDue = true;
    }

    public void leave() throws IOException {
        endFile();
        if (nodeDue || lastNames.isEmpty()) {
            throw new IllegalStateException("no directory can end here");
        }
        lastNames.pop();
        endNode();
    }

    public void file(boolean executable, long size) throws IOException {
        if (size < 0) {
            throw new IllegalArgumentException("negative file size " + size);
        }
        open();
        tokens("regular");
        if (executable) {
            tokens("executable", "");
        }
        tokens("contents");
        length(size);
        left = size;
        padding = (int) (-size & 7);
        inFile = true;
    }

    public void bytes(byte[] array, int offset, int length) throws IOException {
        if (length > left) {
            throw new IllegalStateException(length + " bytes for a file that lacks " + left);
        }
        out.write(array, offset, length);
        left -= length;
    }

    public void symlink(Bytes target) throws IOException {
        if (target.isEmpty() || target.size() > NarParser.MAX_TARGET || NarParser.contains(target, '\0')) {
            throw new IllegalArgumentException("no target of a symlink: \"" + target.utf8() + '"');
        }
        open();
        tokens("symlink", "target");
        token(target.toArray());
        endNode();
    }

    /// Ends the NAR; the stream stays open and is the caller's.
    @Override
    public void close() throws IOException {
        endFile();
        if (nodeDue || !lastNames.isEmpty()) {
            throw new IllegalStateException("the tree is not complete");
        }
        out.flush();
    }

    private void open() throws IOException {
        if (!nodeDue || lastNames.size() >= NarParser.MAX_DEPTH) {
            throw new IllegalStateException("no node can stand here, " + lastNames.size() + " directories deep");
        }
        nodeDue = false;
        tokens("(", "type");
    }

    private void endFile() throws IOException {
        if (left > 0) {
            throw new IllegalStateException("the open file lacks " + left + " bytes");
        }
        if (inFile) {
            inFile = false;
            out.write(new byte[padding]);
            endNode();
        }
    }

    private void endNode() throws IOException {
        tokens(")");
        if (!lastNames.isEmpty()) {
            tokens(")");
        }
    }

    private void tokens(String... tags) throws IOException {
        for (var tag : tags) {
            token(tag.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private void token(byte[] bytes) throws IOException {
        length(bytes.length);
        out.write(bytes);
        out.write(new byte[-bytes.length & 7]);
    }

    private void length(long length) throws IOException {
        out.write(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .array());
    }

    private void node(Path file) throws IOException {
        if (lastNames.size() >= NarParser.MAX_DEPTH) {
            throw new IOException(file + " lies deeper than a NAR may be");
        }
        var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isSymbolicLink()) {
            symlink(name(Files.readSymbolicLink(file)));
        } else if (attributes.isDirectory()) {
            directory(file);
        } else if (attributes.isRegularFile()) {
            contents(file);
        } else {
            throw new IOException(file + " is no file, symlink or directory, so no store can hold it");
        }
    }

    private void directory(Path directory) throws IOException {
        directory();
        for (var entry : entries(directory).entrySet()) {
            enter(entry.getKey());
            node(entry.getValue());
        }
        leave();
    }

    private static SortedMap<Bytes, Path> entries(Path directory) throws IOException {
        var sorted = new TreeMap<Bytes, Path>();
        try (var stream = Files.newDirectoryStream(directory)) {
            for (var entry : stream) {
                sorted.put(name(entry.getName(entry.getNameCount() - 1)), entry);
            }
        }
        return sorted;
    }

    private void contents(Path file) throws IOException {
        boolean executable = Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE);
        var piece = new byte[PIECE];
        try (var in = Files.newInputStream(file)) {
            long size = Files.size(file);
            file(executable, size);
            while (left > 0) {
                int read = in.read(piece, 0, (int) Math.min(piece.length, left));
                if (read < 0) {
                    throw new IOException(file + " became shorter while it was read");
                }
                bytes(piece, 0, read);
            }
        }
        endFile();
    }

    /// A name's bytes. Java decodes names by the locale; where that lost something they can't be had any more.
    private static Bytes name(Path path) throws IOException {
        var text = path.toString();
        if (text.indexOf('\ufffd') >= 0 && !path.getFileSystem().getPath(text).equals(path)) {
            throw new IOException("Java can't read the name " + text + " under this locale; try LC_ALL=C.UTF-8");
        }
        return Bytes.of(text.getBytes(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"))));
    }
}
