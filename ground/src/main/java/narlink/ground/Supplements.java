package narlink.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.pack.MalformedManifestException;
import narlink.pack.ManifestFormat;
import narlink.pack.ProfileName;
import narlink.simulation.LinkProfile;

/// Answers a satellite that can't go on with a deployment, for something that it counts on is missing or damaged on
/// board:
/// the same is planned anew by what the mirror has learnt from that report, and takes the deployment's place.
public final class Supplements {
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

    /// @param stuck number of the one that can't go on
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
        return answers;
    }

    private Supplement answer(Satellite satellite, Deployment stuck, Instant now) throws IOException {
        try (var earth = stores.open(stuck.store())) {
            var summary = new Orders(files, ledger, earth, (path, raw) -> {})
                    .send(request(satellite, stuck, now), missionKey(stuck), files.stationKey(), now);
            return new Supplement(stuck.number(), summary.deployment(), summary.packBytes());
        }
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

    private static Orders.Request request(Satellite satellite, Deployment stuck, Instant now) throws IOException {
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
                    announcement.pack().orElse(announcement.manifest()).symbolSize(),
                    Pass.Settings.SEGMENT_SIZE,
                    LinkProfile.BUILT_IN.getFirst(),
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
