package narlink.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Layout;
import narlink.pack.MalformedManifestException;
import narlink.pack.Manifest;
import narlink.pack.ManifestFormat;
import narlink.pack.ProfileName;
import narlink.simulation.LinkProfile;

/// Answers a satellite that can't go on with a deployment, for something that it counts on is missing or damaged on
/// board: the same is planned anew by what the mirror has learnt from that report, and takes the deployment's place.
public final class Supplements {
    private static final Duration REPAIR_LASTS = Duration.ofDays(14);

    private final GroundState files;
    private final Ledger ledger;
    private final Opener stores;

    /// Opens a store of Earth by its URL.
    public interface Opener {
        Store open(String url) throws IOException;
    }

    public Supplements(GroundState files, Ledger ledger, Opener stores) {
        this.files = files;
        this.ledger = ledger;
        this.stores = stores;
    }

    /// @param stuck number of the one that can't go on; 0 where damaged paths are sent again
    /// @param instead number of the one that takes its place
    public record Supplement(int stuck, int instead, long packBytes) {}

    /// Plans anew what is stuck, and queues it.
    ///
    /// @throws IOException if that can't be done here, as where the mission key is kept elsewhere; the message says
    /// what
    ///     to do
    public List<Supplement> answer(Satellite satellite, Instant now) throws IOException {
        var answers = new ArrayList<Supplement>();
        for (var deployment : ledger.deployments(satellite.name())) {
            if (!deployment.ended() && deployment.progress().stuck()) answers.add(answer(satellite, deployment, now));
        }
        repair(satellite, now).ifPresent(answers::add);
        return answers;
    }

    private Supplement answer(Satellite satellite, Deployment stuck, Instant now) throws IOException {
        try (var earth = stores.open(stuck.store())) {
            var summary = new Orders(files, ledger, earth, (path, raw) -> {})
                    .send(request(satellite, stuck, now), missionKey(stuck), files.stationKey(), now);
            return new Supplement(stuck.number(), summary.deployment(), summary.packBytes());
        }
    }

    /// Sends again what is damaged on board, as far as a store on Earth has it.
    private Optional<Supplement> repair(Satellite satellite, Instant now) throws IOException {
        var damaged = new TreeMap<StorePath, Mirror.Item>();
        ledger.mirror(satellite.name()).paths().values().stream()
                .filter(item -> item.belief() == Mirror.Belief.DAMAGED)
                .forEach(item -> damaged.put(item.path(), item));
        var urls = new TreeSet<>(ledger.stores(satellite.name()));
        for (var deployment : ledger.deployments(satellite.name())) {
            urls.add(deployment.store());
            if (!deployment.ended()) return Optional.empty(); // First what was ordered.
        }
        if (damaged.isEmpty()) return Optional.empty();
        for (var url : urls) {
            try (var earth = stores.open(url)) {
                var targets = earth.infos(damaged.keySet()).values().stream()
                        .filter(info -> damaged.containsKey(info.path()))
                        .filter(info -> Optional.ofNullable(damaged.get(info.path()))
                                .filter(item -> item.has(info.narHash()))
                                .isPresent())
                        .map(PathInfo::path)
                        .limit(Manifest.MAX_TARGETS)
                        .toList();
                if (targets.isEmpty()) continue;
                var summary = new Orders(files, ledger, earth, (path, raw) -> {})
                        .send(repairs(satellite, targets), files.missionKey(), files.stationKey(), now);
                return Optional.of(new Supplement(0, summary.deployment(), summary.packBytes()));
            }
        }
        return Optional.empty();
    }

    private Orders.Request repairs(Satellite satellite, List<StorePath> targets) {
        return new Orders.Request(
                satellite,
                targets,
                List.of(),
                Optional.empty(),
                Activation.NONE,
                REPAIR_LASTS,
                symbolSize(satellite),
                Pass.Settings.SEGMENT_SIZE,
                LinkProfile.BUILT_IN.getFirst(),
                Orders.Standing.NORMAL,
                true);
    }

    /// The largest that has gone up by now: small segments take small symbols only.
    private int symbolSize(Satellite satellite) {
        return ledger.deployments(satellite.name()).stream()
                .filter(deployment -> deployment.progress().state() != Deployment.State.QUEUED)
                .map(Deployment::announcement)
                .mapToInt(known -> known.pack().orElse(known.manifest()).symbolSize())
                .max()
                .orElse(Layout.SYMBOL_SIZE);
    }

    private SecretKey missionKey(Deployment stuck) throws IOException {
        try {
            return files.missionKey();
        } catch (IOException e) {
            throw new IOException(
                    "deployment " + stuck.number()
                            + " needs what is damaged or missing on board, and there is no mission"
                            + " key here to sign another: send "
                            + stuck.targets().getFirst() + " again",
                    e);
        }
    }

    private Orders.Request request(Satellite satellite, Deployment stuck, Instant now) throws IOException {
        var place = new Queue(ledger, satellite.name()).place(stuck.number());
        try {
            var manifest = ManifestFormat.read(stuck.manifest());
            var announcement = stuck.announcement();
            return new Orders.Request(
                    satellite,
                    stuck.targets(),
                    List.of(),
                    stuck.profile().isEmpty() ? Optional.empty() : Optional.of(new ProfileName(stuck.profile())),
                    manifest.activation(),
                    Duration.between(now, announcement.expires()),
                    symbolSize(satellite),
                    Pass.Settings.SEGMENT_SIZE,
                    LinkProfile.BUILT_IN.getFirst(),
                    new Orders.Standing(place.priority(), place.deadline()),
                    false);
        } catch (MalformedManifestException e) {
            throw new IOException("the manifest of deployment " + stuck.number() + " is damaged in the ledger", e);
        }
    }

    /// Deletes the packs of deployments that have ended: nothing of them is ever sent again.
    public void tidy(Satellite satellite) throws IOException {
        for (var deployment : ledger.deployments(satellite.name())) {
            if (deployment.ended() && !deployment.pack().isEmpty()) {
                Files.deleteIfExists(pack(deployment));
            }
        }
    }

    private Path pack(Deployment deployment) {
        return files.packs().resolve(deployment.pack());
    }
}
