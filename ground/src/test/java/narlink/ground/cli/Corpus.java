package narlink.ground.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import narlink.nix.StorePath;
import narlink.testkit.RealNix;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/// Builds a pair of real closures by `src/test/corpus`, once; what was built and downloaded is kept in a cache
/// directory
/// (`NARLINK_CORPUS`, default `~/.cache/narlink/corpus`).
record Corpus(Path store, StorePath old, StorePath target) {
    static Corpus openssl() throws IOException, InterruptedException {
        var cache = Optional.ofNullable(System.getenv("NARLINK_CORPUS"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home", "."), ".cache", "narlink", "corpus"));
        Files.createDirectories(cache);
        var command = new ArrayList<>(List.of("bash", "src/test/corpus/corpus.sh", "openssl"));
        command.addAll(List.of("--cache", cache.resolve("debs").toString()));
        command.addAll(List.of("--store", cache.resolve("store").toString()));
        command.addAll(List.of("--out", cache.resolve("out").toString(), "--drift"));
        var built = RealNix.attempt(command.toArray(String[]::new));
        if (built.code() != 0 && System.getenv("NARLINK_REQUIRE_NIX") == null) {
            Assumptions.abort("the corpus could not be built: " + built.err());
        }
        Assertions.assertEquals(0, built.code(), built.err());
        var out = cache.resolve("out");
        return new Corpus(
                cache.resolve("store"), top(out.resolve("openssl.old.top")), top(out.resolve("openssl.new.top")));
    }

    private static StorePath top(Path file) throws IOException {
        return StorePath.parse(Files.readString(file).strip());
    }
}
