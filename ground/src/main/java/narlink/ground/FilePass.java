package narlink.ground;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import narlink.nix.SecretKey;
import narlink.wire.Frames;
import narlink.wire.Symbols;

/// A pass as a file, for comms that only move files: what a blind pass would put on the pipe, up to a number of bytes.
/// The next file goes on with fresh symbols, as many as the last report that was read back says are missing.
public final class FilePass {
    /// The link speed by which announcements are repeated in the file.
    private static final long NOMINAL_RATE = 256_000;

    private static final Duration REPEAT = Duration.ofSeconds(15);

    private final Ledger ledger;
    private final Satellite satellite;
    private final SecretKey stationKey;
    private final Path packs;
    private final int segmentSize;
    private final Repair repair;
    private final Asking asking;

    /// @param repair what goes up beyond what is missing
    public FilePass(
            Ledger ledger,
            Satellite satellite,
            SecretKey stationKey,
            Path packs,
            int segmentSize,
            Repair repair,
            Asking asking) {
        this.ledger = ledger;
        this.satellite = satellite;
        this.stationKey = stationKey;
        this.packs = packs;
        this.segmentSize = segmentSize;
        this.repair = repair;
        this.asking = asking;
    }

    /// @param everything whether all that is to go up now was written, with its repair symbols
    public record Written(long bytes, long segments, boolean everything) {}

    /// Writes at most `most` bytes.
    public Written write(OutputStream out, long most, Instant now) throws IOException {
        var open = Load.open(ledger, satellite, stationKey.publicKey(), now);
        var segments = new SymbolSegments(stationKey, satellite);
        new ReportIntake(ledger, satellite).last().ifPresent(segments::on);
        var policy = new Transmission.Policy(
                false, true, repair, segmentSize, segments::authenticator, REPEAT, Duration.ofSeconds(2));
        var transmission = new Transmission(Load.outgoing(ledger, open), policy, 1, 0, now);
        Load.blindly(transmission, ledger, satellite, open);
        var commands = new CommandSending(Load.commands(ledger, satellite, now), false, Duration.ofSeconds(2));
        var questions = new ArrayDeque<>(asking.inFiles(segmentSize, now));
        out.write(0);
        long bytes = 1;
        long written = 0;
        try (var leases = new Leases(ledger, satellite.name(), 0);
                var symbols = new SymbolSource(packs)) {
            while (bytes + Frames.frameLength(segmentSize) <= most) {
                var order = commands.next(now).or(() -> Optional.ofNullable(questions.poll()));
                var action = order.isPresent()
                        ? new Transmission.Action.Done()
                        : transmission.next(now.plusMillis(bytes * 8000 / NOMINAL_RATE));
                byte[] segment;
                if (order.isPresent()) {
                    segment = order.get();
                } else if (action instanceof Transmission.Action.Announce announce) {
                    segment = Load.deployment(open, announce.announcement().deployment())
                            .segment();
                } else if (action instanceof Transmission.Action.Send send) {
                    var run = send.run();
                    int number = send.deployment().announcement().deployment();
                    int esi = leases.take(send.deployment().announcement(), run.object(), run.block(), run.count());
                    transmission.sent(send, esi);
                    var data =
                            symbols.symbols(Load.deployment(open, number), run.object(), run.block(), esi, run.count());
                    segment = segments.segment(
                            new Symbols(number, run.object(), run.block(), esi, data, 0),
                            send.deployment().announcement(),
                            transmission.segmentSize());
                } else {
                    return new Written(bytes, written, true);
                }
                byte[] frame = Frames.frame(segment);
                out.write(frame);
                bytes += frame.length;
                written++;
            }
        }
        return new Written(bytes, written, false);
    }
}
