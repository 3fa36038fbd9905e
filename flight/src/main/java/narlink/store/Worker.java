package narlink.store;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import narlink.Sha256;
import narlink.nix.DamagedPathException;
import narlink.nix.NarException;
import narlink.nix.NarParser;
import narlink.nix.NarVisitor;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;

/// One connection of Nix's worker protocol: a request, log messages, then a result or an error. After any exception
/// the connection is out of step and to be dropped.
///
/// Offers version 1.38 without features, which all of Nix 2.4 to the newest, and Lix, speak or answer with less.
final class Worker implements Closeable {
    private static final long CLIENT_MAGIC = 0x6e697863;
    private static final long SERVER_MAGIC = 0x6478696f;
    private static final int MAJOR = 1;
    private static final int MINOR = 38;
    private static final int OLDEST_MINOR = 32; // Nix 2.4. Before, NARs weren't framed as now.
    private static final int MINOR_FEATURES = 38;
    private static final int MINOR_VERSION_TEXT = 33;
    private static final int MINOR_TRUST = 35;

    private static final long LAST = 0x616c7473;
    private static final long ERROR = 0x63787470;
    private static final long LOG_LINE = 0x6f6c6d67;
    private static final long START_ACTIVITY = 0x53545254;
    private static final long STOP_ACTIVITY = 0x53544f50;
    private static final long ACTIVITY_RESULT = 0x52534c54;

    private static final int ADD_INDIRECT_ROOT = 12;
    private static final int FIND_ROOTS = 14;
    private static final int SET_OPTIONS = 19;
    private static final int COLLECT_GARBAGE = 20;
    private static final int QUERY_ALL_VALID_PATHS = 23;
    private static final int QUERY_PATH_INFO = 26;
    private static final int QUERY_PATH_FROM_HASH_PART = 29;
    private static final int VERIFY_STORE = 35;
    private static final int ADD_SIGNATURES = 37;
    private static final int NAR_FROM_PATH = 38;
    private static final int ADD_TO_STORE_NAR = 39;

    private static final int RETURN_DEAD = 1;
    private static final int DELETE_SPECIFIC = 3;
    private static final int BUFFER = 64 * 1024;
    private static final int MAX_FIELDS = 1000;

    /// So many requests, of at most 300 bytes each, fit into a pipe that nobody reads yet: writing them all before
    /// reading can't block.
    private static final int PIPELINED = 128;

    private final Peer peer;
    private final WireReader in;
    private final WireWriter out;
    private final String version;

    Worker(Peer peer) throws IOException {
        this.peer = peer;
        in = new WireReader(new BufferedInputStream(peer.in(), BUFFER));
        out = new WireWriter(new BufferedOutputStream(peer.out(), BUFFER));
        version = shakeHands();
    }

    private String shakeHands() throws IOException {
        out.integer(CLIENT_MAGIC).integer(MAJOR << 8 | MINOR).flush();
        if (in.integer() != SERVER_MAGIC) {
            throw new IOException("what answers is no Nix daemon");
        }
        long server = in.integer();
        int minor = (int) Math.min(MINOR, server & 0xff);
        if (server >> 8 != MAJOR || minor < OLDEST_MINOR) {
            throw new IOException("Nix speaks worker protocol " + (server >> 8) + '.' + (server & 0xff)
                    + ", but narlink needs 1." + OLDEST_MINOR + " (Nix 2.4) or newer");
        }
        if (minor >= MINOR_FEATURES) {
            out.strings(List.of()).flush();
            in.words(WireReader.MAX_SIGNATURES);
        }
        out.integer(0).integer(0).flush();
        var text = minor >= MINOR_VERSION_TEXT ? in.word() : "unknown";
        if (minor >= MINOR_TRUST) {
            in.integer(); // Whether we are trusted: shows in what is accepted, and old Nix doesn't tell.
        }
        awaitLast();
        return text;
    }

    /// What Nix calls its version; for people.
    String version() {
        return version;
    }

    String lastWords() {
        return peer.lastWords();
    }

