package narlink.ground;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;
import narlink.wire.Announcement;
import narlink.wire.DeploymentState;
import narlink.wire.FecObject;
import narlink.wire.Report;
import narlink.wire.Report.DeploymentReport;
import narlink.wire.Report.Missing;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/// Transmission against a receiver that only counts, with an ideal code: what it sends beyond the least possible is its
/// own waste.
final class TransmissionProperties {
    private static final Sha256 HASH = Sha256.of(new byte[0]);
    private static final int T = 896;

    @Property(tries = 60)
    void independentLossCostsLittleMoreThanItMust(
            @ForAll @DoubleRange(min = 0, max = 0.4) double loss,
            @ForAll @IntRange(min = 1_000_000, max = 12_000_000) int packBytes,
            @ForAll @IntRange(min = 0, max = 20) int delaySegments,
            @ForAll long seed) {
        long sent = fly(loss, packBytes, delaySegments, seed);
        double factor = (double) sent * T / packBytes;
        double bound = 1.03 / (1 - loss) + 0.01;
        assertTrue(factor <= bound, "sent %.4f of the pack, bound %.4f".formatted(factor, bound));
    }

    /// Flies until the receiver has all; returns the symbols sent.
    private static long fly(double loss, int packBytes, int delay, long seed) {
        var random = new SplittableRandom(seed);
        var pack = Oti.of(packBytes, T, 2048);
        var announcement = new Announcement(
                1,
                1,
                Oti.of(2_000, 504, 2048),
                Optional.of(pack),
                HASH,
                HASH,
                List.of(Bytes.of(new byte[32])),
                Instant.MAX.minusSeconds(1),
                1);
        var policy = new Transmission.Policy(
                true, 0, 8192, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(60));
        var now = Instant.EPOCH;
        var transmission = new Transmission(List.of(new Outgoing(announcement, Map.of())), policy, 1, 0, now);
        var receiver = new Counting(announcement);
        var pending = new java.util.ArrayDeque<Report>();
        int next = 0;
        long sent = 0;
        for (int steps = 0; steps < 1_000_000; steps++) {
            now = now.plusMillis(4); // 8 KiB at 16 Mbit/s.
            while (!pending.isEmpty() && next++ >= delay) {
                transmission.on(pending.remove(), now);
                next = 0;
            }
            var action = transmission.next(now);
            if (action instanceof Transmission.Action.Done) return sent;
            if (action instanceof Transmission.Action.Wait wait) {
                if (pending.isEmpty()) now = wait.until();
                next = delay;
                if (receiver.complete() && pending.isEmpty()) pending.add(receiver.report());
                continue;
            }
            boolean arrives = random.nextDouble() >= loss;
            if (action instanceof Transmission.Action.Announce && arrives) {
                receiver.announced = true;
                pending.add(receiver.report());
            }
            if (action instanceof Transmission.Action.Send send) {
                var run = send.run();
                int first = transmissionSent(receiver, run);
                transmission.sent(send, first);
                receiver.assigned(run, first);
                sent += run.count();
                if (arrives && receiver.announced) {
                    receiver.take(run);
                    if (send.poll() != 0) {
                        receiver.poll = send.poll();
                        if (random.nextDouble() >= loss) pending.add(receiver.report());
                    }
                }
            }
        }
        throw new AssertionError("it never ends");
    }

    private static int transmissionSent(Counting receiver, Outgoing.Run run) {
        return receiver.nextEsi.getOrDefault(run.object() + "/" + run.block(), 0);
    }

    /// Counts symbols; a block is done with K of them.
    private static final class Counting {
        private final Announcement announcement;
        private final Map<FecObject, int[]> held = new java.util.EnumMap<>(FecObject.class);
        private final Map<String, Integer> nextEsi = new java.util.HashMap<>();
        private final Set<String> seen = new HashSet<>();
        private boolean announced;
        private int poll;
        private long symbols;
        private long sequence;

        Counting(Announcement announcement) {
            this.announcement = announcement;
            for (var object : FecObject.values()) {
                held.put(object, new int[announcement.oti(object).orElseThrow().blocks()]);
            }
        }

        void assigned(Outgoing.Run run, int first) {
            for (int i = 0; i < run.count(); i++) {
                assertTrue(seen.add(run.object() + "/" + run.block() + "/" + (first + i)));
            }
            nextEsi.put(run.object() + "/" + run.block(), first + run.count());
        }

        void take(Outgoing.Run run) {
            counts(run.object())[run.block()] += run.count();
            symbols += run.count();
        }

        boolean complete() {
            for (var object : FecObject.values()) if (!missing(object).symbols().isEmpty()) return false;
            return true;
        }

        private int[] counts(FecObject object) {
            return java.util.Objects.requireNonNull(held.get(object));
        }

        private Missing missing(FecObject object) {
            var oti = announcement.oti(object).orElseThrow();
            int[] counts = counts(object);
            int first = 0;
            while (first < counts.length && counts[first] >= oti.k(first)) first++;
            var list = new java.util.ArrayList<Integer>();
            for (int i = first; i < counts.length; i++) list.add(Math.max(0, oti.k(i) - counts[i]));
            return new Missing(first, list);
        }

        Report report() {
            var state = complete() ? DeploymentState.CONFIRMED : DeploymentState.RECEIVING;
            var deployment = new DeploymentReport(
                    1, state, "", 0, 0, 0, missing(FecObject.MANIFEST), missing(FecObject.PACK), -1, Bytes.EMPTY);
            return new Report(
                    ++sequence,
                    1,
                    0,
                    Instant.EPOCH,
                    HASH,
                    0,
                    0,
                    "",
                    poll,
                    symbols,
                    Map.of(),
                    List.of(deployment),
                    List.of(),
                    1,
                    0);
        }
    }
}
