package narlink.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A kind of link, for forecasts and simulations. Losses follow a Gilbert–Elliott chain per frame.
///
/// @param upRate bits per second
/// @param downRate bits per second; 0 for none
/// @param framePayload bytes
/// @param goodToBad chance of a burst's beginning, per frame
/// @param badToGood chance of its end
/// @param lossGood loss outside of bursts
/// @param lossBad loss within them
/// @param passesPerDay contacts
/// @param passLost chance that a whole pass does not happen
/// @param turnaround how long either end takes to turn its radio round, where one direction is carried at a time; zero:
///     both are carried at once
public record LinkProfile(
        String name,
        long upRate,
        long downRate,
        int framePayload,
        double goodToBad,
        double badToGood,
        double lossGood,
        double lossBad,
        Duration pass,
        int passesPerDay,
        double passLost,
        Duration turnaround) {
    public static final List<LinkProfile> BUILT_IN = List.of(
            new LinkProfile("uhf-9k6", 9_600, 9_600, 200, 0.05, 0.20, 0.01, 0.80, Duration.ofMinutes(8), 5, 0.05)
                    .turning(Duration.ofMillis(150)),
            new LinkProfile("s-256k", 256_000, 2_000, 1000, 0.004, 0.20, 0.002, 0.90, Duration.ofMinutes(8), 5, 0.05),
            new LinkProfile("s-2m", 2_000_000, 64_000, 1100, 0.001, 0.10, 0.0005, 0.80, Duration.ofMinutes(8), 5, 0.05),
            new LinkProfile(
                    "x-opt-100m",
                    100_000_000,
                    1_000_000,
                    1400,
                    0.00011,
                    0.0056,
                    0.0001,
                    1.0,
                    Duration.ofMinutes(5),
                    3,
                    0.30));

    /// One that carries both directions at once.
    public LinkProfile(
            String name,
            long upRate,
            long downRate,
            int framePayload,
            double goodToBad,
            double badToGood,
            double lossGood,
            double lossBad,
            Duration pass,
            int passesPerDay,
            double passLost) {
        this(
                name,
                upRate,
                downRate,
                framePayload,
                goodToBad,
                badToGood,
                lossGood,
                lossBad,
                pass,
                passesPerDay,
                passLost,
                Duration.ZERO);
    }

    /// The same, but one that carries one direction at a time.
    public LinkProfile turning(Duration time) {
        return new LinkProfile(
                name,
                upRate,
                downRate,
                framePayload,
                goodToBad,
                badToGood,
                lossGood,
                lossBad,
                pass,
                passesPerDay,
                passLost,
                time);
    }

    public static Optional<LinkProfile> named(String name) {
        return BUILT_IN.stream().filter(profile -> profile.name().equals(name)).findFirst();
    }

    /// Frames lost in the long run.
    public double meanLoss() {
        return (badToGood * lossGood + goodToBad * lossBad) / (goodToBad + badToGood);
    }

    /// Mean length of a burst, in frames.
    public double burst() {
        return 1 / badToGood;
    }

    /// Bytes that a whole pass carries, before loss.
    public double bytesPerPass() {
        return upRate / 8.0 * pass.toSeconds();
    }
}
