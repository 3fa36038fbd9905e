package narlink.ground;

import java.util.HashMap;
import java.util.Map;
import narlink.wire.Announcement;
import narlink.wire.FecObject;
import narlink.wire.SatelliteName;

/// ESIs for one pass. They are reserved in the ledger some at a time and before any is used, so that none is ever sent
/// twice, whoever else sends and whatever is killed when; what is left at the end is given back.
final class Leases implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Leases.class.getName());
    private static final int AHEAD = 256;
    /// The share of a block's symbols that is reserved for repair: what got lost of one block goes up before the next.
    private static final int REPAIR = 4;

    private final Ledger ledger;
    private final SatelliteName satellite;
    private final long reserve;
    private final Map<Key, Lease> leases = new HashMap<>();

    private record Key(int deployment, FecObject object, int block) {}

    private record Lease(int next, int end) {
        int left() {
            return end - next;
        }
    }

    /// @param reserve symbols that are to be there to send when the ledger is out of reach for a while
    Leases(Ledger ledger, SatelliteName satellite, long reserve) {
        this.ledger = ledger;
        this.satellite = satellite;
        this.reserve = reserve;
    }

    /// The first of `count` consecutive ESIs that nobody else gets.
    int take(Announcement announcement, FecObject object, int block, int count) {
        var key = new Key(announcement.deployment(), object, block);
        if (leases.getOrDefault(key, new Lease(0, 0)).left() < count) {
            extend(key, count);
            if (object == FecObject.PACK) lookAhead(announcement, block);
        }
        var lease = lease(key);
        leases.put(key, new Lease(lease.next() + count, lease.end()));
        return lease.next();
    }

    private Lease lease(Key key) {
        var lease = leases.get(key);
        if (lease == null) throw new IllegalStateException("no lease for " + key);
        return lease;
    }

    /// To at least `count`. Where somebody else sends the same block, the rest of the old lease stays unused, since a
    /// run has to be consecutive.
    private void extend(Key key, int count) {
        var old = leases.getOrDefault(key, new Lease(0, 0));
        int more = Math.max(count, AHEAD);
        int first = ledger.lease(satellite, key.deployment(), key.object(), key.block(), more);
        leases.put(key, new Lease(old.left() > 0 && old.end() == first ? old.next() : first, first + more));
    }

    /// Sees to it that what is likely to be sent next can be, even if the ledger does not answer for some time.
    private void lookAhead(Announcement announcement, int block) {
        var oti = announcement.oti(FecObject.PACK).orElseThrow();
        long held = leases.values().stream().mapToLong(Lease::left).sum();
        for (int i = block; i < oti.blocks() && held < reserve; i++) {
            var key = new Key(announcement.deployment(), FecObject.PACK, i);
            int left = leases.getOrDefault(key, new Lease(0, 0)).left();
            int wanted = oti.k(i) + oti.k(i) / REPAIR;
            if (left >= wanted) continue;
            extend(key, wanted - left);
            held += lease(key).left() - left;
        }
    }

    @Override
    public void close() {
        leases.forEach((key, lease) -> {
            if (lease.next() == lease.end()) return;
            try {
                ledger.giveBack(satellite, key.deployment(), key.object(), key.block(), lease.next(), lease.end());
            } catch (LedgerException e) {
                LOG.log(System.Logger.Level.DEBUG, "they stay unused", e);
            }
        });
        leases.clear();
    }
}
