package narlink.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;
import narlink.nix.SecretKey;
import narlink.testkit.Messages;
import narlink.v1.Body;
import narlink.v1.Segment;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class EnvelopeProperties {
    private static final SecretKey KEY = SecretKey.generate("mission-1");
    private static final SatelliteName SATELLITE = new SatelliteName("sat-7");
    private static final Envelope.Keys KEYS = Envelope.Keys.of(List.of(KEY.publicKey()));

    @Provide
    Arbitrary<Message> messages() {
        return Messages.messages();
    }

    @Property
    void whatIsSealedIsOpened(@ForAll("messages") Message message, @ForAll Envelope.Direction direction) {
        byte[] segment = Envelope.seal(message, KEY, direction, SATELLITE);
        var opened = assertInstanceOf(Opened.Trusted.class, Envelope.open(segment, KEYS, direction, SATELLITE));
        assertEquals(message, opened.message());
        assertEquals(KEY.publicKey(), opened.signer());
        assertEquals(Optional.of(message), Envelope.peek(segment));
    }

    @Property(tries = 15)
    void everySingleBitCounts(@ForAll("messages") Message message) {
        byte[] segment = Envelope.seal(message, KEY, Envelope.Direction.UP, SATELLITE);
        // Every bit of the front, where structure and key are, and of the signature; a sample of the long middle.
        int step = Math.max(1, segment.length * 8 / 3000);
        for (int bit = 0; bit < segment.length * 8; bit += bit < 800 || bit > segment.length * 8 - 800 ? 1 : step) {
            byte[] damaged = segment.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertInstanceOf(
                    Opened.Rejected.class,
                    Envelope.open(damaged, KEYS, Envelope.Direction.UP, SATELLITE),
                    "bit " + bit);
        }
    }

    @Property
    void arbitraryBytesAreRejected(@ForAll @Size(max = 500) byte[] noise) {
        assertInstanceOf(Opened.Rejected.class, Envelope.open(noise, KEYS, Envelope.Direction.UP, SATELLITE));
    }

    @Property(tries = 50)
    void anotherSatelliteDirectionOrKeyIsRejected(@ForAll("messages") Message message) {
        byte[] segment = Envelope.seal(message, KEY, Envelope.Direction.UP, SATELLITE);
        var other = SecretKey.generate("mission-1");
        assertRejected(Opened.Reason.BAD_SIGNATURE, Envelope.open(segment, KEYS, Envelope.Direction.DOWN, SATELLITE));
        assertRejected(
                Opened.Reason.BAD_SIGNATURE,
                Envelope.open(segment, KEYS, Envelope.Direction.UP, new SatelliteName("sat-8")));
        assertRejected(
                Opened.Reason.UNKNOWN_KEY,
                Envelope.open(segment, Envelope.Keys.of(List.of(other.publicKey())), Envelope.Direction.UP, SATELLITE));
        assertRejected(
                Opened.Reason.BAD_SIGNATURE,
                Envelope.open(segment, id -> List.of(other.publicKey()), Envelope.Direction.UP, SATELLITE));
    }

    @Property(tries = 100)
    void whatIsNotSignedCannotRideAlong(@ForAll("messages") Message message) throws Exception {
        byte[] segment = Envelope.seal(message, KEY, Envelope.Direction.UP, SATELLITE);
        byte[] longer = java.util.Arrays.copyOf(segment, segment.length + 2);
        longer[segment.length] = (byte) (15 << 3); // A field that nobody knows, outside of the signed body.
        longer[segment.length + 1] = 1;
        assertTrue(Segment.parseFrom(longer).getUnknownFields().hasField(15));
        assertRejected(Opened.Reason.MALFORMED, Envelope.open(longer, KEYS, Envelope.Direction.UP, SATELLITE));
    }

    @Test
    void aKindOfTheFutureIsCountedAndDropped() {
        // A body with a field that this version does not know, signed well.
        byte[] body = Body.newBuilder()
                .setUnknownFields(com.google.protobuf.UnknownFieldSet.newBuilder()
                        .addField(
                                99,
                                com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                                        .addVarint(1)
                                        .build())
                        .build())
                .build()
                .toByteArray();
        byte[] segment = Envelope.sealBody(body, KEY, Envelope.Direction.UP, SATELLITE);
        assertRejected(Opened.Reason.UNKNOWN_KIND, Envelope.open(segment, KEYS, Envelope.Direction.UP, SATELLITE));
    }

    @Test
    void theLargestAnnouncementFitsItsSegment() {
        var manifest = new Oti(Announcement.MAX_MANIFEST, 896, 5);
        var announcement = new Announcement(
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                manifest,
                Optional.of(Oti.of(1L << 34, 896, 2048)),
                Sha256.of(new byte[1]),
                Sha256.of(new byte[2]).bytes(),
                Collections.nCopies(Announcement.MAX_STATION_KEYS, Bytes.of(new byte[32])),
                Instant.ofEpochSecond(4_000_000_000L),
                1,
                Collections.nCopies(Announcement.MAX_SUPERSEDES, Integer.MAX_VALUE - 1));
        int size = Envelope.seal(announcement, KEY, Envelope.Direction.UP, SATELLITE).length;
        assertTrue(size <= 512, size + " bytes");
    }

    @Property(tries = 200)
    void asManySymbolsAsPromisedFit(
            @ForAll("messages") Message any,
            @ForAll @net.jqwik.api.constraints.IntRange(min = 64, max = 65_536) int segmentSize,
            @ForAll @net.jqwik.api.constraints.IntRange(min = 16, max = 2000) int symbolSize) {
        if (!(any instanceof Symbols like)) return;
        int count = Symbols.fitting(segmentSize, symbolSize, like.deployment(), like.block());
        if (count == 0) return;
        var data = Bytes.of(new byte[count * symbolSize]);
        var symbols = new Symbols(like.deployment(), FecObject.MANIFEST, like.block(), like.esi(), data, like.poll());
        int size = Envelope.seal(symbols, KEY, Envelope.Direction.UP, SATELLITE).length;
        assertTrue(size <= segmentSize, size + " > " + segmentSize);
    }

    private static void assertRejected(Opened.Reason reason, Opened opened) {
        assertEquals(new Opened.Rejected(reason), opened);
    }
}
