package narlink.ground;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import narlink.Bytes;
import narlink.Sha256;
import narlink.delta.Codec;
import narlink.nix.PathInfo;
import narlink.nix.PublicKey;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.ProfileName;
import narlink.simulation.LinkProfile;
import narlink.wire.Announcement;
import narlink.wire.Envelope;
import narlink.wire.Report;

/// From targets to a queued deployment: plan, pack, rehearse, sign, queue. Nothing is signed that was not rehearsed.
public final class Orders {
    private final GroundState files;
    private final Ledger ledger;
    private final Store earth;
    private final BiConsumer<StorePath, Long> progress;

    /// @param progress told each path before it is packed, with the raw bytes packed so far
    public Orders(GroundState files, Ledger ledger, Store earth, BiConsumer<StorePath, Long> progress) {
        this.files = files;
        this.ledger = ledger;
        this.earth = earth;
        this.progress = progress;
    }

    /// @param have closures to plan against in place of the mirror; empty: the mirror
    /// @param symbolSize bytes of a FEC symbol, at most
    /// @param place its priority and deadline; it counts on nothing that goes up after it
    /// @param behind whether what is under way to the same profile is to be finished first; else this takes its place
    public record Request(
            Satellite satellite,
            List<StorePath> targets,
            List<StorePath> have,
            Optional<ProfileName> profile,
            Activation activation,
            Duration expires,
            int symbolSize,
            int segmentSize,
            LinkProfile link,
            Standing place,
            boolean behind) {}

    /// How urgent a deployment is.
    ///
    /// @param priority higher ones go first
    public record Standing(int priority, Optional<Instant> deadline) {
        public static final Standing NORMAL = new Standing(0, Optional.empty());
    }

    /// What would be sent, or is.
    public record Summary(
            Plan plan, List<Codec.Cost> costs, long packBytes, long wireBytes, Forecast forecast, int deployment) {}

    /// Plans and packs, and throws the pack away.
    public Summary plan(Request request, SecretKey anyKey, Instant now) throws IOException {
        var directory = Files.createTempDirectory("narlink-plan");
        var pack = directory.resolve("plan.pack");
        try {
            var packed = pack(request, pack);
            var deployment = deployment(request, packed, anyKey, anyKey, now);
            return summary(request, packed, deployment, anyKey, directory, 0);
        } finally {
            Files.deleteIfExists(pack);
            Files.deleteIfExists(directory);
        }
    }

