package narlink.ground;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import narlink.Sha256;
import narlink.nix.SecretKey;
import narlink.pack.Layout;
import narlink.wire.Announcement;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.FrameReader;
import narlink.wire.Frames;
import narlink.wire.Opened;
import narlink.wire.Report;
import narlink.wire.SatelliteName;
import narlink.wire.Symbols;

/// Measures what one thread makes of a pack on its way: symbols, signed segments, frames; and back. Times are CPU times
/// of
/// the measuring thread.
public final class Streaming {
    private static final SatelliteName SATELLITE = new SatelliteName("bench");
    private static final int WARM_UP = 30_000_000;

    private Streaming() {}

    /// One figure.
    ///
    /// @param operation `send`: pack file to frames, repair symbols included; `receive`: frames to believed symbols
    /// @param megabytesPerSecond of symbols, in units of 10^6 bytes
    public record Result(int segmentSize, String operation, double megabytesPerSecond, double segmentsPerSecond) {}

    /// @param packBytes size of the pack that is streamed
    /// @param overhead share of repair symbols
    public static List<Result> measure(Path scratch, int packBytes, double overhead, List<Integer> segmentSizes)
            throws IOException {
        var pack = scratch.resolve("bench.pack");
        byte[] contents = new byte[packBytes];
        new Random(1).nextBytes(contents);
        Files.write(pack, contents);
        var key = SecretKey.generate("station-1");
        var deployment = deployment(packBytes, key);
        var results = new ArrayList<Result>();
        try {
            for (int size : segmentSizes) {
                stream(deployment, scratch, key, overhead, size, Math.min(WARM_UP, packBytes), frame -> {});
                var frames = new ArrayList<byte[]>();
                var sent = stream(deployment, scratch, key, overhead, size, packBytes, frame -> {
                    if (frames.size() < WARM_UP / size) frames.add(frame);
                });
                results.add(new Result(
                        size, "send", sent.bytes() / sent.seconds() / 1e6, sent.segments() / sent.seconds()));
                receive(frames, key);
                var heard = receive(frames, key);
                results.add(new Result(
                        size, "receive", heard.bytes() / heard.seconds() / 1e6, heard.segments() / heard.seconds()));
            }
        } finally {
            Files.delete(pack);
        }
        return results;
    }

    private record Flow(long bytes, long segments, double seconds) {}

    private static Flow stream(
            Deployment deployment,
            Path scratch,
            SecretKey key,
            double overhead,
            int segmentSize,
            long most,
            Consumer<byte[]> frames)
            throws IOException {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        var oti = deployment.announcement().pack().orElseThrow();
        long begun = threads.getCurrentThreadCpuTime();
        long bytes = 0;
        long segments = 0;
        try (var source = new SymbolSource(scratch)) {
            for (int block = 0; block < oti.blocks() && bytes < most; block++) {
                int end = (int) Math.ceil(oti.k(block) * (1 + overhead));
                int fitting = Math.max(1, Symbols.fitting(segmentSize, oti.symbolSize(), 1, block));
                for (int esi = 0; esi < end; esi += fitting) {
                    int count = Math.min(fitting, end - esi);
                    var data = source.symbols(deployment, FecObject.PACK, block, esi, count);
                    var symbols = new Symbols(1, FecObject.PACK, block, esi, data, 0);
                    frames.accept(Frames.frame(Envelope.seal(symbols, key, Envelope.Direction.UP, SATELLITE)));
                    bytes += data.size();
                    segments++;
                }
            }
        }
        return new Flow(bytes, segments, (threads.getCurrentThreadCpuTime() - begun) / 1e9);
    }

    private static Flow receive(List<byte[]> frames, SecretKey key) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        var keys = Envelope.Keys.of(List.of(key.publicKey()));
        var reader = new FrameReader();
        long[] counts = new long[2];
        long begun = threads.getCurrentThreadCpuTime();
        for (var frame : frames) {
            reader.feed(frame, 0, frame.length, segment -> {
                var opened = Envelope.open(segment, keys, Envelope.Direction.UP, SATELLITE);
                if (!(opened instanceof Opened.Trusted trusted) || !(trusted.message() instanceof Symbols symbols)) {
                    throw new IllegalStateException("not what was sent: " + opened);
                }
                counts[0] += symbols.data().size();
                counts[1]++;
            });
        }
        return new Flow(counts[0], counts[1], (threads.getCurrentThreadCpuTime() - begun) / 1e9);
    }

    private static Deployment deployment(int packBytes, SecretKey key) {
        var announcement = new Announcement(
                1,
                1,
                Layout.of(100, Layout.SYMBOL_SIZE),
                Optional.of(Layout.of(packBytes, Layout.SYMBOL_SIZE)),
                Sha256.of(new byte[0]),
                Report.shortDigest(Sha256.of(new byte[0])),
                List.of(key.publicKey().key()),
                Instant.ofEpochSecond(4_000_000_000L),
                1);
        return new Deployment(
                SATELLITE,
                announcement,
                Envelope.seal(announcement, key, Envelope.Direction.UP, SATELLITE),
                new byte[100],
                "bench.pack",
                List.of(),
                "",
                List.of(),
                Instant.EPOCH,
                Deployment.Progress.QUEUED,
                "");
    }
}
