package narlink.delta;

import java.io.IOException;
import java.nio.file.Path;
import narlink.testkit.vectors.VectorFile;

/// Packs of one path (§14.7): each codec, and the delta with its streams in each coder.
public final class DeltaVectors {
    private static final Path SCRATCH = Path.of(System.getProperty("java.io.tmpdir", "."));

    private DeltaVectors() {}

    public static VectorFile file() throws IOException {
        var sample = SamplePath.small();
        var base = sample.path().bases().getFirst();
        var baseNar = new java.io.ByteArrayOutputStream();
        base.nar().writeTo(baseNar);
        var file = new VectorFile("""
                §11: a path `path` made of the base `base`, whose own name is rewritten in it, and packs of just that path.
                A pack of another encoder is as good where it decodes to this NAR.""");
        file.field("path", sample.path().path())
                .field("nar", sample.nar())
                .field("base", base.path())
                .field("base-nar", baseNar.toByteArray())
                .end();
        pack(file, "codec 1", Solid.ID, sample.pack(new Solid(), SCRATCH));
        pack(file, "codec 2, as its encoder chooses", Delta.ID, sample.pack(new Delta(), SCRATCH));
        pack(file, "codec 2, streams as they are", Delta.ID, sample.pack(Coder.PLAIN, SCRATCH));
        pack(file, "codec 2, streams by LZMA", Delta.ID, sample.pack(Coder.LZMA, SCRATCH));
        pack(file, "codec 2, streams by zstd", Delta.ID, sample.pack(Coder.ZSTD, SCRATCH));
        pack(file, "codec 2, mixed streams", Delta.ID, sample.pack(Coder.MIXED, SCRATCH));
        return file;
    }

    private static void pack(VectorFile file, String name, int codec, byte[] pack) {
        file.field("name", name).field("codec", codec).field("pack", pack).end();
    }
}
