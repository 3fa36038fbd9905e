package narlink.ground;

import narlink.simulation.LinkProfile;

/// How many segments have to be sent so that enough arrive, on a link whose frames get lost by a Gilbert–Elliott chain.
/// Exact, by the distribution of what has arrived, not by an approximation: bursts make its tail long.
final class SegmentLosses {
    /// Never are more than that many times the needed segments sent: the link is not what it was said to be.
    private static final int MOST = 64;

    /// From state (0 good, 1 bad) to state, over one segment and what is sent between it and the next one.
    private final double[][] arrives;

    private final double[][] lost;
    private final double good;

    /// @param turns blocks that take turns: one less segments of others are sent between two of a block
    SegmentLosses(LinkProfile link, int segmentSize, int turns) {
        int frames = Math.max(1, Math.ceilDiv(segmentSize, link.framePayload()));
        double[][] step = {
            {1 - link.goodToBad(), link.goodToBad()},
            {link.badToGood(), 1 - link.badToGood()}
        };
        double[][] whole = {
            {(1 - link.lossGood()) * step[0][0], (1 - link.lossGood()) * step[0][1]},
            {(1 - link.lossBad()) * step[1][0], (1 - link.lossBad()) * step[1][1]}
        };
        var all = power(step, frames);
        var arriving = power(whole, frames);
        var between = power(all, turns - 1);
        arrives = times(arriving, between);
        lost = times(minus(all, arriving), between);
        good = link.badToGood() / (link.goodToBad() + link.badToGood());
    }

    /// The least number of segments of which at least `needed` arrive, but for a chance of `risk`.
    int segments(int needed, double risk) {
        double[] inGood = new double[needed + 1];
        double[] inBad = new double[needed + 1];
        inGood[0] = good;
        inBad[0] = 1 - good;
        int sent = 0;
        while (sent < MOST * needed + MOST) {
            for (int arrived = Math.min(sent, needed - 1); arrived >= 0; arrived--) {
                double g = inGood[arrived];
                double b = inBad[arrived];
                inGood[arrived + 1] += g * arrives[0][0] + b * arrives[1][0];
                inBad[arrived + 1] += g * arrives[0][1] + b * arrives[1][1];
                inGood[arrived] = g * lost[0][0] + b * lost[1][0];
                inBad[arrived] = g * lost[0][1] + b * lost[1][1];
            }
            sent++;
            if (sent >= needed && missing(inGood, inBad, needed) <= risk) break;
        }
        return sent;
    }

    private static double missing(double[] inGood, double[] inBad, int needed) {
        double missing = 0;
        for (int arrived = 0; arrived < needed; arrived++) missing += inGood[arrived] + inBad[arrived];
        return missing;
    }

    private static double[][] power(double[][] matrix, int exponent) {
        double[][] result = {{1, 0}, {0, 1}};
        for (int i = 0; i < exponent; i++) result = times(result, matrix);
        return result;
    }

    private static double[][] times(double[][] a, double[][] b) {
        return new double[][] {
            {a[0][0] * b[0][0] + a[0][1] * b[1][0], a[0][0] * b[0][1] + a[0][1] * b[1][1]},
            {a[1][0] * b[0][0] + a[1][1] * b[1][0], a[1][0] * b[0][1] + a[1][1] * b[1][1]}
        };
    }

    private static double[][] minus(double[][] a, double[][] b) {
        return new double[][] {
            {a[0][0] - b[0][0], a[0][1] - b[0][1]},
            {a[1][0] - b[1][0], a[1][1] - b[1][1]}
        };
    }
}
