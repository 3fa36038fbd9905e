package narlink.ground;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import narlink.flight.Unpacker;
import narlink.nix.Store;
import narlink.pack.MalformedManifestException;
import narlink.pack.ManifestFormat;

/// Decodes a deployment with the classes that fly, before anything is signed: what the satellite could not take shows
/// here.
final class Rehearsal {
    private Rehearsal() {}

    /// @param earth store that holds the bases
    /// @param scratch directory for one NAR at a time
    static void rehearse(Packed packed, Store earth, Path scratch) throws IOException {
        try {
            if (!ManifestFormat.read(packed.object()).complete(packed.board()).equals(packed.manifest())) {
                throw new IOException("rehearsal: the manifest reads back as another one; nothing was signed");
            }
        } catch (MalformedManifestException e) {
            throw new IOException("rehearsal: " + e.getMessage() + "; nothing was signed", e);
        }
        var expected = packed.plan().added().iterator();
        if (!expected.hasNext()) return;
        try (var in = new BufferedInputStream(Files.newInputStream(packed.pack()));
                var unpacker = new Unpacker(packed.manifest(), packed.board().known(), earth, in, scratch)) {
            for (var next = unpacker.next(); next.isPresent(); next = unpacker.next()) {
                try (var path = next.get()) {
                    var info = expected.next();
                    if (!path.narHash().equals(info.narHash())) {
                        throw new IOException(
                                "rehearsal: " + info.path() + " decodes to other contents; nothing was signed");
                    }
                }
            }
        } catch (UncheckedIOException e) {
            throw new IOException("rehearsal: " + e.getMessage(), e);
        }
        if (expected.hasNext())
            throw new IOException("rehearsal: " + expected.next().path() + " is not in the pack");
    }
}
