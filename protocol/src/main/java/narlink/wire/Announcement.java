package narlink.wire;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;

/// The small message from which everything else of a deployment follows (§4). Believed only when a mission key
/// signed it.
///
/// @param deployment number, per satellite, at least 1
/// @param lowestOpen no deployment with a lower number is believed any more; at most `deployment`
/// @param pack empty where every path is on board already
/// @param manifestHash of the manifest object
/// @param storeDigest of the store state that the deployment was planned on: its first [Report#DIGEST_BYTES], or the
///     whole of it
/// @param stationKeys raw public keys, at most [#MAX_STATION_KEYS], that may sign this deployment's symbols
/// @param expires from then on the deployment is not begun
/// @param minimumVersion lowest protocol version that understands the deployment
/// @param supersedes lower numbers, at most [#MAX_SUPERSEDES], that end where they are unfinished
public record Announcement(
        int deployment,
        int lowestOpen,
        Oti manifest,
        Optional<Oti> pack,
        Sha256 manifestHash,
        Bytes storeDigest,
        List<Bytes> stationKeys,
        Instant expires,
        int minimumVersion,
        List<Integer> supersedes)
        implements Message {
    /// More would not fit one segment of 512 bytes.
    public static final int MAX_STATION_KEYS = 6;
    public static final int MAX_SUPERSEDES = 8;
    /// A manifest longer than this is not believed: it would not fit the receiver's memory.
    public static final long MAX_MANIFEST = 8 << 20;
    /// Largest symbol: a segment holds at least one.
    public static final int MAX_SYMBOL_SIZE = 32_768;
    /// The receiver decodes a block in memory, with about three times its size.
    public static final int MAX_BLOCK_BYTES = 8 << 20;
    /// The receiver keeps a few words for each block of a deployment.
    public static final int MAX_BLOCKS = 16_384;

    public Announcement {
        stationKeys = List.copyOf(stationKeys);
        supersedes = List.copyOf(supersedes);
        if (supersedes.size() > MAX_SUPERSEDES) {
            throw new IllegalArgumentException(supersedes.size() + " superseded: at most " + MAX_SUPERSEDES);
        }
        for (int number : supersedes) {
            if (number < 1 || number >= deployment) throw new IllegalArgumentException("supersedes " + number);
        }
        if (storeDigest.size() != Report.DIGEST_BYTES && storeDigest.size() != Sha256.LENGTH) {
            throw new IllegalArgumentException("store digest of " + storeDigest.size() + " bytes");
        }
        if (deployment < 1) throw new IllegalArgumentException("deployment " + deployment);
        if (lowestOpen < 1 || lowestOpen > deployment) throw new IllegalArgumentException("lowest open " + lowestOpen);
        if (stationKeys.isEmpty() || stationKeys.size() > MAX_STATION_KEYS) {
            throw new IllegalArgumentException(stationKeys.size() + " station keys: 1 to " + MAX_STATION_KEYS);
        }
        for (var key : stationKeys) {
            if (key.size() != 32) throw new IllegalArgumentException("station key of " + key.size() + " bytes");
        }
        if (manifest.transferLength() > MAX_MANIFEST) {
            throw new IllegalArgumentException("manifest of " + manifest.transferLength() + " bytes");
        }
        check(manifest);
        pack.ifPresent(Announcement::check);
    }

    /// One that supersedes nothing.
    public Announcement(
            int deployment,
            int lowestOpen,
            Oti manifest,
            Optional<Oti> pack,
            Sha256 manifestHash,
            Bytes storeDigest,
            List<Bytes> stationKeys,
            Instant expires,
            int minimumVersion) {
        this(
                deployment,
                lowestOpen,
                manifest,
                pack,
                manifestHash,
                storeDigest,
                stationKeys,
                expires,
                minimumVersion,
                List.of());
    }

    private static void check(Oti oti) {
        if (oti.symbolSize() > MAX_SYMBOL_SIZE || oti.blocks() > MAX_BLOCKS || oti.length(0) > MAX_BLOCK_BYTES) {
            throw new IllegalArgumentException("beyond what a receiver takes: " + oti);
        }
    }

    /// The transmission information of one of the two FEC objects.
    public Optional<Oti> oti(FecObject object) {
        return object == FecObject.MANIFEST ? Optional.of(manifest) : pack;
    }
}
