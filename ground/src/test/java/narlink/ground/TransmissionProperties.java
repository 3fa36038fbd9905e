package narlink.ground;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;
import narlink.simulation.LinkProfile;
import narlink.wire.Announcement;
import narlink.wire.DeploymentState;
import narlink.wire.FecObject;
import narlink.wire.Report;
import narlink.wire.Report.DeploymentReport;
import narlink.wire.Report.Missing;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/// Transmission against a receiver that only counts, with an ideal code: what it sends beyond the least possible is its
/// own waste.
final class TransmissionProperties {
    private static final Sha256 HASH = Sha256.of(new byte[0]);
    private static final int T = 896;
    private static final Repair NOTHING = new Repair.Share(0);

    @Property(tries = 60)
    void independentLossCostsLittleMoreThanItMust(
            @ForAll @DoubleRange(min = 0, max = 0.3) double loss,
            @ForAll @IntRange(min = 5_000_000, max = 20_000_000) int packBytes,
            @ForAll @IntRange(min = 0, max = 700) int delayMillis,
            @ForAll long seed) {
        var flown = fly(loss, packBytes, delayMillis, seed);
        long needed = Math.ceilDiv(packBytes, T);
        // Of what arrives, three in a hundred may be too much, a few segments at the ends of rounds, and what spares
        // the wait for another answer: a tenth of what the link carries meanwhile.
        double spared = 0.1 * delayMillis / 4 * 9;
        assertTrue(
                flown.arrived() <= 1.03 * needed + 60 + spared,
                "%d symbols arrived for %d, %d sent, at loss %.3f"
                        .formatted(flown.arrived(), needed, flown.sent(), loss));
    }

    /// What went up before the announcement had arrived is not counted on board, and tells nothing of the link: here it
    /// once looked like a loss of two thirds, and a tenth too much went up.
    @Example
    void whatCameBeforeItsAnnouncementIsNoLoss() {
        int packBytes = 5_000_000;
        var flown = fly(0.29, packBytes, 677, 5847505065192886126L);
        assertTrue(flown.arrived() <= 1.04 * Math.ceilDiv(packBytes, T), flown.toString());
    }

    /// Nobody answers from some moment on; later somebody does.
    @Property(tries = 30)
    void aSilentLinkGetsLittleAndIsTakenUpAgain(@ForAll @IntRange(min = 0, max = 3_000) int silentFromMillis) {
        var announcement = announcement(200_000_000);
        var policy = new Transmission.Policy(
                true, true, NOTHING, 8192, size -> 64, Duration.ofSeconds(1), Duration.ofSeconds(2));
        var now = Instant.EPOCH;
        var transmission = new Transmission(List.of(new Outgoing(announcement, Map.of())), policy, 1, 0, now);
        var receiver = new Counting(announcement);
        long sentInSilence = 0;
        boolean asked = false;
        while (now.toEpochMilli() < 120_000) {
            boolean silent = now.toEpochMilli() >= silentFromMillis;
            var action = transmission.next(now);
            switch (action) {
                case Transmission.Action.Wait wait -> now = wait.until();
                case Transmission.Action.Done done -> throw new AssertionError("done without an answer");
                case Transmission.Action.Announce announce -> {
                    asked |= now.toEpochMilli() > 60_000;
                    now = now.plusMillis(1);
                    if (!silent) transmission.on(receiver.report(), now);
                }
                case Transmission.Action.Send send -> {
                    asked |= send.poll() != 0 && now.toEpochMilli() > 60_000;
                    transmission.sent(send, receiver.next(send.run()));
                    receiver.assigned(send.run(), receiver.next(send.run()));
                    receiver.take(send.run());
                    if (silent) sentInSilence += (long) send.run().count() * T;
                    now = now.plusMillis(4);
                    if (!silent && send.poll() != 0) {
                        receiver.poll = send.poll();
                        transmission.on(receiver.report(), now);
                    }
                }
            }
        }
        assertTrue(sentInSilence <= 3 * 2_000_000 + 200_000, sentInSilence + " bytes into a dead link");
        assertTrue(asked, "nobody asks any more");
        transmission.on(receiver.report(), now);
        assertTrue(transmission.next(now) instanceof Transmission.Action.Send, "it does not go on");
    }