    /// Plans, packs, rehearses, signs and queues. The same request again, while its deployment is under way, finds that
    /// deployment.
    public Summary send(Request request, SecretKey missionKey, SecretKey stationKey, Instant now) throws IOException {
        Files.createDirectories(files.packs());
        var temporary = Files.createTempFile(files.packs(), "new", ".pack.tmp");
        try {
            var packed = pack(request, temporary);
            Rehearsal.rehearse(packed, earth, files.packs());
            var deployment = queue(request, packed, missionKey, stationKey, now, temporary);
            return summary(request, packed, deployment, stationKey, files.packs(), deployment.number());
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /// One at a time: a number belongs to one deployment and one pack file, whoever else sends at this moment.
    private Deployment queue(
            Request request, Packed packed, SecretKey missionKey, SecretKey stationKey, Instant now, Path temporary)
            throws IOException {
        synchronized (Orders.class) { // The file's lock keeps other processes out, not other threads.
            try (var file = FileChannel.open(
                            files.packs().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = file.lock()) {
                if (!lock.isValid()) throw new IOException("cannot lock " + files.packs());
                var deployment = deployment(request, packed, missionKey, stationKey, now);
                for (var info : packed.plan().added()) root(deployment, info);
                if (packed.packOti().isPresent())
                    publish(temporary, files.packs().resolve(deployment.pack()));
                ledger.add(deployment);
                ledger.places()
                        .put(
                                deployment.satellite(),
                                List.of(new Place(
                                        deployment.number(),
                                        request.place().priority(),
                                        OptionalInt.empty(),
                                        request.place().deadline())));
                for (int number : deployment.announcement().supersedes()) {
                    ledger.progress(
                            deployment.satellite(),
                            number,
                            Deployment.Progress.ended(
                                    Deployment.State.SUPERSEDED, "by deployment " + deployment.number()));
                }
                ledger.happened(
                        deployment.satellite(),
                        now,
                        "deployment " + deployment.number() + " QUEUED ("
                                + deployment.targets().getFirst().baseName() + ")");
                return deployment;
            }
        }
    }

    /// Above all that this ledger and the satellite know: it may remember deployments of another ledger, or from
    /// before it was removed here.
    private int nextNumber(Satellite satellite) {
        int told = new ReportIntake(ledger, satellite)
                .last()
                .map(report -> report.deployments().stream()
                        .mapToInt(Report.DeploymentReport::deployment)
                        .reduce(report.lowestOpen() - 1, Math::max))
                .orElse(0);
        return Math.max(ledger.nextNumber(satellite.name()), told + 1);
    }

    /// The deployment under way that brings just these targets to this profile, if there is one.
    public Optional<Deployment> underWay(Request request) {
        return ledger.deployments(request.satellite().name()).stream()
                .filter(deployment -> !deployment.ended()
                        && !deployment.progress().stuck()
                        && deployment.targets().equals(request.targets())
                        && deployment
                                .profile()
                                .equals(request.profile()
                                        .map(ProfileName::value)
                                        .orElse("")))
                .findFirst();
    }

    private Packed pack(Request request, Path file) throws IOException {
        var have = have(request);
        var plan = Planner.plan(earth, request.targets(), have, bases(request, have));
        return new Packer(earth, request.symbolSize(), progress)
                .pack(
                        plan,
                        request.profile(),
                        request.activation(),
                        request.satellite().system(),
                        file);
    }

    /// What is the same on board and on Earth.
    private Set<StorePath> bases(Request request, Set<StorePath> have) throws IOException {
        var mirror = ledger.mirror(request.satellite().name()).paths();
        var bases = new HashSet<StorePath>();
        for (var info : earth.infos(have).values()) {
            var item = mirror.get(info.path());
            if (!request.have().isEmpty() || item == null || item.isBase(info.narHash())) {
                bases.add(info.path());
            }
        }
        return bases;
    }

    /// What this request makes needless, where it has not come so far that it will be finished first.
    private List<Deployment> superseded(Request request) {
        var profile = request.profile().map(ProfileName::value).orElse("");
        return ledger.deployments(request.satellite().name()).stream()
                .filter(deployment -> deployment.progress().state() == Deployment.State.QUEUED
                        || deployment.progress().state() == Deployment.State.RECEIVING)
                .filter(deployment -> deployment.profile().equals(profile))
                .filter(deployment -> deployment.progress().stuck()
                        ? profile.isEmpty() ? deployment.targets().equals(request.targets()) : true
                        : !profile.isEmpty() && !request.behind())
                .limit(Announcement.MAX_SUPERSEDES)
                .toList();
    }

    private Set<StorePath> have(Request request) throws IOException {
        if (!request.have().isEmpty()) return earth.closure(request.have());
        // What goes up before it will be there before what is sent now is begun.
        var have = new HashSet<>(ledger.mirror(request.satellite().name()).sound());
        for (var deployment : before(request)) {
            deployment.objects().forEach(item -> have.add(item.path()));
        }
        return have;
    }

    /// All servers that may send it, this one first.
    private List<Bytes> stations(PublicKey own) {
        return Stream.concat(Stream.of(own), ledger.stationKeys().stream())
                .map(PublicKey::key)
                .distinct()
                .limit(Announcement.MAX_STATION_KEYS)
                .toList();
    }

    /// Deployments under way that go up before it and stay.
    private List<Deployment> before(Request request) {
        var needless = superseded(request).stream().map(Deployment::number).toList();
        var queue = new Queue(ledger, request.satellite().name());
        return ledger.deployments(request.satellite().name()).stream()
                .filter(deployment -> !deployment.ended() && !needless.contains(deployment.number()))
                .filter(deployment -> queue.place(deployment.number()).priority()
                        >= request.place().priority())
                .toList();
    }

    private Deployment deployment(
            Request request, Packed packed, SecretKey missionKey, SecretKey stationKey, Instant now) {
        var satellite = request.satellite().name();
        int number = nextNumber(request.satellite());
        var announcement = new Announcement(
                number,
                Math.min(number, ledger.lowestOpen(satellite)),
                packed.manifestOti(),
                packed.packOti(),
                Sha256.of(packed.object()),
                storeDigest(request),
                stations(stationKey.publicKey()),
                now.plus(request.expires()),
                1,
                superseded(request).stream().map(Deployment::number).toList());
        return new Deployment(
                satellite,
                announcement,
                Envelope.seal(announcement, missionKey, Envelope.Direction.UP, satellite),
                packed.object(),
                packed.packOti().isPresent() ? satellite + "-" + number + ".pack" : "",
                request.targets(),
                request.profile().map(ProfileName::value).orElse(""),
                packed.plan().added().stream().map(Orders::item).toList(),
                now,
                Deployment.Progress.QUEUED,
                earth.url());
    }

    /// The state of the store that this builds on: what was reported last, where the mirror is just that, or where it
    /// can't tell itself; with what else is under way.
    private Bytes storeDigest(Request request) {
        var satellite = request.satellite().name();
        var mirror = ledger.mirror(satellite);
        var items = new TreeMap<>(mirror.paths());
        for (var deployment : before(request)) {
            deployment.objects().forEach(item -> items.putIfAbsent(item.path(), item));
        }
        var told = new ReportIntake(ledger, request.satellite()).last();
        return told.filter(Report::knowsStore)
                .map(Report::shortDigest)
                .filter(digest -> items.size() == mirror.paths().size() && mirror.is(digest))
                .or(() -> Mirror.of(items.values()).digest().map(Report::shortDigest))
                .or(() -> told.map(Report::shortDigest))
                .orElseGet(() -> Report.shortDigest(new narlink.nix.StoreDigest().digest()));
    }

    private Summary summary(
            Request request, Packed packed, Deployment deployment, SecretKey key, Path packs, int number)
            throws IOException {
        var counted = number != 0
                ? deployment
                : new Deployment(
                        deployment.satellite(),
                        deployment.announcement(),
                        deployment.segment(),
                        deployment.manifest(),
                        packed.pack().getFileName().toString(),
                        deployment.targets(),
                        deployment.profile(),
                        deployment.objects(),
                        deployment.created(),
                        deployment.progress(),
                        deployment.store());
        try (var source = new SymbolSource(packs)) {
            long wire = WireBytes.count(counted, source, key, request.segmentSize());
            return new Summary(
                    packed.plan(),
                    packed.costs(),
                    deployment.packBytes(),
                    wire,
                    Forecast.of(wire, request.link()),
                    number);
        }
    }

    /// What the satellite is to hold stays on Earth too: as proof, and as a base.
    private void root(Deployment deployment, PathInfo info) throws IOException {
        earth.root(
                deployment.satellite() + "/" + deployment.number() + "/"
                        + info.path().baseName(),
                info.path());
    }

    private static void publish(Path temporary, Path pack) throws IOException {
        try (var file = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        Files.move(temporary, pack, StandardCopyOption.ATOMIC_MOVE);
    }

    public static Mirror.Item item(PathInfo info) {
        return Mirror.Item.of(info, Mirror.Belief.PREDICTED);
    }
}
