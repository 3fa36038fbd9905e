package narlink.wire;

import narlink.Bytes;
import narlink.nix.PublicKey;

/// A run of consecutive encoding symbols of one source block (§6).
///
/// @param esi of the first symbol
/// @param data one or more whole symbols
/// @param poll not 0 where a report is wanted that repeats this number
public record Symbols(int deployment, FecObject object, int block, int esi, Bytes data, int poll) implements Message {
    /// ESIs have 24 bits (RFC 6330 §3.2).
    public static final int MAX_ESI = (1 << 24) - 1;

    public Symbols {
        if (deployment < 1) throw new IllegalArgumentException("deployment " + deployment);
        if (block < 0) throw new IllegalArgumentException("block " + block);
        if (esi < 0 || esi > MAX_ESI) throw new IllegalArgumentException("ESI " + Integer.toUnsignedLong(esi));
        if (data.isEmpty()) throw new IllegalArgumentException("no symbol");
    }

    /// How many symbols of `symbolSize` bytes fit a segment of `segmentSize` bytes, with the header that they need.
    ///
    /// @param authenticator bytes of a signature or a seal
    public static int fitting(int segmentSize, int symbolSize, int deployment, int block, int authenticator) {
        int count = Math.max(0, segmentSize / symbolSize);
        while (count > 0
                && overhead(count * symbolSize, deployment, block, authenticator) + count * symbolSize > segmentSize) {
            count--;
        }
        return count;
    }

    /// The same for a signed segment.
    public static int fitting(int segmentSize, int symbolSize, int deployment, int block) {
        return fitting(segmentSize, symbolSize, deployment, block, PublicKey.SIGNATURE_LENGTH);
    }

    /// Bytes of a segment around `data` bytes of symbols, at most.
    private static int overhead(int data, int deployment, int block, int authenticator) {
        int header = field(deployment) + 2 + field(block) + field(MAX_ESI) + field(Integer.MAX_VALUE) + field(data);
        int body = field(header + data) + header;
        return field(body + data) + body + 5 + field(authenticator) + authenticator;
    }

    /// Bytes of a field's tag and number.
    private static int field(int number) {
        return 1 + Math.ceilDiv(Math.max(1, 32 - Integer.numberOfLeadingZeros(number)), 7);
    }
}