    /// Reports that a blind sender happens to hear stop what is done, and nothing else.
    @Property(tries = 30)
    void aBlindPassSendsItsWholeShareWhateverItHears(
            @ForAll @DoubleRange(min = 0, max = 0.5) double blind,
            @ForAll @IntRange(min = 100_000, max = 3_000_000) int packBytes) {
        var announcement = announcement(packBytes);
        var policy = new Transmission.Policy(
                false, true, new Repair.Share(blind), 8192, size -> 64, Duration.ofSeconds(1), Duration.ofSeconds(2));
        var now = Instant.EPOCH;
        var transmission = new Transmission(List.of(new Outgoing(announcement, Map.of())), policy, 1, 0, now);
        var receiver = new Counting(announcement);
        long sent = 0;
        for (var action = transmission.next(now);
                !(action instanceof Transmission.Action.Done);
                action = transmission.next(now)) {
            now = now.plusMillis(4);
            if (action instanceof Transmission.Action.Send send) {
                int first = receiver.next(send.run());
                transmission.sent(send, first);
                receiver.assigned(send.run(), first);
                if (send.run().object() == FecObject.PACK) sent += send.run().count();
            }
            transmission.on(receiver.report(), now); // It has the announcement, and no symbol arrives.
        }
        assertTrue(sent >= Math.ceil(packBytes * (1 + blind) / T), sent + " symbols");
    }

    /// At least as many passes deliver as the budget was worked out for, with blocks that take turns, the last of them
    /// in a smaller group.
    @Property(tries = 6)
    void asManyBlindPassesDeliverAsWereAskedFor(
            @ForAll @IntRange(min = 0, max = 3) int profile, @ForAll boolean strict, @ForAll long seed) {
        double wanted = strict ? 0.99 : 0.9;
        var link = LinkProfile.BUILT_IN.get(profile);
        int segmentSize = profile == 0 ? 1024 : 2048;
        var random = new SplittableRandom(seed);
        int passes = 400;
        int delivered = 0;
        for (int i = 0; i < passes; i++) {
            if (deliveredBlindly(new Repair.ForDelivery(wanted, link, segmentSize), link, random)) delivered++;
        }
        double deviation = Math.sqrt(passes * wanted * (1 - wanted));
        assertTrue(delivered >= passes * wanted - 4 * deviation, delivered + " of " + passes + " at " + link.name());
    }

    private static boolean deliveredBlindly(Repair repair, LinkProfile link, SplittableRandom random) {
        var announcement = announcement(2_500_000, 128);
        int segmentSize = ((Repair.ForDelivery) repair).segmentSize();
        var policy = new Transmission.Policy(
                false, true, repair, segmentSize, size -> 64, Duration.ofSeconds(1), Duration.ofSeconds(2));
        var now = Instant.EPOCH;
        var transmission = new Transmission(List.of(new Outgoing(announcement, Map.of())), policy, 1, 0, now);
        var receiver = new Counting(announcement);
        int frames = Math.ceilDiv(segmentSize, link.framePayload());
        double good = link.badToGood() / (link.goodToBad() + link.badToGood());
        boolean bad = random.nextDouble() >= good;
        while (true) {
            var action = transmission.next(now);
            if (action instanceof Transmission.Action.Done) return receiver.announced && receiver.complete();
            now = now.plusMillis(1);
            boolean arrives = true;
            for (int i = 0; i < frames; i++) {
                arrives &= random.nextDouble() >= (bad ? link.lossBad() : link.lossGood());
                bad = bad ? random.nextDouble() >= link.badToGood() : random.nextDouble() < link.goodToBad();
            }
            if (action instanceof Transmission.Action.Announce) receiver.announced |= arrives;
            if (action instanceof Transmission.Action.Send send) {
                int first = receiver.next(send.run());
                transmission.sent(send, first);
                receiver.assigned(send.run(), first);
                if (arrives && receiver.announced) receiver.take(send.run());
            }
        }
    }

    private record Flown(long sent, long arrived) {}