    /// Keeps Nix from chatting, building and the network, and overrides settings where it lets us.
    void setOptions(Map<String, String> overrides) throws IOException {
        out.integer(SET_OPTIONS);
        for (int option : new int[] {0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0}) {
            out.integer(option);
        }
        out.integer(overrides.size());
        for (var override : overrides.entrySet()) {
            out.string(override.getKey()).string(override.getValue());
        }
        flushAndAwait();
    }

    /// Asks about all of `paths` at once, which is several times faster than one by one.
    Map<StorePath, PathInfo> infos(Collection<StorePath> paths) throws IOException {
        var infos = new TreeMap<StorePath, PathInfo>();
        var list = new ArrayList<>(paths);
        for (int from = 0; from < list.size(); from += PIPELINED) {
            var some = list.subList(from, Math.min(list.size(), from + PIPELINED));
            for (var path : some) {
                out.integer(QUERY_PATH_INFO).path(path);
            }
            out.flush();
            for (var path : some) {
                awaitLast();
                if (in.bool()) {
                    infos.put(path, readInfo(path));
                }
            }
        }
        return infos;
    }

    private PathInfo readInfo(StorePath path) throws IOException {
        var deriver = in.word();
        var narHash = in.word();
        var references = in.paths();
        in.integer(); // Registration time: by a clock that nobody set.
        long narSize = in.integer();
        in.bool(); // Ultimate.
        var signatures = in.words(WireReader.MAX_SIGNATURES);
        var ca = in.word();
        try {
            return new PathInfo(
                    path,
                    Sha256.ofHex(narHash),
                    narSize,
                    references,
                    deriver.isEmpty() ? Optional.empty() : Optional.of(StorePath.parse(deriver)),
                    signatures,
                    ca.isEmpty() ? Optional.empty() : Optional.of(ca));
        } catch (IllegalArgumentException e) {
            throw new IOException("Nix tells impossible things of " + path + ": " + e.getMessage(), e);
        }
    }

    Optional<StorePath> find(String hashPart) throws IOException {
        out.integer(QUERY_PATH_FROM_HASH_PART).string(hashPart);
        flushAndAwait();
        var path = in.word();
        return path.isEmpty() ? Optional.empty() : Optional.of(WireReader.path(path));
    }

    SortedSet<StorePath> validPaths() throws IOException {
        out.integer(QUERY_ALL_VALID_PATHS);
        flushAndAwait();
        return in.paths();
    }

    /// Nix sends the NAR without its length and checks nothing, so its end is found by reading it.
    void nar(PathInfo info, OutputStream to) throws IOException {
        out.integer(NAR_FROM_PATH).path(info.path());
        flushAndAwait();
        var parser = new NarParser(NarVisitor.NONE, info.narSize());
        var digest = Sha256.digest();
        var piece = new byte[BUFFER];
        try {
            while (!parser.isComplete()) {
                int read = in.raw().read(piece);
                if (read < 0) {
                    throw new NarException(parser.position(), "Nix hung up");
                }
                parser.feed(piece, 0, read);
                digest.update(piece, 0, read);
                to.write(piece, 0, read);
            }
            parser.end();
        } catch (NarException e) {
            throw new DamagedPathException(info.path(), e.getMessage() + ", " + info.narSize() + " bytes recorded");
        }
        var hash = Sha256.finish(digest);
        if (!hash.equals(info.narHash())) {
            throw new DamagedPathException(info.path(), "its NAR hash is " + hash + ", not " + info.narHash());
        }
    }

    /// Valid on return. The path may also be valid after an exception.
    void add(PathInfo info, CheckedNar nar, boolean repair) throws IOException {
        out.integer(ADD_TO_STORE_NAR)
                .path(info.path())
                .string(info.deriver().map(StorePath::toString).orElse(""))
                .string(info.narHash().hex())
                .paths(info.references())
                .integer(0) // Registration time: now.
                .integer(info.narSize())
                .bool(false) // Not built here.
                .strings(info.signatures())
                .string(info.ca().orElse(""))
                .bool(repair)
                .bool(false) // Signatures are to be checked.
                .flush();
        nar.copyTo((array, offset, length) -> {
            if (in.raw().available() > 0) {
                awaitLast(); // Nothing but an error is due yet.
            }
            out.frame(array, offset, length);
        });
        out.integer(0);
        flushAndAwait();
    }

