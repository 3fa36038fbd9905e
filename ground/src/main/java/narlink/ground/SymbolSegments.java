package narlink.ground;

import java.util.HashMap;
import java.util.Map;
import narlink.nix.PublicKey;
import narlink.nix.SecretKey;
import narlink.wire.Announcement;
import narlink.wire.Envelope;
import narlink.wire.Report;
import narlink.wire.Seal;
import narlink.wire.Symbols;

/// Makes symbols into segments: sealed where segments are small and the receiver is known to open such, else signed.
final class SymbolSegments {
    /// In segments of fewer bytes a signature is a burden.
    private static final int SMALL = 2048;

    private final SecretKey stationKey;
    private final Satellite satellite;
    private final Map<Integer, Seal> seals = new HashMap<>();
    private boolean sealing;

    SymbolSegments(SecretKey stationKey, Satellite satellite) {
        this.stationKey = stationKey;
        this.satellite = satellite;
    }

    /// Learns what the receiver understands.
    void on(Report report) {
        sealing = (report.features() & Report.SEALS) != 0;
    }

    /// Bytes of the authenticator of the next segment, where segments have at most so many.
    int authenticator(int segmentSize) {
        return seals(segmentSize) ? Seal.LENGTH : PublicKey.SIGNATURE_LENGTH;
    }

    private boolean seals(int segmentSize) {
        return sealing && segmentSize < SMALL;
    }

    /// @param segmentSize bytes that segments have at most
    byte[] segment(Symbols symbols, Announcement announcement, int segmentSize) {
        if (!seals(segmentSize)) return Envelope.seal(symbols, stationKey, Envelope.Direction.UP, satellite.name());
        var seal = seals.computeIfAbsent(
                announcement.deployment(),
                number -> Seal.between(stationKey, satellite.flightKey(), satellite.name(), announcement));
        return Envelope.seal(symbols, seal, stationKey.publicKey());
    }
}
