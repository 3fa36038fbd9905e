package narlink.delta;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import narlink.nix.StorePath;

/// One way to write the NARs of a deployment as the bytes of its pack (§11). Encoder and decoder go through the same
/// paths in the same order.
public interface Codec {
    /// What the manifest calls it.
    int id();

    /// Starts a pack. Closing the encoder ends the pack's bytes and leaves `pack` open.
    ///
    /// @param rawBytes all NARs together
    /// @param scratch directory for temporary files
    Encoder encoder(OutputStream pack, long rawBytes, Path scratch) throws IOException;

    /// Reads a pack. `pack` may block until more of it has arrived.
    ///
    /// @param scratch directory for temporary files
    Decoder decoder(InputStream pack, Path scratch) throws IOException;

    /// All codecs that this version reads, by [#id].
    static Optional<Codec> withId(int id) {
        return List.<Codec>of(new Solid(), new Delta()).stream()
                .filter(codec -> codec.id() == id)
                .findFirst();
    }

    /// A path that the pack brings.
    ///
    /// @param narSize bytes
    /// @param bases what it may be made of
    record NewPath(StorePath path, long narSize, List<Base> bases) {
        public NewPath {
            bases = List.copyOf(bases);
        }
    }

    /// A path that is on board before the new one is decoded.
    ///
    /// @param rewrites store paths in it, by what stands in their place in the new path
    record Base(StorePath path, long narSize, List<Rewrite> rewrites, NarSource nar) {
        public Base {
            rewrites = List.copyOf(rewrites);
        }
    }

    /// How a path goes into the pack.
    enum Method {
        /// As it is, compressed.
        WHOLE,
        /// As what differs from its bases, or from nothing.
        CHANGED,
        /// It is what its bases become by rewriting.
        SAME
    }

    /// What a path takes of the pack.
    ///
    /// @param bytes its share, where paths are coded together
    /// @param files those of it that take most, as far as that is known
    record Cost(long bytes, Method method, List<FileCost> files) {
        public Cost {
            files = List.copyOf(files);
        }
    }

    /// @param file by its place in the path; empty where the path is one file
    /// @param bytes nearly
    record FileCost(String file, long bytes) {}

    /// Takes NARs, references first.
    interface Encoder extends Closeable {
        /// @param nar gives exactly `path.narSize()` bytes
        void add(NewPath path, NarSource nar) throws IOException;

        /// What each path takes of the pack; known when the encoder is closed.
        List<Cost> costs();
    }

    /// Gives a NAR's bytes, as often as it is asked.
    @FunctionalInterface
    interface NarSource {
        void writeTo(OutputStream out) throws IOException;
    }

    /// Gives the NARs back, in the order in which they went in.
    interface Decoder extends Closeable {
        /// Writes the next path's NAR: exactly `path.narSize()` bytes, or a [CorruptPackException].
        ///
        /// @throws UnusableBaseException if a base is not what it was on Earth; nothing was written then
        void next(NewPath path, OutputStream nar) throws IOException;

        /// Checks that the pack ends here.
        void end() throws IOException;
    }
}
