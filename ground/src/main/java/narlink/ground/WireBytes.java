package narlink.ground;

import java.io.IOException;
import narlink.nix.SecretKey;
import narlink.wire.Announcement;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.Frames;
import narlink.wire.SatelliteName;
import narlink.wire.Symbols;

/// What a deployment takes on a stream pipe when nothing is lost: its segments are made and framed for real, and their
/// bytes counted.
final class WireBytes {
    private WireBytes() {}

    static long count(Deployment deployment, SymbolSource source, SecretKey key, int segmentSize) throws IOException {
        var announcement = deployment.announcement();
        long bytes = Frames.frame(deployment.segment()).length;
        for (var object : FecObject.values()) {
            var oti = announcement.oti(object);
            for (int block = 0; oti.isPresent() && block < oti.get().blocks(); block++) {
                int k = oti.get().k(block);
                int most = fitting(announcement, object, block, segmentSize);
                for (int esi = 0; esi < k; esi += most) {
                    int count = Math.min(most, k - esi);
                    var symbols = new Symbols(
                            announcement.deployment(),
                            object,
                            block,
                            esi,
                            source.symbols(deployment, object, block, esi, count),
                            0);
                    bytes += framed(symbols, key, deployment.satellite());
                }
            }
        }
        return bytes;
    }

    private static int framed(Symbols symbols, SecretKey key, SatelliteName satellite) {
        return Frames.frame(Envelope.seal(symbols, key, Envelope.Direction.UP, satellite)).length;
    }

    private static int fitting(Announcement announcement, FecObject object, int block, int segmentSize) {
        int size = announcement.oti(object).orElseThrow().symbolSize();
        return Math.max(
                1, Symbols.fitting(segmentSize - Frames.DATAGRAM_OVERHEAD, size, announcement.deployment(), block));
    }
}
