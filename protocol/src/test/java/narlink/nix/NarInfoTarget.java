package narlink.nix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import narlink.testkit.Vectors;
import narlink.testkit.fuzz.FuzzTarget;

/// A narinfo: what is taken is written and read as the same again.
final class NarInfoTarget implements FuzzTarget {
    @Override
    public void accept(byte[] input) {
        NarInfo info;
        try {
            info = NarInfo.parse(new String(input, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return;
        }
        assertEquals(info, NarInfo.parse(info.text()));
    }

    @Override
    public List<byte[]> seeds() {
        return Stream.of("11c320yp8fn9qfw847nk1136k93sfakx", "7ma4wc1jsr4ch8xq2idc5wpfpzi1ws15")
                .map(digest -> Vectors.nix().bytes("narinfo/" + digest + ".narinfo"))
                .toList();
    }

    @Override
    public int executions() {
        return 60_000;
    }
}
