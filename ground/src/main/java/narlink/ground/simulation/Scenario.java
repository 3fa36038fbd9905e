package narlink.ground.simulation;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import narlink.simulation.LinkProfile;

/// What a simulation is about: everything else follows from the seed.
///
/// @param weather how bad the link is beside its profile
/// @param packages in a generated closure
/// @param bytes of a package's file, about
/// @param symbolSize bytes of a FEC symbol, at most
/// @param segmentSize bytes of a segment
/// @param daysBetween engineers' deployments, on average
/// @param troubles how often something happens that is nobody's wish, a day
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
        int calm) {
    private static final List<Integer> SYMBOL_SIZES = List.of(64, 128, 256, 896);
    private static final List<Integer> SEGMENT_SIZES = List.of(512, 1024, 2048, 8192);
    private static final int MOST_CALM = 40;

    /// A small mission that suffers from everything there is, with passes of a minute or so on links of all kinds.
    public static Scenario generated(long seed, int days) {
        var random = new SplittableRandom(seed);
        var base = LinkProfile.BUILT_IN.get(random.nextInt(LinkProfile.BUILT_IN.size() - 1));
        long rate = 4_000L << random.nextInt(6);
        var profile = new LinkProfile(
                "generated",
                rate,
                Math.max(1200, rate / (1L << random.nextInt(8))),
                base.framePayload(),
                base.goodToBad(),
                base.badToGood(),
                base.lossGood(),
                base.lossBad(),
                Duration.ofSeconds(30 + random.nextInt(60)),
                5,
                0.05);
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
                MOST_CALM);
    }
}
