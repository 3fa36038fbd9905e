package narlink.ground;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import narlink.wire.FrameReader;
import narlink.wire.Report;

/// Reads reports out of a file or stream that came down.
public final class ReportReader {
    private ReportReader() {}

    /// @param believed reports and answers
    /// @param news those that told something newer than was known
    public record Read(int believed, int news, int refused) {}

    public static Read read(Ledger ledger, Satellite satellite, InputStream in, Instant now) throws IOException {
        var intake = new ReportIntake(ledger, satellite);
        var reader = new FrameReader();
        var counts = new int[3];
        byte[] buffer = new byte[1 << 16];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            reader.feed(buffer, 0, read, segment -> count(ledger, satellite, intake.take(segment, now), counts));
        }
        // A file that was cut or written without its last 0x00 still ends a frame.
        reader.feed(new byte[1], 0, 1, segment -> count(ledger, satellite, intake.take(segment, now), counts));
        return new Read(counts[0], counts[1], counts[2] + Math.toIntExact(reader.bad()));
    }

    /// The last report that was believed.
    public static Optional<Report> last(Ledger ledger, Satellite satellite) {
        return new ReportIntake(ledger, satellite).last();
    }

    private static void count(Ledger ledger, Satellite satellite, ReportIntake.Taken taken, int[] counts) {
        switch (taken) {
            case ReportIntake.Taken.Refused refused -> counts[2]++;
            case ReportIntake.Taken.Told told -> {
                counts[0]++;
                if (ledger.told(satellite.name(), told.answer())) counts[1]++;
            }
            case ReportIntake.Taken.Believed believed -> {
                counts[0]++;
                if (believed.news()) counts[1]++;
            }
        }
    }
}
