package narlink.nix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import narlink.Bytes;

/// Reads a NAR that comes in pieces of any size, and takes nothing but a canonical one: a tree has exactly one NAR,
/// and only that is accepted. Stricter than most versions of Nix, on purpose: what an old Nix accepts and then
/// dumps otherwise would be a damaged path for ever.
///
///     nar       = "nix-archive-1" node
///     node      = "(" "type" ( regular | symlink | directory ) ")"
///     regular   = "regular" [ "executable" "" ] "contents" BYTES
///     symlink   = "symlink" "target" BYTES
///     directory = "directory" { "entry" "(" "name" NAME "node" node ")" }
///
/// Each token is its length (64 bit, little endian), its bytes, and zeros up to a multiple of 8. [Due] is the place
/// in this grammar, [Part] the place in a token. Memory is constant: one token that isn't contents, and one name
/// for each open directory.
public final class NarParser {
    /// Nodes from the root to the deepest, both counted: what the newest Nix takes.
    public static final int MAX_DEPTH = 64;

    public static final int MAX_NAME = 255;
    public static final int MAX_TARGET = 4095;

    /// The longest word of the grammar has 13 bytes.
    private static final int MAX_TAG = 32;

    private enum Due {
        MAGIC,
        NODE,
        TYPE,
        KIND,
        FILE,
        EXECUTABLE,
        CONTENTS_TAG,
        CONTENTS,
        TARGET_TAG,
        TARGET,
        NODE_END,
        ENTRY_OR_END,
        ENTRY,
        NAME_TAG,
        NAME,
        NODE_TAG,
        ENTRY_END,
        NOTHING
    }

    private enum Part {
        LENGTH,
        TOKEN,
        CONTENTS,
        PADDING
    }

    private final NarVisitor visitor;
    private final long narSize;

    private final Deque<Bytes> lastNames = new ArrayDeque<>(); // One for each open directory.
    private final byte[] token = new byte[MAX_TARGET];
    private Due due = Due.MAGIC;
    private Part part = Part.LENGTH;
    private boolean executable;
    private boolean failed;
    private long position;
    private long length; // Of the token that is being read; while PADDING comes, what is left of that.
    private int held; // Bytes of the length or token that are here.

    /// @param narSize the announced size; a NAR that is longer or shorter is refused
    public NarParser(NarVisitor visitor, long narSize) {
        if (narSize < 0) {
            throw new IllegalArgumentException("negative NAR size " + narSize);
        }
        this.visitor = visitor;
        this.narSize = narSize;
    }

    /// How many bytes were read. In [NarVisitor#file] and [NarVisitor#bytes]: where in the NAR that piece begins.
    public long position() {
        return position;
    }

    /// Whether the root node is closed; nothing may follow.
    public boolean isComplete() {
        return due == Due.NOTHING && part == Part.LENGTH;
    }

    /// Reads the next piece. After an exception the parser is of no more use.
    public void feed(byte[] b, int off, int len) throws NarException {
        Objects.checkFromIndexSize(off, len, b.length);
        if (failed) {
            throw new IllegalStateException("this NAR was refused already");
        }
        failed = true; // Until all went well.
        int at = off;
        while (at < off + len) {
            int there = off + len - at;
            at += switch (part) {
                case LENGTH -> length(b[at]);
                case TOKEN -> token(b, at, there);
                case CONTENTS -> contents(b, at, there);
                case PADDING -> padding(b[at]);
            };
        }
        failed = false;
    }

    /// Says that no more bytes will come.
    public void end() throws NarException {
        if (!isComplete()) {
            throw bad("it ends in the middle");
        }
        if (position != narSize) {
            throw bad("it ends here, but " + narSize + " bytes were announced");
        }
    }

    private int length(byte b) throws NarException {
        if (due == Due.NOTHING) {
            throw bad("bytes behind the end");
        }
        if (held == 0) {
            length = 0;
        }
        length |= (b & 0xffL) << (8 * held);
        position++;
        if (++held == 8) {
            held = 0;
            lengthRead();
        }
        return 1;
    }

    private void lengthRead() throws NarException {
        long limit = switch (due) {
            case CONTENTS -> Long.MAX_VALUE;
            case NAME -> MAX_NAME;
            case TARGET -> MAX_TARGET;
            default -> MAX_TAG;
        };
        long rest = narSize - position;
        if (length < 0 || length > limit || length > rest || length + pad(length) > rest) {
            throw bad("a length of " + Long.toUnsignedString(length) + " where at most " + Math.min(limit, rest)
                    + " bytes can follow");
        }
        if (due == Due.CONTENTS) {
            visitor.file(executable, length);
            part = Part.CONTENTS;
            if (length == 0) {
                contentsRead(0);
            }
        } else {
            part = Part.TOKEN;
            if (length == 0) {
                tokenRead();
            }
        }
    }

    private int token(byte[] b, int at, int there) throws NarException {
        int taken = (int) Math.min(length - held, there);
        System.arraycopy(b, at, token, held, taken);
        held += taken;
        position += taken;
        if (held == length) {
            tokenRead();
        }
        return taken;
    }

