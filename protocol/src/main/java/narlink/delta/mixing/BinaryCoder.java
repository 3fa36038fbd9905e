package narlink.delta.mixing;

import java.io.IOException;

/// Codes one bit after the other. The models are written once, for both directions: an encoder gives the bit back that
/// it is given, a decoder the one that was encoded.
public interface BinaryCoder {
    /// @param bit what to encode; a decoder does not look at it
    /// @param one probability of a 1, from 1 to 65535 of 65536
    int code(int bit, int one) throws IOException;
}
