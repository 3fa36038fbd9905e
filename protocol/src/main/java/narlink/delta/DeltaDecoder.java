package narlink.delta;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;
import narlink.nix.DamagedPathException;
import narlink.nix.MissingPathsException;
import narlink.nix.NarException;

/// Makes the new paths of a pack. Memory: the streams' windows and a file that is packed again; one image of the bases
/// lies in a temporary file.
final class DeltaDecoder implements Codec.Decoder {
    private final InputStream pack;
    private final Path scratch;
    private final Streams streams;
    private final Script script;

    DeltaDecoder(InputStream pack, Path scratch) throws IOException {
        this.pack = pack;
        this.scratch = scratch;
        this.streams = Streams.read(pack, Streams.from(pack));
        this.script = new Script(new StreamSource(streams));
    }

    @Override
    public void next(Codec.NewPath path, OutputStream nar) throws IOException {
        var counted = new CountedOutput(nar);
        try {
            make(path, counted);
        } catch (CorruptPackException e) {
            throw new CorruptPackException("in " + path.path() + ": " + e.getMessage(), e);
        } catch (ArithmeticException e) {
            throw new CorruptPackException("in " + path.path() + ": numbers beyond 63 bits", e);
        }
        if (counted.bytes() != path.narSize()) {
            throw new CorruptPackException(
                    path.path() + " decodes to " + counted.bytes() + " bytes, due are " + path.narSize());
        }
    }

    private void make(Codec.NewPath path, OutputStream nar) throws IOException {
        var head = script.head(path.narSize());
        if (head.method() == Script.WHOLE) {
            script.whole(path.narSize(), nar::write);
            return;
        }
        var unfolder = new Unfolder(nar, head.recipes());
        try (var base = new Image.Stored(scratch)) {
            read(path, head.closed(), base);
            if (head.method() == Script.SAME) {
                Script.copy(base, 0, base.size(), new byte[1 << 14], unfolder::write);
            } else {
                script.run(base, head.imageSize(), unfolder::write);
            }
        }
        unfolder.end();
    }

    /// Images of all bases, one behind the other.
    private static void read(Codec.NewPath path, Set<Integer> closed, Image image) throws IOException {
        var opener = new Opener(new BaseGate(closed));
        for (var base : path.bases()) {
            try {
                ImageBuilder.build(image, base.rewrites(), opener, base.nar(), base.narSize(), (place, at) -> {});
            } catch (DamagedPathException | MissingPathsException | NarException e) {
                throw new UnusableBaseException(base.path(), e);
            } catch (UncheckedIOException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }

    @Override
    public void end() throws IOException {
        streams.end();
        if (pack.read() != -1) throw new CorruptPackException("the pack goes on behind its last path");
    }

    @Override
    public void close() throws IOException {
        pack.close();
    }
}