    /// Flies until the receiver has all.
    private static Flown fly(double loss, int packBytes, int delayMillis, long seed) {
        var random = new SplittableRandom(seed);
        var announcement = announcement(packBytes);
        var policy = new Transmission.Policy(
                true, true, NOTHING, 8192, size -> 64, Duration.ofSeconds(1), Duration.ofSeconds(2));
        var now = Instant.EPOCH;
        var transmission = new Transmission(List.of(new Outgoing(announcement, Map.of())), policy, 1, 0, now);
        var receiver = new Counting(announcement);
        var pending = new ArrayDeque<Late>();
        long sent = 0;
        for (int steps = 0; steps < 1_000_000; steps++) {
            while (!pending.isEmpty() && !pending.peek().at().isAfter(now)) {
                transmission.on(pending.remove().report(), now);
            }
            var action = transmission.next(now);
            if (action instanceof Transmission.Action.Done) return new Flown(sent, receiver.arrived);
            if (action instanceof Transmission.Action.Wait wait) {
                now = pending.isEmpty() || pending.peek().at().isAfter(wait.until())
                        ? wait.until()
                        : pending.peek().at();
                continue;
            }
            now = now.plusMillis(4); // 8 KiB at 16 Mbit/s.
            boolean arrives = random.nextDouble() >= loss;
            boolean answers = random.nextDouble() >= loss;
            if (action instanceof Transmission.Action.Announce && arrives) {
                receiver.announced = true;
                if (answers) pending.add(new Late(now.plusMillis(delayMillis), receiver.report()));
            }
            if (action instanceof Transmission.Action.Send send) {
                var run = send.run();
                int first = receiver.next(run);
                transmission.sent(send, first);
                receiver.assigned(run, first);
                sent += run.count();
                if (!arrives || !receiver.announced) continue; // Where no announcement got through, all is in vain.
                receiver.arrived += run.count();
                receiver.take(run);
                if (send.poll() == 0) continue;
                receiver.poll = send.poll();
                if (answers) pending.add(new Late(now.plusMillis(delayMillis), receiver.report()));
            }
        }
        throw new AssertionError("it never ends");
    }

    private record Late(Instant at, Report report) {}

    private static Announcement announcement(int packBytes) {
        return announcement(packBytes, 2048);
    }

    private static Announcement announcement(int packBytes, int symbolsPerBlock) {
        return new Announcement(
                1,
                1,
                Oti.of(2_000, 504, 2048),
                Optional.of(Oti.of(packBytes, T, symbolsPerBlock)),
                HASH,
                Report.shortDigest(HASH),
                List.of(Bytes.of(new byte[32])),
                Instant.MAX.minusSeconds(1),
                1);
    }

    /// Counts symbols; a block is done with K of them.
    private static final class Counting {
        private final Announcement announcement;
        private final Map<FecObject, int[]> held = new java.util.EnumMap<>(FecObject.class);
        private final Map<String, Integer> nextEsi = new java.util.HashMap<>();
        private final Set<String> seen = new HashSet<>();
        private boolean announced;
        private long arrived;
        private int poll;
        private long symbols;
        private long sequence;

        Counting(Announcement announcement) {
            this.announcement = announcement;
            for (var object : FecObject.values()) {
                held.put(object, new int[announcement.oti(object).orElseThrow().blocks()]);
            }
        }

        int next(Outgoing.Run run) {
            return nextEsi.getOrDefault(run.object() + "/" + run.block(), 0);
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
                    1,
                    state,
                    "",
                    0,
                    0,
                    0,
                    0,
                    missing(FecObject.MANIFEST),
                    missing(FecObject.PACK),
                    -1,
                    Bytes.EMPTY,
                    DeploymentReport.prefix(announcement));
            return new Report(
                    ++sequence,
                    1,
                    0,
                    Instant.EPOCH,
                    Report.shortDigest(HASH),
                    0,
                    0,
                    "",
                    poll,
                    symbols,
                    0,
                    Map.of(),
                    List.of(deployment),
                    List.of(),
                    1,
                    0,
                    List.of(),
                    java.util.Optional.empty());
        }
    }
}
