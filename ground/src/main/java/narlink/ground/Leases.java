package narlink.ground;

import java.util.HashMap;
import java.util.Map;
import narlink.wire.FecObject;
import narlink.wire.SatelliteName;

/// ESIs for one pass. They are reserved in the ledger some at a time and before any is used, so that none is ever sent
/// twice, whoever else sends and whatever is killed when; what is left at the end is given back.
final class Leases implements AutoCloseable {
    private static final int AHEAD = 256;

    private final Ledger ledger;
    private final SatelliteName satellite;
    private final Map<Key, Lease> leases = new HashMap<>();

    private record Key(int deployment, FecObject object, int block) {}

    private record Lease(int next, int end) {
        int left() {
            return end - next;
        }
    }

    Leases(Ledger ledger, SatelliteName satellite) {
        this.ledger = ledger;
        this.satellite = satellite;
    }

    /// The first of `count` consecutive ESIs that nobody else gets.
    int take(int deployment, FecObject object, int block, int count) {
        var key = new Key(deployment, object, block);
        var lease = leases.getOrDefault(key, new Lease(0, 0));
        if (lease.left() < count) lease = extended(key, lease, count);
        leases.put(key, new Lease(lease.next() + count, lease.end()));
        return lease.next();
    }

    /// With at least `count` left. Where somebody else sends the same block, the rest of the old lease stays unused,
    /// since a run has to be consecutive.
    private Lease extended(Key key, Lease lease, int count) {
        int first = ledger.lease(satellite, key.deployment(), key.object(), key.block(), Math.max(count, AHEAD));
        return new Lease(
                lease.left() > 0 && lease.end() == first ? lease.next() : first, first + Math.max(count, AHEAD));
    }

    @Override
    public void close() {
        leases.forEach((key, lease) -> {
            if (lease.next() < lease.end()) {
                ledger.giveBack(satellite, key.deployment(), key.object(), key.block(), lease.next(), lease.end());
            }
        });
        leases.clear();
    }
}
