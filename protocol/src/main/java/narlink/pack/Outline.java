package narlink.pack;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.StorePath;

/// A [Manifest] as it travels: of paths that are like what they are made of, only the difference is told (§10.8).
///
/// @param codec how the pack is encoded
/// @param items what the pack brings, in import order: references first
/// @param known paths on board that are spoken of: the first bytes of each one's digest part
/// @param checks digest over the whole checks, [Manifest#digestOf]
/// @param blockHashes SHA-256 of each source block of the pack, without padding
/// @param targets indexes of what is deployed; at least one
/// @param profile set to the first target
/// @param nodes files, directories and symlinks of all items together
public record Outline(
        int codec,
        List<Item> items,
        List<Bytes> known,
        Sha256 checks,
        List<Sha256> blockHashes,
        List<Integer> targets,
        Optional<ProfileName> profile,
        Activation activation,
        long nodes) {
    public Outline {
        items = List.copyOf(items);
        known = List.copyOf(known);
        blockHashes = List.copyOf(blockHashes);
        targets = List.copyOf(targets);
        Manifest.limit("objects", items.size(), Manifest.MAX_OBJECTS);
        Manifest.limit("nodes", nodes, Long.MAX_VALUE);
        Manifest.limit("known paths", known.size(), Manifest.MAX_KNOWN);
        Manifest.limit("targets", targets.size(), Manifest.MAX_TARGETS);
        checkKnown(known);
        checkItems(items, known.size());
        if (targets.isEmpty()) throw new IllegalArgumentException("no target");
        for (int target : targets) Manifest.index("target", target, known.size() + items.size());
    }

    /// One path that the pack brings.
    ///
    /// @param digest the digest part of its name, 20 bytes
    /// @param name absent where it is like its first base: then it has that one's name, and
    /// @param size of its NAR is what it has more than that one,
    /// @param references are indexes by which it differs from what would be that one's; else they are its own.
    /// Ascending
    /// @param check first bytes of [Manifest#check]
    /// @param bases indexes of what it is made of
    public record Item(
            Bytes digest,
            Optional<String> name,
            long size,
            Bytes check,
            List<Integer> references,
            Optional<String> contentAddress,
            List<Integer> bases) {
        public Item {
            references = List.copyOf(references);
            bases = List.copyOf(bases);
            Manifest.limit("bases", bases.size(), Manifest.MAX_BASES);
            if (digest.size() != StorePath.DIGEST_BYTES) {
                throw new IllegalArgumentException("digest of " + digest.size() + " bytes");
            }
            if (check.size() != Manifest.CHECK) {
                throw new IllegalArgumentException("check of " + check.size() + " bytes");
            }
            if (name.isPresent()) path(digest, name.get());
            else if (bases.isEmpty()) throw new IllegalArgumentException(digest + " has neither name nor base");
            if (size > Manifest.MAX_NAR_SIZE || size < (name.isPresent() ? 1 : -Manifest.MAX_NAR_SIZE)) {
                throw new IllegalArgumentException(digest + ": NAR of " + Long.toUnsignedString(size) + " bytes");
            }
        }
    }

    /// Everything told.
    public static Outline of(Manifest manifest) {
        return of(
                manifest,
                manifest.objects().stream()
                        .map(entry -> item(entry, Optional.empty()))
                        .toList());
    }

    /// Leaves out what [#complete] finds on `board` again.
    public static Outline of(Manifest manifest, Board board) {
        var likeness = new Likeness(manifest.known().size(), board);
        var items = new ArrayList<Item>();
        for (var entry : manifest.objects()) {
            items.add(item(entry, likeness.of(entry.bases())));
            likeness.add(entry);
        }
        return of(manifest, items);
    }

    private static Outline of(Manifest manifest, List<Item> items) {
        return new Outline(
                manifest.codec(),
                items,
                manifest.known(),
                manifest.checks(),
                manifest.blockHashes(),
                manifest.targets(),
                manifest.profile(),
                manifest.activation(),
                manifest.nodes());
    }

    private static Item item(Manifest.Entry entry, Optional<Likeness.Like> like) {
        var similar = like.filter(one -> one.name().equals(entry.path().name()));
        return new Item(
                Bytes.of(entry.path().digestBytes()),
                similar.isPresent()
                        ? Optional.empty()
                        : Optional.of(entry.path().name()),
                entry.narSize() - similar.map(Likeness.Like::narSize).orElse(0L),
                entry.check(),
                similar.map(one -> different(one.references(), entry.references()))
                        .orElse(entry.references()),
                entry.contentAddress(),
                entry.bases());
    }

    /// What the paths are. One that is like a base that `board` lacks is called `missing`; it has to wait for its base
    /// anyhow.
    ///
    /// @throws MalformedManifestException if references add up to more than there may be
    public Manifest complete(Board board) throws MalformedManifestException {
        var likeness = new Likeness(known.size(), board);
        var entries = new ArrayList<Manifest.Entry>();
        long references = 0;
        for (var item : items) {
            var entry = entry(item, likeness.of(item.bases()));
            references += entry.references().size();
            if (references > Manifest.MAX_REFERENCES) {
                throw new MalformedManifestException("more than " + Manifest.MAX_REFERENCES + " references", null);
            }
            entries.add(entry);
            likeness.add(entry);
        }
        return new Manifest(codec, entries, known, checks, blockHashes, targets, profile, activation, nodes);
    }

    private static Manifest.Entry entry(Item item, Optional<Likeness.Like> like) {
        boolean isLike = item.name().isEmpty();
        var similar = isLike ? like : Optional.<Likeness.Like>empty();
        var name = item.name().or(() -> similar.map(Likeness.Like::name)).orElse("missing");
        long size = item.size() + similar.map(Likeness.Like::narSize).orElse(0L);
        return new Manifest.Entry(
                path(item.digest(), name),
                Math.clamp(size, 1, Manifest.MAX_NAR_SIZE), // A wrong base shows when it is read.
                item.check(),
                similar.map(one -> different(one.references(), item.references()))
                        .orElse(isLike ? List.of() : item.references()),
                item.contentAddress(),
                item.bases());
    }

    /// What is in one of both only.
    private static List<Integer> different(List<Integer> some, List<Integer> others) {
        var different = new TreeSet<>(some);
        for (var other : others) {
            if (!different.remove(other)) different.add(other);
        }
        return List.copyOf(different);
    }

    private static StorePath path(Bytes digest, String name) {
        return StorePath.of(digest.toArray(), name);
    }

    private static void checkKnown(List<Bytes> known) {
        var seen = new HashSet<Bytes>();
        for (var prefix : known) {
            if (prefix.size() < Manifest.MIN_KNOWN_PREFIX || prefix.size() > StorePath.DIGEST_BYTES) {
                throw new IllegalArgumentException("known path of " + prefix.size() + " bytes");
            }
            if (!seen.add(prefix)) throw new IllegalArgumentException("known path " + prefix + " stands twice");
        }
    }

    private static void checkItems(List<Item> items, int known) {
        var seen = new HashSet<Bytes>();
        for (int i = 0; i < items.size(); i++) {
            var item = items.get(i);
            if (!seen.add(item.digest())) throw new IllegalArgumentException(item.digest() + " stands twice");
            int before = -1;
            for (int reference : item.references()) {
                Manifest.index("reference of " + item.digest(), reference, known + i + 1);
                if (reference <= before) throw new IllegalArgumentException(item.digest() + ": references unsorted");
                before = reference;
            }
            for (int base : item.bases()) Manifest.index("base of " + item.digest(), base, known + i);
        }
    }
}
