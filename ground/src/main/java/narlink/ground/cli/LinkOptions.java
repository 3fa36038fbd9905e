package narlink.ground.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import narlink.ground.Pass;
import narlink.ground.Repair;
import narlink.wire.Frames;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What a pass is told of its link.
final class LinkOptions {
    private static final int MIN_SEGMENT = 64;
    private static final int MAX_TURNAROUND = 60_000;

    @Option(names = "--rate", paramLabel = "RATE", description = "Bits per second (default: as the pipe takes them).")
    @Nullable
    BitRate rate;

    @Option(
            names = "--segment-size",
            paramLabel = "SIZE",
            defaultValue = "8k",
            description = "Bytes of a segment, 64 to 65536 (default ${DEFAULT-VALUE}).")
    ByteCount segmentSize = new ByteCount(Pass.Settings.SEGMENT_SIZE);

    @Option(
            names = "--blind",
            paramLabel = "SHARE",
            description = "There is no return link: send this share of repair symbols, such as 20%%.")
    @Nullable
    Share blind;

    @Option(
            names = "--half-duplex",
            paramLabel = "MILLIS",
            description = "The link carries one direction at a time, and either end takes so long to turn round; wants"
                    + " --rate, and the same of narlink-flight run.")
    @Nullable
    Integer halfDuplex;

    @Mixin
    DeliveryOptions deliver = new DeliveryOptions();

    /// @param duration of the contact; zero: until all is done
    Pass.Settings settings(Duration duration) {
        if (halfDuplex != null && (halfDuplex < 0 || halfDuplex > MAX_TURNAROUND)) {
            throw new UsageException("--half-duplex must be between 0 and " + MAX_TURNAROUND + " milliseconds");
        }
        if (halfDuplex != null && rate == null) {
            throw new UsageException("--half-duplex needs --rate: else nobody knows when a segment has gone out");
        }
        return new Pass.Settings(
                rate == null ? OptionalLong.empty() : OptionalLong.of(rate.bitsPerSecond()),
                duration,
                segmentSize(segmentSize),
                deliver.repair(segmentSize(segmentSize))
                        .or(() -> Optional.ofNullable(blind).map(share -> new Repair.Share(share.value()))),
                Pass.Forward.OPEN,
                Optional.ofNullable(halfDuplex).map(Duration::ofMillis));
    }

    static int segmentSize(ByteCount typed) {
        if (typed.bytes() < MIN_SEGMENT || typed.bytes() > Frames.MAX_SEGMENT) {
            throw new UsageException("--segment-size must be between " + MIN_SEGMENT + " and " + Frames.MAX_SEGMENT);
        }
        return (int) typed.bytes();
    }
}
