package narlink.nix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import narlink.Bytes;
import narlink.testkit.RealNix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NarWriterTest {
    @TempDir
    Path directory = Path.of("");

    private Path tree() throws IOException {
        var root = Files.createDirectories(directory.resolve("tree"));
        Files.createDirectories(root.resolve("a/empty"));
        Files.writeString(root.resolve("a/z"), "z");
        Files.writeString(root.resolve("a-b"), "x".repeat(100_000));
        var script = Files.writeString(root.resolve("script"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createSymbolicLink(root.resolve("link"), Path.of("nowhere//at/all/"));
        return root;
    }

    private static byte[] dump(Path file) throws IOException {
        var out = new ByteArrayOutputStream();
        NarWriter.dump(file, out);
        return out.toByteArray();
    }

    @Test
    void dumpsATreeAsOurReaderLikesIt() throws IOException {
        byte[] nar = dump(tree());
        assertArrayEquals(nar, NarParserTest.parse(nar, 1000).nar());
    }

    @Test
    void dumpsTheBytesThatNixDumps() throws Exception {
        RealNix.required();
        var out = directory.resolve("nix.nar");
        var tree = tree();
        var process = new ProcessBuilder("nix-store", "--dump", tree.toString())
                .redirectOutput(out.toFile())
                .start();
        assertEquals(0, process.waitFor());
        assertArrayEquals(Files.readAllBytes(out), dump(tree));
    }

    @Test
    void refusesCallsThatLeadToNoNar() throws IOException {
        refused(writer -> writer.bytes(new byte[1], 0, 1));
        refused(NarWriter::leave);
        refused(writer -> writer.enter(Bytes.ofUtf8("a")));
        refused(writer -> writer.symlink(Bytes.EMPTY));
        refused(writer -> {
            writer.file(false, 2);
            writer.close();
        });
        refused(writer -> {
            writer.directory();
            writer.enter(Bytes.ofUtf8("b"));
            writer.file(false, 0);
            writer.enter(Bytes.ofUtf8("a"));
        });
        refused(writer -> {
            writer.directory();
            writer.enter(Bytes.ofUtf8(".."));
        });
        refused(writer -> {
            writer.symlink(Bytes.ofUtf8("a"));
            writer.symlink(Bytes.ofUtf8("b"));
        });
    }

    private interface Calls {
        void on(NarWriter writer) throws IOException;
    }

    private static void refused(Calls calls) throws IOException {
        var writer = new NarWriter(OutputStream.nullOutputStream());
        assertThrows(RuntimeException.class, () -> calls.on(writer));
    }
}
