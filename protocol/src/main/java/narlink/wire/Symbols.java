package narlink.wire;

import narlink.Bytes;

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

    /// Bytes of a segment around `data`, at most: signature, key, lengths and header.
    public static final int MAX_OVERHEAD = 102;
}
