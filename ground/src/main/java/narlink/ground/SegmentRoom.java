package narlink.ground;

import java.util.Collection;
import narlink.nix.PublicKey;
import narlink.wire.Announcement;
import narlink.wire.FecObject;
import narlink.wire.Frames;
import narlink.wire.Symbols;

/// How many symbols segments hold.
final class SegmentRoom {
    /// Bytes of a segment around its symbols, without the authenticator, about.
    static final int HEADER = 40;

    private SegmentRoom() {}

    /// @param segmentSize bytes of a segment with its CRC
    /// @param authenticator bytes of it
    static int symbols(Announcement announcement, FecObject object, int block, int segmentSize, int authenticator) {
        return Symbols.fitting(
                segmentSize - Frames.DATAGRAM_OVERHEAD,
                announcement.oti(object).orElseThrow().symbolSize(),
                announcement.deployment(),
                block,
                authenticator);
    }

    /// Bytes of the shortest segment that holds a symbol of each deployment, signed: `most`, or half of it, or half of
    /// that.
    static int least(Collection<Announcement> announcements, int most) {
        int least = most;
        while (least > 1 && holds(announcements, least / 2)) least /= 2;
        return least;
    }

    private static boolean holds(Collection<Announcement> announcements, int segmentSize) {
        return announcements.stream()
                .allMatch(announcement -> holds(announcement, FecObject.MANIFEST, segmentSize)
                        && (announcement.pack().isEmpty() || holds(announcement, FecObject.PACK, segmentSize)));
    }

    private static boolean holds(Announcement announcement, FecObject object, int segmentSize) {
        int last = announcement.oti(object).orElseThrow().blocks() - 1;
        return symbols(announcement, object, last, segmentSize, PublicKey.SIGNATURE_LENGTH) > 0;
    }
}
