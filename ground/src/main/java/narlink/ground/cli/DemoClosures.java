package narlink.ground.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.NarWriter;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;

/// The demo's three versions of a small system: a program with a library and a configuration. With Nix they are built
/// by Nix from this machine's own programs; without, they are sample store paths in a binary cache directory.
final class DemoClosures {
    private static final String EXPRESSION = """
            { version, greeting, status }:
            let
              mk = name: script: derivation {
                inherit name;
                system = builtins.currentSystem;
                builder = "/bin/sh";
                args = [ "-c" ("export PATH=/usr/bin:/bin; " + script) ];
              };
              library = mk "demo-library-1.0" ''
                mkdir -p $out/lib; for f in /usr/bin/perl /bin/bash /usr/bin/openssl; do
                [ -f $f ] && cp $f $out/lib/; done; echo $out > $out/lib/self'';
              configuration = mk "demo-configuration-${version}" "mkdir $out; echo ${greeting} > $out/greeting";
            in mk "demo-system-${version}" ''
              mkdir -p $out/bin; ln -s ${library}/lib $out/lib
              printf '#!/bin/sh\\necho "demo-system ${version}: $(cat $(dirname $NARLINK_TARGET)/${
                  builtins.baseNameOf configuration}/greeting)"\\nexit ${status}\\n' > $out/activate
              chmod +x $out/activate; echo ${configuration} > $out/configuration''
            """;

    private final Path directory;
    private final boolean nix;
    private final int sampleBytes;

    /// @param sampleBytes how large the library is where there is no Nix
    DemoClosures(Path directory, boolean nix, int sampleBytes) {
        this.directory = directory;
        this.nix = nix;
        this.sampleBytes = sampleBytes;
    }

    /// Where the closures lie.
    String store() {
        return nix ? "local?root=" + directory.resolve("earth") : "file://" + directory.resolve("earth");
    }

    /// One version of the system.
    ///
    /// @param status with which its activation ends
    StorePath build(String version, String greeting, int status) throws IOException, InterruptedException {
        return nix ? nixBuild(version, greeting, status) : sample(version, greeting);
    }

    private StorePath nixBuild(String version, String greeting, int status) throws IOException, InterruptedException {
        var expression = directory.resolve("demo.nix");
        Files.writeString(expression, EXPRESSION);
        var command = new ArrayList<>(
                List.of("nix-build", "--store", directory.resolve("earth").toString()));
        command.addAll(List.of("--option", "substituters", "", "--option", "build-users-group", ""));
        command.addAll(List.of("--option", "sandbox", "true", "--option", "sandbox-fallback", "false"));
        command.addAll(
                List.of("--option", "sandbox-paths", "/bin /usr /lib /lib64", "--option", "filter-syscalls", "false"));
        command.addAll(List.of("--no-out-link", expression.toString()));
        command.addAll(List.of("--argstr", "version", version, "--argstr", "greeting", greeting));
        command.addAll(List.of("--argstr", "status", Integer.toString(status)));
        var log = directory.resolve("nix-build.log").toFile();
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log))
                .start();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException("nix-build failed; its log is " + log + "; --without-nix runs the demo without it");
        }
        return StorePath.parse(out.lines().reduce((first, second) -> second).orElse(out));
    }

    /// Three paths made here, in a store of the kind that is there without Nix.
    private StorePath sample(String version, String greeting) throws IOException {
        var library = add("demo-library-1.0", new TreeSet<>(), writer -> {
            writer.directory();
            writer.enter(Bytes.ofUtf8("library.bin"));
            byte[] noise = new byte[sampleBytes];
            new Random(1).nextBytes(noise);
            file(writer, noise, false);
            writer.leave();
        });
        var configuration = add(
                "demo-configuration-" + version,
                new TreeSet<>(),
                writer -> file(writer, (greeting + "\n").getBytes(StandardCharsets.UTF_8), false));
        return add("demo-system-" + version, new TreeSet<>(List.of(library, configuration)), writer -> {
            writer.directory();
            writer.enter(Bytes.ofUtf8("configuration"));
            writer.symlink(Bytes.ofUtf8(configuration.toString()));
            writer.enter(Bytes.ofUtf8("lib"));
            writer.symlink(Bytes.ofUtf8(library.toString()));
            writer.leave();
        });
    }

    private interface Tree {
        void write(NarWriter writer) throws IOException;
    }

    private static void file(NarWriter writer, byte[] contents, boolean executable) throws IOException {
        writer.file(executable, contents.length);
        writer.bytes(contents, 0, contents.length);
    }

    private StorePath add(String name, TreeSet<StorePath> references, Tree tree) throws IOException {
        var nar = new ByteArrayOutputStream();
        var writer = new NarWriter(nar);
        tree.write(writer);
        writer.close();
        byte[] bytes = nar.toByteArray();
        var hash = Sha256.of(bytes);
        var path = StorePath.of(Arrays.copyOf(hash.bytes().toArray(), 20), name);
        var info = new PathInfo(path, hash, bytes.length, references, Optional.empty(), List.of(), Optional.empty());
        try (var store = Stores.open(store(), Options.of(directory.resolve("earth-roots")))) {
            store.add(info.signedBy(SecretKey.generate("demo-1")), new ByteArrayInputStream(bytes));
        }
        return path;
    }
}