    void addIndirectRoot(Path link) throws IOException {
        out.integer(ADD_INDIRECT_ROOT).string(link.toString());
        flushAndAwait();
        in.integer();
    }

    /// All roots by their links, or what stands for them. Other users' are told as `{censored}`, all by one name.
    Map<String, StorePath> findRoots() throws IOException {
        out.integer(FIND_ROOTS);
        flushAndAwait();
        var roots = new TreeMap<String, StorePath>();
        for (int left = in.count(WireReader.MAX_PATHS); left > 0; left--) {
            var link = in.word();
            var path = WireReader.path(in.word());
            var name = link;
            for (int i = 2; roots.containsKey(name); i++) name = link + " " + i;
            roots.put(name, path);
        }
        return roots;
    }

    /// What no root needs; among it are things that are no valid paths, which are left out where they are no paths at
    /// all.
    SortedSet<StorePath> dead() throws IOException {
        out.integer(COLLECT_GARBAGE).integer(RETURN_DEAD).paths(List.of()).bool(false);
        out.integer(-1).integer(0).integer(0).integer(0);
        flushAndAwait();
        var dead = new TreeSet<StorePath>();
        for (var word : in.words(WireReader.MAX_PATHS)) {
            try {
                dead.add(StorePath.parse(word));
            } catch (IllegalArgumentException e) {
                continue; // What else lies in the directory.
            }
        }
        in.integer();
        in.integer();
        return dead;
    }

    /// Deletes just these paths and says how many bytes that freed.
    long delete(Collection<StorePath> paths) throws IOException {
        out.integer(COLLECT_GARBAGE).integer(DELETE_SPECIFIC).paths(paths).bool(false);
        out.integer(-1).integer(0).integer(0).integer(0); // No limit to what is freed; three obsolete.
        flushAndAwait();
        in.words(WireReader.MAX_PATHS); // Also what isn't a store path.
        long freed = in.integer();
        in.integer();
        return freed;
    }

    /// Has Nix compare its store with its database, and says whether all is well.
    boolean verify(boolean checkContents, boolean repair) throws IOException {
        out.integer(VERIFY_STORE).bool(checkContents).bool(repair);
        flushAndAwait();
        return !in.bool();
    }

    void addSignatures(StorePath path, Collection<String> signatures) throws IOException {
        out.integer(ADD_SIGNATURES).path(path).strings(signatures);
        flushAndAwait();
        in.integer();
    }

    private void flushAndAwait() throws IOException {
        out.flush();
        awaitLast();
    }

    /// Reads log messages up to the end of them, behind which the result comes.
    private void awaitLast() throws IOException {
        for (long message = in.integer(); message != LAST; message = in.integer()) {
            if (message == ERROR) {
                throw error();
            } else if (message == LOG_LINE) {
                in.string(WireReader.MAX_TEXT);
            } else if (message == START_ACTIVITY) {
                in.integer();
                in.integer();
                in.integer();
                in.string(WireReader.MAX_TEXT);
                fields();
                in.integer();
            } else if (message == STOP_ACTIVITY) {
                in.integer();
            } else if (message == ACTIVITY_RESULT) {
                in.integer();
                in.integer();
                fields();
            } else {
                throw new IOException("Nix sends an unknown message, " + Long.toHexString(message));
            }
        }
    }

    private void fields() throws IOException {
        for (int left = in.count(MAX_FIELDS); left > 0; left--) {
            if (in.bool()) {
                in.string(WireReader.MAX_TEXT);
            } else {
                in.integer();
            }
        }
    }

    private WorkerException error() throws IOException {
        in.word();
        in.integer();
        in.word();
        var message = in.string(WireReader.MAX_TEXT);
        in.integer();
        for (int traces = in.count(MAX_FIELDS); traces > 0; traces--) {
            in.integer();
            in.string(WireReader.MAX_TEXT);
        }
        return new WorkerException(message.replaceAll("\u001b\\[[0-9;]*m", ""));
    }

    /// Ends the connection in the middle of something.
    void abort() {
        peer.abort();
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }
}
