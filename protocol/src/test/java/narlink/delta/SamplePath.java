package narlink.delta;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import narlink.Bytes;
import narlink.nix.StorePath;
import narlink.testkit.NarTree;

/// A small path and the one that it is made of, with moved, changed and new bytes and a compressed page in it: its pack
/// uses every stream.
record SamplePath(Codec.NewPath path, byte[] nar) {
    private static final StorePath OLD = StorePath.of(new byte[20], "tool-1.0");
    private static final StorePath NEW =
            StorePath.of("a digest of 20 bytes".getBytes(StandardCharsets.US_ASCII), "tool-1.1");

    static SamplePath small() throws IOException {
        byte[] old = new byte[1200];
        new SplittableRandom(1).nextBytes(old);
        var now = new ByteArrayOutputStream();
        now.write(old, 600, 600);
        now.write("what was not there before ".repeat(3).getBytes(StandardCharsets.US_ASCII));
        now.write(old, 0, 600);
        byte[] changed = now.toByteArray();
        for (int i = 0; i < changed.length; i += 40) changed[i] += 3;
        byte[] page = GzipProperties.file(8, GzipProperties.text(7, 600));
        byte[] baseNar = tree(old, page).nar();
        byte[] nar = tree(changed, page).nar();
        var base = new Codec.Base(OLD, baseNar.length, List.of(new Rewrite(OLD, NEW)), out -> out.write(baseNar));
        return new SamplePath(new Codec.NewPath(NEW, nar.length, List.of(base)), nar);
    }

    private static NarTree tree(byte[] program, byte[] page) {
        return NarTree.directory(Map.of(
                "program",
                new NarTree.File(true, Bytes.of(program)),
                "page.gz",
                new NarTree.File(false, Bytes.of(page))));
    }

    /// Its pack with each stream in `coder`.
    byte[] pack(int coder, Path scratch) throws IOException {
        return pack(new Delta(EnumSet.allOf(Opener.Format.class), OptionalInt.of(coder), 1 << 20), scratch);
    }

    byte[] pack(Codec codec, Path scratch) throws IOException {
        var pack = new ByteArrayOutputStream();
        try (var encoder = codec.encoder(pack, 0, scratch)) {
            encoder.add(path, out -> out.write(nar));
        }
        return pack.toByteArray();
    }

    /// What a pack makes of it.
    byte[] decode(Codec codec, byte[] pack, Path scratch) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var decoder = codec.decoder(new ByteArrayInputStream(pack), scratch)) {
            decoder.next(path, out);
            decoder.end();
        }
        return out.toByteArray();
    }
}
