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
    private final boolean small;
    private final Map<Integer, Seal> seals = new HashMap<>();
    private boolean sealing;

    SymbolSegments(SecretKey stationKey, Satellite satellite, int segmentSize) {
        this.stationKey = stationKey;
        this.satellite = satellite;
        this.small = segmentSize < SMALL;
    }

    /// Learns what the receiver understands.
    void on(Report report) {
        sealing = small && (report.features() & Report.SEALS) != 0;
    }

    /// Bytes of the authenticator of the next segment.
    int authenticator() {
        return sealing ? Seal.LENGTH : PublicKey.SIGNATURE_LENGTH;
    }

    byte[] segment(Symbols symbols, Announcement announcement) {
        if (!sealing) return Envelope.seal(symbols, stationKey, Envelope.Direction.UP, satellite.name());
        var seal = seals.computeIfAbsent(
                announcement.deployment(),
                number -> Seal.between(stationKey, satellite.flightKey(), satellite.name(), announcement));
        return Envelope.seal(symbols, seal, stationKey.publicKey());
    }
}
