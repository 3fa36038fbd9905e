package narlink.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import narlink.nix.StorePath;

/// Reads the primitives of the worker protocol: 64-bit integers, padded strings, lists. What comes is Nix's word,
/// but a length is believed only up to a limit.
final class WireReader {
    /// Names of hashes, keys, versions; also store paths and signatures.
    static final int MAX_WORD = 4096;

    /// Log lines and error messages.
    static final int MAX_TEXT = 1 << 20;

    /// A large store has some hundred thousand paths.
    static final int MAX_PATHS = 2_000_000;

    static final int MAX_SIGNATURES = 1000;

    private final InputStream in;

    WireReader(InputStream in) {
        this.in = in;
    }

    InputStream raw() {
        return in;
    }

    long integer() throws IOException {
        return ByteBuffer.wrap(exactly(8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    boolean bool() throws IOException {
        return integer() != 0;
    }

    /// A length or count of at most `limit`.
    int count(int limit) throws IOException {
        long count = integer();
        if (count < 0 || count > limit) {
            throw new IOException("Nix announces " + Long.toUnsignedString(count) + " of what may be " + limit);
        }
        return (int) count;
    }

    String word() throws IOException {
        return string(MAX_WORD);
    }

    String string(int limit) throws IOException {
        byte[] bytes = exactly(count(limit));
        for (byte padding : exactly(-bytes.length & 7)) {
            if (padding != 0) {
                throw new IOException("Nix sends padding that isn't zero");
            }
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    List<String> words(int limit) throws IOException {
        int count = count(limit);
        var words = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            words.add(word());
        }
        return words;
    }

    StorePath path() throws IOException {
        return path(word());
    }

    static StorePath path(String text) throws IOException {
        try {
            return StorePath.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("Nix names a path that narlink can't carry: " + text, e);
        }
    }

    SortedSet<StorePath> paths() throws IOException {
        int count = count(MAX_PATHS);
        var paths = new TreeSet<StorePath>();
        for (int i = 0; i < count; i++) {
            paths.add(path());
        }
        return paths;
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("Nix hung up");
        }
        return bytes;
    }
}
