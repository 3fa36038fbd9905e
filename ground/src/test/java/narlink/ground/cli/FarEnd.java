package narlink.ground.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import narlink.Bytes;
import narlink.Sha256;
import narlink.ground.Deployment;
import narlink.ground.Mirror;
import narlink.nix.PublicKey;
import narlink.nix.SecretKey;
import narlink.nix.StoreDigest;
import narlink.wire.Announcement;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.FrameReader;
import narlink.wire.Frames;
import narlink.wire.Opened;
import narlink.wire.Report;
import narlink.wire.SatelliteName;
import narlink.wire.Symbols;

/// A satellite that costs next to nothing: it checks what comes as a receiver does, and counts symbols in place of
/// keeping them. What the link loses is lost here. Nothing that it has counted is ever forgotten, whatever happens to
/// its connection: it is a receiver that never fails.
final class FarEnd {
    private static final int BOOT = 1;

    private final SatelliteName name;
    private final SecretKey key;
    private final Envelope.Keys ground;
    private final Mirror.Item item;
    private final Announcement announcement;
    private final double loss;
    private final SplittableRandom random;
    private FrameReader reader = new FrameReader();
    private boolean announced;
    private final Map<FecObject, List<BitSet>> sent = new EnumMap<>(FecObject.class);
    private final Map<FecObject, List<BitSet>> kept = new EnumMap<>(FecObject.class);
    private final List<byte[]> answers = new ArrayList<>();
    private long sequence = (long) BOOT << 32;
    private int poll;
    private long symbols;
    private boolean news;

    private long bytes;
    private long segments;
    private long rejected;
    private long repeated;
    private long badFrames;

    /// @param ground mission and station keys
    /// @param order what it will be told
    FarEnd(SecretKey key, List<PublicKey> ground, Deployment order, double loss, long seed) {
        this.name = order.satellite();
        this.key = key;
        this.ground = Envelope.Keys.of(ground);
        this.item = order.objects().getFirst();
        this.announcement = order.announcement();
        this.loss = loss;
        this.random = new SplittableRandom(seed);
        for (var object : FecObject.values()) {
            sent.put(object, new ArrayList<>());
            kept.put(object, new ArrayList<>());
            for (int i = 0; i < announcement.oti(object).orElseThrow().blocks(); i++) {
                of(sent, object).add(new BitSet());
                of(kept, object).add(new BitSet());
            }
        }
    }

    private static List<BitSet> of(Map<FecObject, List<BitSet>> map, FecObject object) {
        return map.getOrDefault(object, List.of());
    }

    /// What it has counted.
    ///
    /// @param bytes that came over the pipe, those of lost frames too
    /// @param repeated symbols that came twice: never one, by what the server leases
    /// @param highest by object and block, one more than the highest ESI that came
    record Count(
            long bytes,
            long segments,
            long symbols,
            long rejected,
            long repeated,
            long badFrames,
            int blocksDone,
            boolean complete,
            Map<FecObject, List<Integer>> highest) {}

    SatelliteName name() {
        return name;
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized Count count() {
        var highest = new EnumMap<FecObject, List<Integer>>(FecObject.class);
        sent.forEach((object, blocks) ->
                highest.put(object, blocks.stream().map(BitSet::length).toList()));
        return new Count(
                bytes,
                segments,
                symbols,
                rejected,
                repeated,
                badFrames + reader.bad(),
                done(FecObject.PACK),
                complete(),
                highest);
    }

    /// A new connection: what was half there is gone.
    synchronized byte[] connected() {
        badFrames += reader.bad();
        reader = new FrameReader();
        return Frames.frame(report());
    }

    /// @return what is to be answered, as frames
    synchronized List<byte[]> hear(byte[] chunk, int length) {
        bytes += length;
        answers.clear();
        reader.feed(chunk, 0, length, this::segment);
        if (news) answers.add(Frames.frame(report()));
        news = false;
        return List.copyOf(answers);
    }

    private void segment(byte[] segment) {
        segments++;
        boolean lost = random.nextDouble() < loss;
        switch (Envelope.open(segment, ground, Envelope.Direction.UP, name)) {
            case Opened.Rejected no -> rejected++;
            case Opened.Trusted trusted -> {
                switch (trusted.message()) {
                    case Announcement told -> {
                        if (!lost) announced(told);
                    }
                    case Symbols some -> symbols(some, lost);
                    default -> {}
                }
            }
        }
    }

    private void announced(Announcement told) {
        if (announced || told.deployment() != announcement.deployment()) return;
        announced = true;
        news = true;
    }

    private List<BitSet> kept(FecObject object) {
        return of(kept, object);
    }

    /// What is lost is noted as sent all the same: it must not come again.
    private void symbols(Symbols some, boolean lost) {
        int count = some.data().size()
                / announcement.oti(some.object()).orElseThrow().symbolSize();
        int end = some.esi() + count;
        var seen = of(sent, some.object()).get(some.block());
        repeated += seen.get(some.esi(), end).cardinality();
        seen.set(some.esi(), end);
        if (lost || !announced) return;
        boolean before = complete();
        symbols += count;
        kept(some.object()).get(some.block()).set(some.esi(), end);
        if (some.poll() != 0 && some.poll() != poll) {
            poll = some.poll();
            news = true;
        }
        if (complete() != before) news = true;
    }

    private int k(FecObject object, int block) {
        return announcement.oti(object).orElseThrow().k(block);
    }

    private int missing(FecObject object, int block) {
        return Math.max(0, k(object, block) - kept(object).get(block).cardinality());
    }

    private int done(FecObject object) {
        int done = 0;
        for (int i = 0; i < kept(object).size(); i++) if (missing(object, i) == 0) done++;
        return done;
    }

    private boolean complete() {
        return done(FecObject.MANIFEST) == kept(FecObject.MANIFEST).size()
                && done(FecObject.PACK) == kept(FecObject.PACK).size();
    }

    private Report.Missing missing(FecObject object) {
        int blocks = kept(object).size();
        int first = 0;
        while (first < blocks && missing(object, first) == 0) first++;
        int last = blocks;
        while (last > first && kept(object).get(last - 1).isEmpty()) last--;
        var list = new ArrayList<Integer>();
        for (int i = first; i < last && list.size() < Report.Missing.MAX_BLOCKS; i++) list.add(missing(object, i));
        return new Report.Missing(first, list, list.size() == last - first);
    }

    private byte[] report() {
        var store = new StoreDigest();
        if (complete()) store.put(item.path(), new Sha256(item.narHash()));
        var deployments = announced ? List.of(deployment()) : List.<Report.DeploymentReport>of();
        sequence++;
        return Envelope.seal(
                new Report(
                        sequence,
                        1,
                        Report.ANSWERS,
                        Instant.now(),
                        Report.shortDigest(store.digest()),
                        store.size(),
                        1L << 36,
                        "aarch64-linux",
                        poll,
                        symbols,
                        0,
                        Map.of(),
                        deployments,
                        List.of(),
                        1,
                        0,
                        List.of(),
                        Optional.empty()),
                key,
                Envelope.Direction.DOWN,
                name);
    }

    private Report.DeploymentReport deployment() {
        return new Report.DeploymentReport(
                announcement.deployment(),
                complete() ? DeploymentState.CONFIRMED : DeploymentState.RECEIVING,
                "",
                done(FecObject.PACK),
                kept(FecObject.PACK).size(),
                1,
                complete() ? 1 : 0,
                missing(FecObject.MANIFEST),
                missing(FecObject.PACK),
                -1,
                Bytes.EMPTY,
                Report.DeploymentReport.prefix(announcement));
    }
}
