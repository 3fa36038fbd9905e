package narlink.pack;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.StorePath;

/// The manifest's outline as bytes, and back (§10): columns, so that like stands beside like, in one zstd frame.
public final class ManifestFormat {
    /// A manifest that decompresses to more is refused.
    private static final int MAX_BYTES = 32 << 20;

    private static final int MAX_WINDOW_LOG = 23;
    private static final int LEVEL = 22;
    private static final int BUFFER = 1 << 14;

    private ManifestFormat() {}

    /// The manifest object that tells everything.
    public static byte[] write(Manifest manifest) {
        return write(Outline.of(manifest));
    }

    /// The manifest object.
    public static byte[] write(Outline outline) {
        try (var zstd = new ZstdCompressCtx()) {
            zstd.setLevel(LEVEL);
            zstd.setWindowLog(MAX_WINDOW_LOG);
            zstd.setContentSize(false);
            return zstd.compress(message(outline).toByteArray());
        }
    }

    /// What `object` holds; a [MalformedManifestException] tells what is wrong with it.
    public static Outline read(byte[] object) throws MalformedManifestException {
        try (var zstd = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(object))) {
            zstd.setLongMax(MAX_WINDOW_LOG);
            // As it comes: the whole of it need never lie in memory.
            var in = CodedInputStream.newInstance(zstd, BUFFER);
            in.setSizeLimit(MAX_BYTES);
            return outline(narlink.v1.Manifest.parseFrom(in));
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            throw new MalformedManifestException(String.valueOf(e.getMessage()), e);
        } catch (OutOfMemoryError e) {
            // Else a receiver would die of it again at each start.
            throw new MalformedManifestException("it takes more memory than there is", e);
        }
    }

    private static narlink.v1.Manifest message(Outline outline) {
        var out = narlink.v1.Manifest.newBuilder()
                .setCodec(outline.codec())
                .setNodes(outline.nodes())
                .setChecksDigest(bytes(outline.checks().bytes()))
                .setKnownPrefix(
                        outline.known().isEmpty()
                                ? 0
                                : outline.known().getFirst().size())
                .addAllTargets(outline.targets());
        var names = new StringBuilder();
        int expected = 0;
        for (int i = 0; i < outline.items().size(); i++) {
            var item = outline.items().get(i);
            names.append(item.name().orElse("")).append('\n');
            out.addSizes(item.size());
            out.addReferenceCounts(item.references().size());
            out.addBaseCounts(item.bases().size());
            for (int base : item.bases()) {
                out.addBases(base - expected);
                expected = base + 1;
            }
            int before = 0;
            for (int reference : item.references()) {
                out.addReferences(reference - before);
                before = reference;
            }
            int index = i;
            item.contentAddress().ifPresent(ca -> out.putContentAddresses(index, ca));
        }
        out.setDigests(joined(outline.items().stream().map(Outline.Item::digest).toList()))
                .setNames(ByteString.copyFromUtf8(names.toString()))
                .setChecks(
                        joined(outline.items().stream().map(Outline.Item::check).toList()))
                .setKnown(joined(outline.known()))
                .setBlockHashes(
                        joined(outline.blockHashes().stream().map(Sha256::bytes).toList()));
        outline.profile().ifPresent(profile -> out.setProfile(profile.value()));
        if (!outline.activation().equals(Activation.NONE)) {
            out.setActivation(ActivationFormat.message(outline.activation()));
        }
        return out.build();
    }

    private static Outline outline(narlink.v1.Manifest in) {
        return new Outline(
                in.getCodec(),
                items(in),
                split("known paths", in.getKnown(), in.getKnownPrefix(), Manifest.MAX_KNOWN),
                new Sha256(bytes(in.getChecksDigest())),
                split("block hashes", in.getBlockHashes(), Sha256.LENGTH, Integer.MAX_VALUE).stream()
                        .map(Sha256::new)
                        .toList(),
                in.getTargetsList(),
                in.getProfile().isEmpty() ? Optional.empty() : Optional.of(new ProfileName(in.getProfile())),
                in.hasActivation() ? ActivationFormat.activation(in.getActivation()) : Activation.NONE,
                in.getNodes());
    }

    private static List<Outline.Item> items(narlink.v1.Manifest in) {
        int count = in.getSizesCount();
        Manifest.limit("objects", count, Manifest.MAX_OBJECTS);
        Manifest.limit("references", in.getReferencesCount(), Manifest.MAX_REFERENCES);
        var digests = split("digests", in.getDigests(), StorePath.DIGEST_BYTES, count);
        var checks = split("checks", in.getChecks(), Manifest.CHECK, count);
        var names = in.getNames().toString(StandardCharsets.ISO_8859_1).split("\n", -1);
        if (digests.size() != count
                || checks.size() != count
                || names.length != count + 1
                || !names[count].isEmpty()
                || in.getReferenceCountsCount() != count
                || in.getBaseCountsCount() != count) {
            throw new IllegalArgumentException("columns of different lengths");
        }
        var items = new ArrayList<Outline.Item>(count);
        var allBases = bases(in.getBasesList());
        int next = 0;
        int nextBase = 0;
        for (int i = 0; i < count; i++) {
            int references = in.getReferenceCounts(i);
            int bases = in.getBaseCounts(i);
            Manifest.limit("bases left", bases, allBases.size() - nextBase);
            Manifest.limit("references left", references, in.getReferencesCount() - next);
            items.add(new Outline.Item(
                    digests.get(i),
                    names[i].isEmpty() ? Optional.empty() : Optional.of(names[i]),
                    in.getSizes(i),
                    checks.get(i),
                    indexes(in.getReferencesList().subList(next, next + references)),
                    Optional.ofNullable(in.getContentAddressesMap().get(i)),
                    allBases.subList(nextBase, nextBase + bases)));
            next += references;
            nextBase += bases;
        }
        if (next != in.getReferencesCount()) throw new IllegalArgumentException("references of no path");
        if (nextBase != allBases.size()) throw new IllegalArgumentException("bases of no path");
        return items;
    }

    /// Each is told as what it has more than the one behind the base before it.
    private static List<Integer> bases(List<Integer> differences) {
        var bases = new ArrayList<Integer>(differences.size());
        int expected = 0;
        for (int difference : differences) {
            int base = Math.addExact(expected, difference);
            bases.add(base);
            expected = Math.addExact(base, 1);
        }
        return bases;
    }

    private static List<Integer> indexes(List<Integer> differences) {
        var indexes = new ArrayList<Integer>(differences.size());
        int index = 0;
        for (int difference : differences) {
            index = Math.addExact(index, difference);
            indexes.add(index);
        }
        return indexes;
    }

    private static List<Bytes> split(String what, ByteString bytes, int size, int most) {
        if (bytes.isEmpty()) return List.of();
        if (size < 1 || bytes.size() % size != 0) {
            throw new IllegalArgumentException(what + ": " + bytes.size() + " bytes in pieces of " + size);
        }
        Manifest.limit(what, bytes.size() / size, most);
        var pieces = new ArrayList<Bytes>(bytes.size() / size);
        for (int at = 0; at < bytes.size(); at += size) {
            pieces.add(bytes(bytes.substring(at, at + size)));
        }
        return pieces;
    }

    private static ByteString joined(List<Bytes> pieces) {
        return ByteString.copyFrom(pieces.stream().map(ManifestFormat::bytes).toList());
    }

    private static ByteString bytes(Bytes bytes) {
        return ByteString.copyFrom(bytes.buffer());
    }

    private static Bytes bytes(ByteString bytes) {
        return Bytes.of(bytes.toByteArray());
    }
}
