package narlink.pack;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.StorePath;

/// The manifest as bytes, and back (§10): columns, so that like stands beside like, in one zstd frame.
public final class ManifestFormat {
    /// A manifest that decompresses to more is refused.
    private static final int MAX_BYTES = 32 << 20;

    private static final int MAX_WINDOW_LOG = 23;
    private static final int LEVEL = 22;
    private static final int DIGEST = 20;

    private ManifestFormat() {}

    /// The manifest object.
    public static byte[] write(Manifest manifest) {
        try (var zstd = new ZstdCompressCtx()) {
            zstd.setLevel(LEVEL);
            zstd.setWindowLog(MAX_WINDOW_LOG);
            return zstd.compress(message(manifest).toByteArray());
        }
    }

    /// The manifest that `object` holds; a [MalformedManifestException] tells what is wrong with it.
    public static Manifest read(byte[] object) throws MalformedManifestException {
        try {
            return manifest(narlink.v1.Manifest.parseFrom(decompress(object)));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new MalformedManifestException(String.valueOf(e.getMessage()), e);
        }
    }

    private static byte[] decompress(byte[] object) throws MalformedManifestException {
        try (var zstd = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(object))) {
            zstd.setLongMax(MAX_WINDOW_LOG);
            byte[] bytes = zstd.readNBytes(MAX_BYTES);
            if (zstd.read() != -1) {
                throw new MalformedManifestException("it decompresses to more than " + MAX_BYTES + " bytes", null);
            }
            return bytes;
        } catch (ZstdIOException e) {
            throw new MalformedManifestException("it does not decompress: " + e.getMessage(), e);
        } catch (MalformedManifestException e) {
            throw e;
        } catch (IOException e) {
            throw new MalformedManifestException("it does not decompress: " + e.getMessage(), e);
        }
    }

    private static narlink.v1.Manifest message(Manifest manifest) {
        var out = narlink.v1.Manifest.newBuilder()
                .setCodec(manifest.codec())
                .setNodes(manifest.nodes())
                .setNarHashesDigest(bytes(manifest.narHashes().bytes()))
                .setKnownPrefix(
                        manifest.known().isEmpty()
                                ? 0
                                : manifest.known().getFirst().size())
                .addAllTargets(manifest.targets());
        var digests = new ByteArrayOutputStream();
        var names = new StringBuilder();
        var prefixes = new ByteArrayOutputStream();
        for (int i = 0; i < manifest.objects().size(); i++) {
            var object = manifest.objects().get(i);
            digests.writeBytes(object.path().digestBytes());
            names.append(object.path().name()).append('\n');
            prefixes.writeBytes(object.narHashPrefix().toArray());
            out.addNarSizes(object.narSize());
            out.addReferenceCounts(object.references().size());
            out.addBaseCounts(object.bases().size());
            out.addAllBases(object.bases());
            int before = 0;
            for (int reference : object.references()) {
                out.addReferences(reference - before);
                before = reference;
            }
            int index = i;
            object.contentAddress().ifPresent(ca -> out.putContentAddresses(index, ca));
        }
        out.setDigests(ByteString.copyFrom(digests.toByteArray()))
                .setNames(ByteString.copyFromUtf8(names.toString()))
                .setNarHashPrefixes(ByteString.copyFrom(prefixes.toByteArray()))
                .setKnown(joined(manifest.known()))
                .setBlockHashes(joined(
                        manifest.blockHashes().stream().map(Sha256::bytes).toList()));
        manifest.profile().ifPresent(profile -> out.setProfile(profile.value()));
        if (!manifest.activation().equals(Activation.NONE)) {
            out.setActivation(ActivationFormat.message(manifest.activation()));
        }
        return out.build();
    }

    private static Manifest manifest(narlink.v1.Manifest in) {
        return new Manifest(
                in.getCodec(),
                entries(in),
                split("known paths", in.getKnown(), in.getKnownPrefix(), Manifest.MAX_KNOWN),
                new Sha256(bytes(in.getNarHashesDigest())),
                split("block hashes", in.getBlockHashes(), Sha256.LENGTH, Integer.MAX_VALUE).stream()
                        .map(Sha256::new)
                        .toList(),
                in.getTargetsList(),
                in.getProfile().isEmpty() ? Optional.empty() : Optional.of(new ProfileName(in.getProfile())),
                in.hasActivation() ? ActivationFormat.activation(in.getActivation()) : Activation.NONE,
                in.getNodes());
    }

    private static List<Manifest.Entry> entries(narlink.v1.Manifest in) {
        int count = in.getNarSizesCount();
        Manifest.limit("objects", count, Manifest.MAX_OBJECTS);
        Manifest.limit("references", in.getReferencesCount(), Manifest.MAX_REFERENCES);
        var digests = split("digests", in.getDigests(), DIGEST, count);
        var prefixes = split("hash prefixes", in.getNarHashPrefixes(), Manifest.HASH_PREFIX, count);
        var names = in.getNames().toString(StandardCharsets.ISO_8859_1).split("\n", -1);
        if (digests.size() != count
                || prefixes.size() != count
                || names.length != count + 1
                || !names[count].isEmpty()
                || in.getReferenceCountsCount() != count
                || in.getBaseCountsCount() != count) {
            throw new IllegalArgumentException("columns of different lengths");
        }
        var entries = new ArrayList<Manifest.Entry>(count);
        int next = 0;
        int nextBase = 0;
        for (int i = 0; i < count; i++) {
            int references = in.getReferenceCounts(i);
            int bases = in.getBaseCounts(i);
            Manifest.limit("bases left", bases, in.getBasesCount() - nextBase);
            Manifest.limit("references left", references, in.getReferencesCount() - next);
            entries.add(new Manifest.Entry(
                    StorePath.of(digests.get(i).toArray(), names[i]),
                    in.getNarSizes(i),
                    prefixes.get(i),
                    indexes(in.getReferencesList().subList(next, next + references)),
                    Optional.ofNullable(in.getContentAddressesMap().get(i)),
                    in.getBasesList().subList(nextBase, nextBase + bases)));
            next += references;
            nextBase += bases;
        }
        if (next != in.getReferencesCount()) throw new IllegalArgumentException("references of no path");
        if (nextBase != in.getBasesCount()) throw new IllegalArgumentException("bases of no path");
        return entries;
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
