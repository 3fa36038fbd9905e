package narlink.pack;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;

/// A deployment's full description (§10). An instance is consistent in itself: indexes lead somewhere, references come
/// before what refers to them, no path stands twice.
///
/// Indexes first count the paths known on board, then the deployment's own.
///
/// @param codec how the pack is encoded
/// @param objects what the pack brings, in import order: references first
/// @param known paths on board that are spoken of: the first bytes of each one's digest part
/// @param checks digest over the whole checks, [#digestOf]
/// @param blockHashes SHA-256 of each source block of the pack, without padding
/// @param targets indexes of what is deployed; at least one
/// @param profile set to the first target
/// @param nodes files, directories and symlinks of all objects together
public record Manifest(
        int codec,
        List<Entry> objects,
        List<Bytes> known,
        Sha256 checks,
        List<Sha256> blockHashes,
        List<Integer> targets,
        Optional<ProfileName> profile,
        Activation activation,
        long nodes) {
    public static final int MAX_OBJECTS = 100_000;
    public static final int MAX_KNOWN = 100_000;
    public static final int MAX_REFERENCES = 2_000_000;
    public static final int MAX_TARGETS = 1_000;
    /// Of one path.
    public static final int MAX_BASES = 16;
    /// Largest NAR: 1 TiB.
    public static final long MAX_NAR_SIZE = 1L << 40;
    /// Bytes of a path's check that are told.
    public static final int CHECK = 4;
    /// Bytes: among thousands of paths on board that Earth does not know of, none is likely to begin alike.
    public static final int MIN_KNOWN_PREFIX = 4;

    public Manifest {
        objects = List.copyOf(objects);
        known = List.copyOf(known);
        blockHashes = List.copyOf(blockHashes);
        targets = List.copyOf(targets);
        limit("objects", objects.size(), MAX_OBJECTS);
        limit("nodes", nodes, Long.MAX_VALUE);
        limit("known paths", known.size(), MAX_KNOWN);
        limit("targets", targets.size(), MAX_TARGETS);
        checkObjects(objects, known.size());
        if (targets.isEmpty()) throw new IllegalArgumentException("no target");
        for (int target : targets) index("target", target, known.size() + objects.size());
    }

    /// One that does not tell how many inodes its paths take.
    public Manifest(
            int codec,
            List<Entry> objects,
            List<Bytes> known,
            Sha256 checks,
            List<Sha256> blockHashes,
            List<Integer> targets,
            Optional<ProfileName> profile,
            Activation activation) {
        this(codec, objects, known, checks, blockHashes, targets, profile, activation, 0);
    }

    /// One path that the pack brings.
    ///
    /// @param check first bytes of [Manifest#check]: a wrong decode shows early
    /// @param references indexes, ascending; the path's own is allowed
    /// @param contentAddress Nix's `ca` field, where it has one
    /// @param bases indexes of what it is made of, in the order in which the codec takes them
    public record Entry(
            StorePath path,
            long narSize,
            Bytes check,
            List<Integer> references,
            Optional<String> contentAddress,
            List<Integer> bases) {
        public Entry {
            references = List.copyOf(references);
            bases = List.copyOf(bases);
            limit("bases", bases.size(), MAX_BASES);
            if (narSize < 1 || narSize > MAX_NAR_SIZE) {
                throw new IllegalArgumentException(path + ": NAR of " + Long.toUnsignedString(narSize) + " bytes");
            }
            if (check.size() != CHECK) {
                throw new IllegalArgumentException(path + ": check of " + check.size() + " bytes");
            }
        }
    }

    /// All NARs together, in bytes.
    public long rawBytes() {
        return objects.stream().mapToLong(Entry::narSize).sum();
    }

    /// §10.5: what a path is, whole: SHA-256 of what Nix signs of it, which is its name, NAR hash, size and references.
    public static Sha256 check(StorePath path, Sha256 narHash, long narSize, Collection<StorePath> references) {
        var info = new PathInfo(
                path, narHash, narSize, new TreeSet<>(references), Optional.empty(), List.of(), Optional.empty());
        return Sha256.of(Bytes.ofUtf8(info.fingerprint()));
    }

    public static Sha256 check(PathInfo info) {
        return Sha256.of(Bytes.ofUtf8(info.fingerprint()));
    }

    /// §10.5: SHA-256 over the whole checks in import order.
    public static Sha256 digestOf(Iterable<Sha256> checks) {
        var digest = Sha256.digest();
        checks.forEach(check -> digest.update(check.bytes().buffer()));
        return Sha256.finish(digest);
    }

    static void limit(String what, long number, long most) {
        if (number < 0 || number > most) {
            throw new IllegalArgumentException(Long.toUnsignedString(number) + " " + what + ", at most " + most);
        }
    }

    private static void checkObjects(List<Entry> objects, int known) {
        var seen = new HashSet<StorePath>();
        for (int i = 0; i < objects.size(); i++) {
            var object = objects.get(i);
            if (!seen.add(object.path())) throw new IllegalArgumentException(object.path() + " stands twice");
            int before = -1;
            for (int reference : object.references()) {
                index("reference of " + object.path(), reference, known + i + 1);
                if (reference <= before) throw new IllegalArgumentException(object.path() + ": references unsorted");
                before = reference;
            }
            for (int base : object.bases()) index("base of " + object.path(), base, known + i);
        }
    }

    static void index(String what, int index, int end) {
        if (index < 0 || index >= end) throw new IllegalArgumentException(what + ": index " + index + " of " + end);
    }
}
