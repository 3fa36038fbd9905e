package narlink.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;
import narlink.nix.PublicKey;
import narlink.nix.SecretKey;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

final class SealProperties {
    private static final SatelliteName NAME = new SatelliteName("sat-7");
    private static final SecretKey STATION = SecretKey.generate("station");
    private static final SecretKey FLIGHT = SecretKey.generate("flight");

    private static Announcement announcement(int number, String manifest) {
        return new Announcement(
                number,
                1,
                new Oti(100, 50, 1),
                Optional.empty(),
                Sha256.of(manifest.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                Report.shortDigest(Sha256.of(new byte[0])),
                List.of(STATION.publicKey().key()),
                Instant.ofEpochSecond(4_000_000_000L),
                1);
    }

    private static Envelope.Seals board(SecretKey flight, SatelliteName name, Announcement announcement) {
        var sealer =
                new Envelope.Sealer(Seal.between(flight, STATION.publicKey(), name, announcement), STATION.publicKey());
        return (id, deployment) -> id.equals(KeyId.of(STATION.publicKey())) && deployment == announcement.deployment()
                ? List.of(sealer)
                : List.of();
    }

    private static byte[] sealed(Symbols symbols) {
        var seal = Seal.between(STATION, FLIGHT.publicKey(), NAME, announcement(symbols.deployment(), "m"));
        return Envelope.seal(symbols, seal, STATION.publicKey());
    }

    private static Opened open(byte[] segment, Envelope.Seals seals) {
        return Envelope.open(
                segment, Envelope.Keys.of(List.of(STATION.publicKey())), seals, Envelope.Direction.UP, NAME);
    }

    @Property(tries = 200)
    void theSatelliteReadsWhatWasSealedForIt(
            @ForAll @Size(min = 1, max = 2000) byte[] data,
            @ForAll @IntRange(min = 1) int deployment,
            @ForAll @IntRange(min = 0, max = 16_383) int block,
            @ForAll @IntRange(min = 0, max = Symbols.MAX_ESI) int esi,
            @ForAll @IntRange(min = 0) int poll) {
        var symbols = new Symbols(deployment, FecObject.PACK, block, esi, Bytes.of(data), poll);
        byte[] segment = sealed(symbols);
        var seals = board(FLIGHT, NAME, announcement(deployment, "m"));
        assertEquals(new Opened.Trusted(symbols, STATION.publicKey()), open(segment, seals));
        assertTrue(Symbols.fitting(segment.length + 24, data.length, deployment, block, Seal.LENGTH) >= 1);
    }

    /// Nobody else does: another satellite, another key, another deployment of that number.
    @Example
    void whatIsSealedForOthersIsRefused() {
        var symbols = new Symbols(3, FecObject.PACK, 1, 7, Bytes.of(new byte[40]), 0);
        byte[] segment = sealed(symbols);
        for (var other : List.of(
                board(SecretKey.generate("flight"), NAME, announcement(3, "m")),
                board(FLIGHT, new SatelliteName("sat-8"), announcement(3, "m")),
                board(FLIGHT, NAME, announcement(3, "another manifest")))) {
            assertEquals(new Opened.Rejected(Opened.Reason.BAD_SIGNATURE), open(segment, other));
        }
        assertEquals(
                new Opened.Rejected(Opened.Reason.UNKNOWN_KEY),
                open(segment, board(FLIGHT, NAME, announcement(4, "m"))));
    }

    @Property(tries = 300)
    void aChangedBitIsRefused(@ForAll @IntRange(min = 0, max = 4_000) int at) {
        var symbols = new Symbols(3, FecObject.MANIFEST, 1, 7, Bytes.of(new byte[400]), 9);
        byte[] segment = sealed(symbols);
        int bit = at % (8 * segment.length);
        segment[bit / 8] ^= (byte) (1 << bit % 8);
        assertInstanceOf(Opened.Rejected.class, open(segment, board(FLIGHT, NAME, announcement(3, "m"))));
    }

    /// Equal symbols of other ESIs look unlike each other: no key stream is used twice.
    @Property(tries = 50)
    void eachHeaderHasItsKeyStream(@ForAll @IntRange(min = 0, max = 1_000) int esi) {
        var zeros = Bytes.of(new byte[64]);
        byte[] one = data(sealed(new Symbols(3, FecObject.PACK, 1, esi, zeros, 0)));
        byte[] next = data(sealed(new Symbols(3, FecObject.PACK, 1, esi + 1, zeros, 0)));
        assertEquals(false, java.util.Arrays.equals(one, next));
        assertEquals(false, java.util.Arrays.equals(one, zeros.toArray()));
    }

    private static byte[] data(byte[] segment) {
        return ((Symbols) Envelope.peek(segment).orElseThrow()).data().toArray();
    }

    @Example
    void bothSidesAgree() {
        assertArrayEquals(STATION.agree(FLIGHT.publicKey()), FLIGHT.agree(STATION.publicKey()));
    }

    /// The base points of both curves belong together, y = 4/5 and u = 9 (RFC 7748 §4.1): a secret key times the one
    /// is its public key, mapped.
    @Example
    void keysAreMappedAsTheCurvesAre() {
        var y = HexFormat.of().parseHex("5866666666666666666666666666666666666666666666666666666666666666");
        assertArrayEquals(mapped(STATION.publicKey()), STATION.agree(new PublicKey("base", Bytes.of(y))));
    }

    private static byte[] mapped(PublicKey key) {
        var p = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
        byte[] little = key.key().toArray();
        byte[] big = new byte[32];
        for (int i = 0; i < 32; i++) big[i] = little[31 - i];
        big[0] &= 0x7f;
        var y = new BigInteger(1, big);
        var u = y.add(BigInteger.ONE)
                .multiply(BigInteger.ONE.subtract(y).modInverse(p))
                .mod(p);
        byte[] out = new byte[32];
        for (int i = 0; i < 32; i++) out[i] = u.shiftRight(8 * i).byteValue();
        return out;
    }
}