    private int contents(byte[] b, int at, int there) {
        int taken = (int) Math.min(length, there);
        visitor.bytes(b, at, taken);
        position += taken;
        length -= taken;
        if (length == 0) {
            contentsRead(pad(position));
        }
        return taken;
    }

    /// Contents begin at a multiple of 8, so their padding shows in the position.
    private void contentsRead(int padding) {
        due = Due.NODE_END;
        length = padding;
        part = padding == 0 ? Part.LENGTH : Part.PADDING;
    }

    private int padding(byte b) throws NarException {
        if (b != 0) {
            throw bad("padding that isn't zero");
        }
        position++;
        if (--length == 0) {
            part = Part.LENGTH;
        }
        return 1;
    }

    private void tokenRead() throws NarException {
        int size = held;
        held = 0;
        due = next(size);
        length = pad(size);
        part = length == 0 ? Part.LENGTH : Part.PADDING;
    }

    private static int pad(long size) {
        return (int) (-size & 7);
    }

    private Due next(int size) throws NarException {
        return switch (due) {
            case MAGIC -> expect("nix-archive-1", size, Due.NODE);
            case NODE -> {
                if (lastNames.size() >= MAX_DEPTH) {
                    throw bad("deeper than " + MAX_DEPTH + " nodes");
                }
                yield expect("(", size, Due.TYPE);
            }
            case TYPE -> expect("type", size, Due.KIND);
            case KIND -> kind(size);
            case FILE -> {
                executable = is("executable", size);
                yield executable ? Due.EXECUTABLE : expect("contents", size, Due.CONTENTS);
            }
            case EXECUTABLE -> expect("", size, Due.CONTENTS_TAG);
            case CONTENTS_TAG -> expect("contents", size, Due.CONTENTS);
            case TARGET_TAG -> expect("target", size, Due.TARGET);
            case TARGET -> target(size);
            case NODE_END -> expect(")", size, afterNode());
            case ENTRY_OR_END -> entryOrEnd(size);
            case ENTRY -> expect("(", size, Due.NAME_TAG);
            case NAME_TAG -> expect("name", size, Due.NAME);
            case NAME -> name(size);
            case NODE_TAG -> expect("node", size, Due.NODE);
            case ENTRY_END -> expect(")", size, Due.ENTRY_OR_END);
            case CONTENTS, NOTHING -> throw new IllegalStateException("no token is read for " + due);
        };
    }

    private Due afterNode() {
        return lastNames.isEmpty() ? Due.NOTHING : Due.ENTRY_END;
    }

    private Due kind(int size) throws NarException {
        if (is("regular", size)) {
            return Due.FILE;
        } else if (is("directory", size)) {
            visitor.directory();
            lastNames.push(Bytes.EMPTY);
            return Due.ENTRY_OR_END;
        }
        return expect("symlink", size, Due.TARGET_TAG);
    }

    private Due target(int size) throws NarException {
        var target = Bytes.of(token, 0, size);
        if (size == 0 || contains(target, '\0')) {
            throw bad("a symlink's target that is empty or has a NUL");
        }
        visitor.symlink(target);
        return Due.NODE_END;
    }

    private Due entryOrEnd(int size) throws NarException {
        if (is("entry", size)) {
            return Due.ENTRY;
        }
        expect(")", size, Due.ENTRY_END);
        lastNames.pop();
        visitor.leave();
        return afterNode();
    }

    private Due name(int size) throws NarException {
        var name = Bytes.of(token, 0, size);
        if (!isName(name)) {
            throw bad("\"" + name.utf8() + "\" is no file name");
        }
        if (name.compareTo(lastNames.pop()) <= 0) {
            throw bad("\"" + name.utf8() + "\" is out of order");
        }
        lastNames.push(name);
        visitor.enter(name);
        return Due.NODE_TAG;
    }

    /// Whether `name` can be an entry's name: 1 to 255 bytes without slash and NUL, neither `.` nor `..`.
    static boolean isName(Bytes name) {
        return !name.isEmpty()
                && name.size() <= MAX_NAME
                && !contains(name, '\0')
                && !contains(name, '/')
                && !name.equals(Bytes.ofUtf8("."))
                && !name.equals(Bytes.ofUtf8(".."));
    }

    static boolean contains(Bytes bytes, char wanted) {
        for (int i = 0; i < bytes.size(); i++) {
            if (bytes.at(i) == wanted) {
                return true;
            }
        }
        return false;
    }

    private boolean is(String tag, int size) {
        if (size != tag.length()) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            if (token[i] != tag.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private Due expect(String tag, int size, Due next) throws NarException {
        if (!is(tag, size)) {
            var found = new String(Arrays.copyOf(token, size), StandardCharsets.UTF_8);
            throw bad("\"" + found + "\" where \"" + tag + "\" is due");
        }
        return next;
    }

    private NarException bad(String what) {
        failed = true;
        return new NarException(position, what);
    }
}
