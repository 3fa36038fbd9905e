package narlink.ground.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import narlink.simulation.LinkProfile;

/// One direction of a link: a Gilbert–Elliott chain per frame, worse near the horizon, and what else [Weather] does.
final class Channel {
    /// Near the horizon bursts are so many times as frequent, and losses outside of them as likely.
    private static final double HORIZON_BURSTS = 5;

    private static final double HORIZON_LOSS = 10;
    /// Share of a pass that is near the horizon at each end, where it lasts less than the minutes that it takes.
    private static final double HORIZON_SHARE = 1.0 / 8;

    private static final long HORIZON_NANOS = 60_000_000_000L;
    private static final int MOST_BYTES = 8;

    private final LinkProfile profile;
    private final Weather weather;
    private final SplittableRandom random;
    private final Trace trace;
    private boolean bad;
    private byte[] held = new byte[0];

    Channel(LinkProfile profile, Weather weather, SplittableRandom random, Trace trace) {
        this.profile = profile;
        this.weather = weather;
        this.random = random;
        this.trace = trace;
    }

    /// What comes out because a frame went in, in order.
    ///
    /// @param since nanoseconds since the pass began
    /// @param length of the pass, in nanoseconds
    List<byte[]> carry(byte[] frame, long since, long length) {
        double horizon = Math.min(HORIZON_NANOS, length * HORIZON_SHARE);
        boolean low = since < horizon || since > length - horizon;
        double toBad = Math.min(1, profile.goodToBad() * (low ? HORIZON_BURSTS : 1));
        bad = bad ? !hits(profile.badToGood()) : hits(toBad);
        double loss = bad ? profile.lossBad() : Math.min(1, profile.lossGood() * (low ? HORIZON_LOSS : 1));
        var out = new ArrayList<byte[]>();
        if (hits(loss)) {
            trace.fault(Fault.FRAME_LOST);
        } else if (hits(weather.reordered())) {
            trace.fault(Fault.FRAME_REORDERED);
            byte[] before = held;
            held = frame;
            if (before.length > 0) out.add(before);
            return out;
        } else {
            out.add(damaged(frame));
            if (hits(weather.duplicated())) {
                trace.fault(Fault.FRAME_DUPLICATED);
                out.add(frame);
            }
        }
        if (held.length > 0) {
            out.add(held);
            held = new byte[0];
        }
        return out;
    }

    private byte[] damaged(byte[] frame) {
        byte[] out = frame;
        if (hits(weather.corrupted())) {
            trace.fault(Fault.FRAME_CORRUPTED);
            out = out.clone();
            out[random.nextInt(out.length)] ^= (byte) (1 << random.nextInt(8));
        }
        if (hits(weather.cut())) {
            trace.fault(Fault.FRAME_CUT);
            out = Arrays.copyOf(out, random.nextInt(out.length));
        }
        if (!weather.stream()) return out;
        if (out.length > 1 && hits(weather.bytesLost())) {
            trace.fault(Fault.BYTES_LOST);
            int from = random.nextInt(out.length);
            int to = Math.min(out.length, from + 1 + random.nextInt(MOST_BYTES));
            byte[] less = new byte[out.length - (to - from)];
            System.arraycopy(out, 0, less, 0, from);
            System.arraycopy(out, to, less, from, out.length - to);
            out = less;
        }
        if (hits(weather.bytesInserted())) {
            trace.fault(Fault.BYTES_INSERTED);
            byte[] more = new byte[1 + random.nextInt(MOST_BYTES)];
            random.nextBytes(more);
            byte[] both = Arrays.copyOf(more, more.length + out.length);
            System.arraycopy(out, 0, both, more.length, out.length);
            out = both;
        }
        return out;
    }

    private boolean hits(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }
}
