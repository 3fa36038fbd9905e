package narlink.ground.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import narlink.simulation.LinkProfile;
import narlink.wire.Frames;
import narlink.wire.Symbols;

/// What a simulation is about: everything else follows from the seed.
///
/// @param weather how bad the link is beside its profile
/// @param packages in a generated closure
/// @param bytes of a package's file, about
/// @param symbolSize bytes of a FEC symbol, at most
/// @param segmentSize bytes of a segment
/// @param daysBetween what people on Earth do, on average; 0: one deployment is sent, and when it has ended all is over
/// @param troubles how often something happens that is nobody's wish, a day
/// @param muted troubles that are left out
/// @param calm passes of a fair link at the end, in which everything has to come to its end
public record Scenario(
        LinkProfile profile,
        Weather weather,
        int days,
        int packages,
        int bytes,
        int symbolSize,
        int segmentSize,
        double daysBetween,
        double troubles,
        Set<Trouble> muted,
        int calm) {
    public Scenario {
        muted = Set.copyOf(muted);
    }

    /// Of a generated mission.
    public static final int PASSES_PER_DAY = 5;

    private static final List<Integer> SYMBOL_SIZES = List.of(64, 128, 256, 896);
    private static final List<Integer> FORECAST_SIZES = List.of(896, 448, 224, 96, 48, 16);
    private static final List<Integer> SEGMENT_SIZES = List.of(512, 1024, 2048, 8192);
    private static final int MOST_CALM = 40;
    private static final Duration TURNAROUND = Duration.ofMillis(150);
    private static final int PACKAGES = 8;

    /// A small mission that suffers from everything there is, with passes of a minute or so on links of all kinds.
    public static Scenario generated(long seed, int days) {
        var random = new SplittableRandom(seed);
        var base = LinkProfile.BUILT_IN.get(random.nextInt(LinkProfile.BUILT_IN.size() - 1));
        long rate = 4_000L << random.nextInt(6);
        // Where both directions share a channel, they share its rate.
        boolean shared = random.nextInt(5) == 0;
        long downRate = Math.max(1200, rate / (1L << random.nextInt(8)));
        var profile = new LinkProfile(
                "generated",
                rate,
                shared ? rate : downRate,
                base.framePayload(),
                base.goodToBad(),
                base.badToGood(),
                base.lossGood(),
                base.lossBad(),
                Duration.ofSeconds(30 + random.nextInt(60)),
                PASSES_PER_DAY,
                0.05);
        if (shared) profile = profile.turning(TURNAROUND);
        int symbol = SYMBOL_SIZES.get(random.nextInt(SYMBOL_SIZES.size()));
        int segment = SEGMENT_SIZES.stream()
                .filter(size -> size > 2 * symbol)
                .toList()
                .getFirst();
        return new Scenario(
                profile,
                Weather.of(random),
                days,
                2 + random.nextInt(8),
                random.nextInt(12) == 0 ? 16_384 : 1 << (6 + random.nextInt(6)),
                symbol,
                segment,
                3 + random.nextInt(6),
                1.5,
                Set.of(),
                MOST_CALM);
    }

    /// One deployment over a link, with what the link does to it, and nothing else that goes wrong.
    ///
    /// @param passes after which it is given up
    /// @param bytes of a generated deployment, about
    /// @param returns whether there is a return link at all
    public static Scenario forecast(LinkProfile profile, int passes, int bytes, boolean returns) {
        int segment = profile.framePayload();
        return new Scenario(
                profile,
                Weather.usual(returns),
                Math.max(1, Math.ceilDiv(passes, profile.passesPerDay())),
                PACKAGES,
                bytes / PACKAGES,
                symbolSize(segment),
                segment,
                0,
                0,
                Set.of(),
                0);
    }

    /// The same, but shorter, and without some of what goes wrong.
    Scenario less(int fewerDays, Set<Trouble> without) {
        return new Scenario(
                profile,
                without.contains(Trouble.WEATHER) ? Weather.fair(weather.stream()) : weather,
                fewerDays,
                packages,
                bytes,
                symbolSize,
                segmentSize,
                daysBetween,
                troubles,
                without,
                calm);
    }

    /// The largest of the usual sizes that a segment holds.
    ///
    /// @throws IllegalArgumentException if it holds none
    private static int symbolSize(int segment) {
        return FORECAST_SIZES.stream()
                .filter(size -> Symbols.fitting(segment - Frames.DATAGRAM_OVERHEAD, size, 1, 0) > 0)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "frames of " + segment + " bytes are too small: at least 128 are needed"));
    }
}
