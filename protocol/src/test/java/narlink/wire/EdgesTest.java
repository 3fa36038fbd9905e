package narlink.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.PublicKey;
import narlink.nix.SecretKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sizes and numbers right at their limits.
final class EdgesTest {
    private static final SecretKey KEY = SecretKey.generate("station-1");
    private static final SatelliteName NAME = new SatelliteName("sat-7");

    private static byte[] ones(int length) {
        byte[] ones = new byte[length];
        Arrays.fill(ones, (byte) 1);
        return ones;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 249, 250, 251, 504, 505, Frames.MAX_SEGMENT - 1, Frames.MAX_SEGMENT})
    void segmentsOfAnySizeAreFramedAndNoLargerThanSaid(int length) {
        byte[] segment = ones(length);
        byte[] frame = Frames.frame(segment);
        assertTrue(frame.length <= Frames.frameLength(length), frame.length + " bytes");
        assertTrue(frame.length >= Frames.frameLength(length) - 1, frame.length + " bytes");
        var read = new ArrayList<byte[]>();
        new FrameReader().feed(frame, 0, frame.length, read::add);
        assertArrayEquals(segment, read.getFirst());
        assertArrayEquals(segment, Frames.undatagram(Frames.datagram(segment)).orElseThrow());
    }

    @Test
    void longerSegmentsAreNeitherWrittenNorRead() {
        assertThrows(IllegalArgumentException.class, () -> Frames.datagram(ones(Frames.MAX_SEGMENT + 1)));
        assertThrows(IllegalArgumentException.class, () -> Frames.datagram(new byte[0]));
        assertEquals(Optional.empty(), Frames.undatagram(new byte[Frames.MAX_SEGMENT + 5]));
        assertEquals(Optional.empty(), Frames.undatagram(new byte[4]));
        var most = Bytes.of(ones(Frames.MAX_SEGMENT));
        var symbols = new Symbols(1, FecObject.PACK, 0, 0, most, 0);
        assertThrows(IllegalArgumentException.class, () -> Envelope.seal(symbols, KEY, Envelope.Direction.UP, NAME));
    }

    /// The segment with as many symbols as fit is no larger than asked for, and one more would not fit.
    @ParameterizedTest
    @CsvSource({"8192, 896", "1024, 896", "2048, 256", "65536, 32768", "1100, 64", "510, 64", "65536, 896"})
    void asManySymbolsAreTakenAsFit(int segmentSize, int symbolSize) {
        int count = Symbols.fitting(segmentSize, symbolSize, 5, 1000);
        assertTrue(count >= 1);
        assertTrue(segment(count * symbolSize) <= segmentSize);
        assertTrue(segment((count + 1) * symbolSize) > segmentSize - 8, count + " symbols");
        assertTrue(Symbols.fitting(segmentSize, symbolSize, 5, 1000, Seal.LENGTH) >= count);
    }

    private static int segment(int data) {
        var symbols = new Symbols(
                5,
                FecObject.MANIFEST,
                1000,
                Symbols.MAX_ESI,
                Bytes.of(ones(Math.min(data, 65_300))),
                Integer.MAX_VALUE);
        return Envelope.seal(symbols, KEY, Envelope.Direction.UP, NAME).length + Math.max(0, data - 65_300);
    }

    @Test
    void noneAreTakenWhereNoneFit() {
        assertEquals(0, Symbols.fitting(896, 896, 1, 0));
        assertEquals(0, Symbols.fitting(100, 64, 1, 0, PublicKey.SIGNATURE_LENGTH));
    }

    @Test
    void aSequenceTellsHowOftenTheReceiverWasStarted() {
        assertEquals(3, report((3L << 32) + 7, Instant.EPOCH, "riscv64-linux").boots());
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64-linux", "x86_64-linux", "riscv64-linux", ""})
    void machinesAreToldByName(String system) {
        var report = report(1, Instant.ofEpochSecond(253_402_300_799L), system);
        var parsed = Messages.parse(Messages.write(report));
        assertEquals(
                report, assertInstanceOf(Messages.Parsed.Known.class, parsed).message());
    }

    private static Report report(long sequence, Instant time, String system) {
        var counters = new java.util.EnumMap<Report.Counter, Long>(Report.Counter.class);
        for (var counter : Report.Counter.values()) counters.put(counter, 0L);
        return new Report(
                sequence,
                1,
                0,
                time,
                Report.shortDigest(Sha256.of(new byte[0])),
                0,
                0,
                system,
                0,
                0,
                0,
                Map.copyOf(counters),
                List.of(),
                List.of(),
                1,
                0,
                List.of(),
                Optional.empty());
    }

    @Test
    void portsAreUpTo65535AndListenersMayLeaveThemOpen() {
        assertEquals(
                65_535, ((PipeUrl.Tcp) PipeUrl.parse("tcp://h:65535")).address().port());
        assertEquals(
                0, ((PipeUrl.Tcp) PipeUrl.parse("tcp-listen://h:0")).address().port());
        assertThrows(IllegalArgumentException.class, () -> PipeUrl.parse("tcp-listen://h:65536"));
        assertThrows(IllegalArgumentException.class, () -> PipeUrl.parse("tcp-listen://h:-1"));
    }

    @Test
    void namesOfProfilesAreHeldToTheirLength() {
        assertThrows(IllegalArgumentException.class, () -> new Command.Action.RollBack("n".repeat(64), 1));
        assertThrows(IllegalArgumentException.class, () -> new Command.Action.Retain("", 1));
    }

    @Test
    void satellitesAreInTheOrderOfTheirNames() {
        assertTrue(new SatelliteName("a").compareTo(new SatelliteName("b")) < 0);
        assertTrue(new SatelliteName("b").compareTo(new SatelliteName("a")) > 0);
        for (var wrong : List.of("", "-a", "a b", "ä", "n".repeat(64))) {
            assertThrows(IllegalArgumentException.class, () -> new SatelliteName(wrong), wrong);
        }
    }
}
