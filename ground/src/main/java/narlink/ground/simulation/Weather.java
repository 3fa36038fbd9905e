package narlink.ground.simulation;

import java.util.SplittableRandom;

/// How bad a link is beside the losses of its profile: each a probability per frame, and of a pass.
///
/// @param stream whether the pipe is a byte stream; else each frame is a datagram
/// @param bytesLost a stream's frame loses some bytes
/// @param bytesInserted a stream has more bytes before a frame
/// @param passCut the link closes in the middle of a pass
/// @param noReturn a pass has no return link
public record Weather(
        boolean stream,
        double duplicated,
        double reordered,
        double corrupted,
        double bytesLost,
        double bytesInserted,
        double cut,
        double passCut,
        double noReturn) {
    /// Nothing but what the profile says.
    public static Weather fair(boolean stream) {
        return new Weather(stream, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /// What links do now and then, of datagrams.
    ///
    /// @param returns whether anything ever comes back
    static Weather usual(boolean returns) {
        return new Weather(false, 1e-5, 1e-4, 1e-6, 0, 0, 0, 0, returns ? 0 : 1);
    }

    static Weather of(SplittableRandom random) {
        double bad = random.nextInt(4) == 0 ? 0.03 : 0.003;
        return new Weather(
                random.nextBoolean(),
                bad * random.nextDouble(),
                bad * random.nextDouble(),
                bad * random.nextDouble(),
                bad * random.nextDouble(),
                bad * random.nextDouble(),
                bad * random.nextDouble(),
                0.15 * random.nextDouble(),
                random.nextInt(3) == 0 ? 0.5 : 0.1 * random.nextDouble());
    }
}
