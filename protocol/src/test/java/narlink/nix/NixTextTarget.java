package narlink.nix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import narlink.Bytes;
import narlink.testkit.Vectors;
import narlink.testkit.fuzz.FuzzTarget;

/// Nix's short texts: store paths, hashes, keys, content addresses. What is taken can be written, and is the same then.
final class NixTextTarget implements FuzzTarget {
    @Override
    public void accept(byte[] input) {
        var text = new String(input, StandardCharsets.UTF_8);
        same(text, StorePath::parse, StorePath::toString);
        same(text, StorePath::ofBaseName, StorePath::baseName);
        same(text, PublicKey::parse, PublicKey::text);
        refusable(() -> assertEquals(
                SecretKey.parse(text).text(),
                SecretKey.parse(SecretKey.parse(text).text()).text()));
        refusable(() -> assertEquals(HashText.parse(text), HashText.parse(HashText.write(HashText.parse(text)))));
        refusable(() -> ContentAddress.parse(text));
        refusable(() -> {
            byte[] decoded = Nix32.decode(text);
            assertEquals(text, Nix32.encode(decoded));
        });
        assertArrayEquals(input, Nix32.decode(Nix32.encode(input)));
        assertEquals(Bytes.of(input), Bytes.of(input.clone()));
    }

    private static <T> void same(String text, Function<String, T> parse, Function<T, String> write) {
        refusable(() -> assertEquals(parse.apply(text), parse.apply(write.apply(parse.apply(text)))));
    }

    private static void refusable(Runnable parsing) {
        try {
            parsing.run();
        } catch (IllegalArgumentException refused) {
            assertEquals(false, String.valueOf(refused.getMessage()).isEmpty());
        }
    }

    @Override
    public List<byte[]> seeds() {
        var vectors = Vectors.nix();
        return Stream.of(
                        "/nix/store/11c320yp8fn9qfw847nk1136k93sfakx-leaf",
                        "11c320yp8fn9qfw847nk1136k93sfakx-leaf",
                        "sha256:1z6wirdi83j8zhirkgp37ks8xk60akwzxpd49qklamgv9xq1fiv4",
                        "fixed:r:sha256:1z6wirdi83j8zhirkgp37ks8xk60akwzxpd49qklamgv9xq1fiv4",
                        "text:sha256:1z6wirdi83j8zhirkgp37ks8xk60akwzxpd49qklamgv9xq1fiv4",
                        vectors.text("keys/test.pub").strip(),
                        vectors.text("keys/test.sec").strip())
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public int executions() {
        return 60_000;
    }

    @Override
    public int longest() {
        return 260;
    }
}
