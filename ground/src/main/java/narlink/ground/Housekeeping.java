package narlink.ground;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.MalformedManifestException;
import narlink.pack.ManifestFormat;
import narlink.wire.Command.Action;
import narlink.wire.Report;

/// Garbage collection on both ends: orders for the satellite's store, and Earth's own roots.
public final class Housekeeping {
    private static final String MIRROR = "mirror";

    private final Ledger ledger;
    private final Satellite satellite;

    public Housekeeping(Ledger ledger, Satellite satellite) {
        this.ledger = ledger;
        this.satellite = satellite;
    }

    /// What could be deleted on board; empty where Earth does not know enough yet: the next pass then asks.
    ///
    /// @param keep generations of each profile; 0: all that are there
    public Optional<Cleanup> plan(int keep) throws IOException {
        var mirror = ledger.mirror(satellite.name());
        var roots = ledger.roots(satellite.name());
        boolean known = mirror.paths().values().stream()
                .allMatch(item -> item.references().isPresent());
        if (roots.isEmpty() || !known) {
            ledger.wantRoots(satellite.name());
            return Optional.empty();
        }
        var profiles =
                new ReportIntake(ledger, satellite).last().map(Report::profiles).orElse(List.of());
        return Optional.of(Cleanup.plan(mirror, roots, profiles, needed(mirror), keep));
    }

    /// What deployments under way bring, build on or lead to.
    private Set<StorePath> needed(Mirror mirror) throws IOException {
        var needed = new TreeSet<StorePath>();
        for (var deployment : ledger.deployments(satellite.name())) {
            if (deployment.ended()) continue;
            needed.addAll(deployment.targets());
            deployment.objects().forEach(item -> needed.add(item.path()));
            try {
                var known = ManifestFormat.read(deployment.manifest()).known();
                for (var path : mirror.believed()) {
                    var digest = Bytes.of(path.digestBytes());
                    if (known.stream().anyMatch(digest::startsWith)) needed.add(path);
                }
            } catch (MalformedManifestException e) {
                throw new IOException(
                        "the manifest of deployment " + deployment.number() + " is damaged in the ledger", e);
            }
        }
        return needed;
    }

    /// Signs and queues what a plan comes to: retention first, then the paths by name.
    public List<QueuedCommand> order(Cleanup plan, int keep, SecretKey missionKey, Duration lasts, Instant now)
            throws IOException {
        var desk = new CommandDesk(ledger);
        var queued = new ArrayList<QueuedCommand>();
        for (var profile : plan.dropped().keySet()) {
            queued.add(desk.queue(satellite, new Action.Retain(profile, keep), missionKey, lasts, now));
        }
        for (var order : plan.orders(ledger.mirror(satellite.name()))) {
            queued.add(desk.queue(satellite, order, missionKey, lasts, now));
        }
        ledger.wantRoots(satellite.name());
        return queued;
    }

    /// Has Earth's roots follow the mirror: what is on board and in this store too is kept, what has gone there is let
    /// go. Nothing changes while the mirror is not what was reported last.
    ///
    /// @return how many roots were made and how many were ended
    public Followed follow(Store earth) throws IOException {
        var mirror = ledger.mirror(satellite.name());
        var report = new ReportIntake(ledger, satellite).last();
        if (report.isEmpty() || !mirror.is(report.get().storeDigest())) return new Followed(0, 0);
        var wanted = new TreeSet<>(mirror.believed());
        wanted.addAll(needed(mirror));
        var prefix = satellite.name() + "/";
        var rooted = new TreeSet<StorePath>();
        int ended = 0;
        for (var root : earth.roots().entrySet()) {
            if (!root.getKey().startsWith(prefix)) continue;
            if (wanted.contains(root.getValue())) {
                rooted.add(root.getValue());
            } else {
                earth.unroot(root.getKey());
                ended++;
            }
        }
        wanted.removeAll(rooted);
        var made = new HashMap<String, StorePath>();
        for (var path : present(earth, wanted)) made.put(prefix + MIRROR + "/" + path.baseName(), path);
        if (!made.isEmpty()) earth.root(made);
        return new Followed(made.size(), ended);
    }

    public record Followed(int made, int ended) {}

    private static Collection<StorePath> present(Store earth, Collection<StorePath> paths) throws IOException {
        return paths.isEmpty() ? List.of() : earth.infos(paths).keySet();
    }
}
