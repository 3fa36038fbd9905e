package narlink.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;
import narlink.nix.SecretKey;
import narlink.testkit.Vectors;
import narlink.testkit.fuzz.FuzzTarget;

/// A whole segment, signed or sealed (§3), opened by who knows the keys: only what was signed is believed, and no
/// signature or seal covers two segments.
final class SegmentTarget implements FuzzTarget {
    private static final SatelliteName NAME = new SatelliteName("sat-7");
    private static final SecretKey STATION =
            SecretKey.parse(Vectors.nix().text("keys/test.sec").strip());
    private static final Announcement ANNOUNCEMENT = new Announcement(
            3,
            1,
            new Oti(100, 50, 1),
            Optional.empty(),
            Sha256.of(new byte[1]),
            Report.shortDigest(Sha256.of(new byte[0])),
            List.of(STATION.publicKey().key()),
            Instant.ofEpochSecond(4_000_000_000L),
            1);
    private static final Symbols SYMBOLS =
            new Symbols(3, FecObject.PACK, 1, 7, Bytes.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}), 9);

    private final Seal seal = Seal.between(STATION, STATION.publicKey(), NAME, ANNOUNCEMENT);
    private final List<byte[]> good = List.of(
            Envelope.seal(ANNOUNCEMENT, STATION, Envelope.Direction.UP, NAME),
            Envelope.seal(SYMBOLS, STATION, Envelope.Direction.UP, NAME),
            Envelope.seal(SYMBOLS, seal, STATION.publicKey()));

    @Override
    public void accept(byte[] input) {
        var keys = Envelope.Keys.of(List.of(STATION.publicKey()));
        var sealers = List.of(new Envelope.Sealer(seal, STATION.publicKey()));
        var opened = Envelope.open(
                input, keys, (id, deployment) -> deployment == 3 ? sealers : List.of(), Envelope.Direction.UP, NAME);
        if (opened instanceof Opened.Trusted trusted) {
            byte[] sent = good.stream()
                    .filter(segment -> java.util.Arrays.equals(segment, input))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("never sent, but believed: " + trusted));
            assertEquals(
                    Optional.of(trusted.message()).map(Message::getClass),
                    Envelope.peek(sent).map(Message::getClass));
        }
        Envelope.peek(input);
        if (Envelope.peek(input).orElse(ANNOUNCEMENT) instanceof Symbols symbols && symbols.deployment() == 3) {
            var sealed = seal.seal(symbols);
            assertEquals(Optional.of(symbols), seal.open(sealed));
            assertArrayEquals(
                    Envelope.seal(symbols, seal, STATION.publicKey()),
                    Envelope.seal(symbols, seal, STATION.publicKey()));
        }
    }

    @Override
    public List<byte[]> seeds() {
        var seeds = new ArrayList<>(good);
        seeds.add(Envelope.seal(ANNOUNCEMENT, STATION, Envelope.Direction.DOWN, NAME));
        return seeds;
    }

    @Override
    public int executions() {
        return 10_000;
    }

    @Override
    public int longest() {
        return 500;
    }
}
