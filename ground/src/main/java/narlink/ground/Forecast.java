package narlink.ground;

import narlink.simulation.LinkProfile;

/// How many passes an update takes on a link profile, and how surely.
///
/// @param passes scheduled passes after which delivery has at least the wanted probability
/// @param probability that it is delivered by then
public record Forecast(int passes, double probability) {
    /// What an operator would call sure enough.
    private static final double WANTED = 0.95;

    private static final int MOST_PASSES = 10_000;

    /// The probability that `bytes` get through in n passes: passes happen independently of each other; what gets
    /// through in those
    /// that do is near normal, with the variance of independent losses widened by the length of the bursts.
    static Forecast of(long bytes, LinkProfile link) {
        for (int passes = 1; passes < MOST_PASSES; passes++) {
            double probability = probability(bytes, link, passes);
            if (probability >= WANTED) return new Forecast(passes, probability);
        }
        return new Forecast(MOST_PASSES, probability(bytes, link, MOST_PASSES));
    }

    private static double probability(long bytes, LinkProfile link, int passes) {
        double flown = 1 - link.passLost();
        double sum = 0;
        double weight = StrictMath.pow(link.passLost(), passes); // Of exactly `happened` passes out of `passes`.
        for (int happened = 0; happened <= passes; happened++) {
            sum += weight * delivered(bytes, link, happened);
            weight *= (double) (passes - happened) / (happened + 1) * flown / link.passLost();
        }
        return Math.clamp(sum, 0, 1);
    }

    private static double delivered(long bytes, LinkProfile link, int passes) {
        double frames = passes * link.bytesPerPass() / link.framePayload();
        double loss = link.meanLoss();
        double mean = frames * (1 - loss);
        double deviation = Math.sqrt(frames * loss * (1 - loss) * (2 * link.burst() - 1)) + 1e-9;
        return normal((mean - (double) bytes / link.framePayload()) / deviation);
    }

    /// Standard normal distribution function (Abramowitz and Stegun 26.2.17; error below 1e-7).
    private static double normal(double x) {
        double t = 1 / (1 + 0.2316419 * Math.abs(x));
        double poly = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        double upper = StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) * poly;
        return x >= 0 ? 1 - upper : upper;
    }
}
