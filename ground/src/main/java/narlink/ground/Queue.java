package narlink.ground;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import narlink.Bytes;
import narlink.nix.StorePath;
import narlink.pack.MalformedManifestException;
import narlink.pack.ManifestFormat;
import narlink.wire.SatelliteName;

/// The deployments of a satellite that have not ended, in the order in which they go up.
public final class Queue {
    private final Ledger ledger;
    private final SatelliteName satellite;

    public Queue(Ledger ledger, SatelliteName satellite) {
        this.ledger = ledger;
        this.satellite = satellite;
    }

    /// Those under way, the first to go up first.
    public List<Deployment> deployments() {
        var places = ledger.places().of(satellite);
        return ledger.deployments(satellite).stream()
                .filter(deployment -> !deployment.ended())
                .sorted((a, b) -> place(places, a.number()).compareTo(place(places, b.number())))
                .toList();
    }

    private static Place place(Map<Integer, Place> places, int deployment) {
        return places.getOrDefault(deployment, Place.of(deployment));
    }

    public Place place(int deployment) {
        return place(ledger.places().of(satellite), deployment);
    }

    /// Lets a deployment go up before another one, at that one's priority.
    ///
    /// @throws IllegalArgumentException if one of them is not under way, or one would go up before what it counts on
    public void before(int moved, int other) {
        if (moved == other) throw new IllegalArgumentException("deployment " + moved + " can't go before itself");
        var order = new ArrayList<>(deployments());
        var mover = find(order, moved);
        order.remove(mover);
        int at = order.indexOf(find(order, other));
        needed(mover, order.subList(at, order.size())).ifPresent(later -> refuse(mover, later));
        for (var earlier : order.subList(0, at)) {
            if (needed(earlier, List.of(mover)).isPresent()) refuse(earlier, mover);
        }
        order.add(at, mover);
        int priority = place(other).priority();
        var places = new ArrayList<Place>();
        for (int i = 0; i < order.size(); i++) {
            int number = order.get(i).number();
            var place = place(number);
            if (number == moved || place.priority() == priority) places.add(place.at(priority, i));
        }
        ledger.places().put(satellite, places);
    }

    private static void refuse(Deployment first, Deployment later) {
        throw new IllegalArgumentException(
                "deployment " + first.number() + " counts on paths of deployment " + later.number()
                        + ": to have it first, cancel it and send it again with a --priority above that one's");
    }

    /// Lets no deployment go up, or lets them go up again.
    public void freeze(boolean frozen, Instant now) {
        if (ledger.places().frozen(satellite) == frozen) return;
        ledger.places().freeze(satellite, frozen);
        ledger.happened(satellite, now, frozen ? "frozen" : "thawed");
    }

    private static Deployment find(List<Deployment> order, int number) {
        return order.stream()
                .filter(deployment -> deployment.number() == number)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "deployment " + number + " is not queued; narlink queue lists what is"));
    }

    /// The first of `others` that brings what `deployment` counts on to be there.
    private static Optional<Deployment> needed(Deployment deployment, List<Deployment> others) {
        var known = known(deployment);
        return others.stream()
                .filter(other -> other.objects().stream().anyMatch(item -> counts(known, item.path())))
                .findFirst();
    }

    private static boolean counts(List<Bytes> known, StorePath path) {
        var digest = Bytes.of(path.digestBytes());
        return known.stream().anyMatch(prefix -> digest.slice(0, prefix.size()).equals(prefix));
    }

    private static List<Bytes> known(Deployment deployment) {
        try {
            return ManifestFormat.read(deployment.manifest()).known();
        } catch (MalformedManifestException e) {
            throw new IllegalStateException(
                    "the manifest of deployment " + deployment.number() + " in the ledger is damaged", e);
        }
    }
}
