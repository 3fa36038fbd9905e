package narlink.testkit.check;

import java.util.List;

/// Your comms path from one end to the other: a modem and its simulator, a bridge, a serial line with a plug that leads
/// back.
@FunctionalInterface
public interface Carrier {
    /// Writes the pieces in at one end, in order, and returns what comes out at the other: what was lost is missing,
    /// what
    /// was held back comes with a later call. On a stream it does not matter where pieces end; of datagrams each piece
    /// is
    /// one. Waits until nothing more comes.
    List<byte[]> carry(List<byte[]> pieces) throws Exception;
}
