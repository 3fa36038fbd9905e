package narlink.ground.simulation;

import java.util.ArrayList;
import java.util.Optional;
import java.util.TreeSet;
import narlink.ground.Mirror;
import narlink.ground.ReportReader;

/// I7: the mirror's set is the store's whenever their digests are equal, and a difference is repaired.
final class MirrorIsStore implements Invariant {
    private final Sight sight;

    MirrorIsStore(Sight sight) {
        this.sight = sight;
    }

    @Override
    public String name() {
        return "I7";
    }

    @Override
    public void passed() {
        var report = ReportReader.last(sight.ledger(), sight.earth().satellite());
        if (report.isEmpty()) return;
        var mirror = sight.ledger().mirror(sight.satellite());
        var digest = sight.digest();
        if (!report.get().isOfStore(digest) || !mirror.is(digest.bytes())) return;
        var lacking = new TreeSet<>(sight.valid().keySet());
        lacking.removeAll(mirror.believed());
        var surplus = new TreeSet<>(mirror.believed());
        surplus.removeAll(sight.valid().keySet());
        if (!lacking.isEmpty() || !surplus.isEmpty()) {
            sight.violated(this, "the mirror has " + surplus + " too many and lacks " + lacking);
        }
    }

    @Override
    public void over() {
        passed();
        if (!holds()) sight.violated(this, "the mirror never became what the store is: " + difference());
    }

    /// Whether Earth knows what is on board.
    boolean holds() {
        var believed = sight.ledger().mirror(sight.satellite()).paths();
        var valid = sight.valid();
        return believed.keySet().equals(valid.keySet())
                && valid.values().stream()
                        .allMatch(info -> Optional.ofNullable(believed.get(info.path()))
                                .filter(item -> item.belief() != Mirror.Belief.PREDICTED && item.has(info.narHash()))
                                .isPresent());
    }

    private String difference() {
        var believed = sight.ledger().mirror(sight.satellite()).paths();
        var valid = sight.valid();
        var lines = new ArrayList<String>();
        valid.values().stream()
                .filter(info -> !believed.containsKey(info.path()))
                .forEach(info -> lines.add("lacks " + info.path().baseName()));
        for (var item : believed.values()) {
            var info = valid.get(item.path());
            var name = item.path().baseName();
            if (info == null) lines.add("has " + name + " (" + item.belief() + ")");
            else if (!item.has(info.narHash())) lines.add("has other contents of " + name);
            else if (item.belief() == Mirror.Belief.PREDICTED) lines.add("only predicts " + name);
        }
        boolean told = ReportReader.last(sight.ledger(), sight.earth().satellite())
                .filter(report -> report.isOfStore(sight.digest()))
                .isPresent();
        lines.add(told ? "the last report told of this store" : "the last report told of another store");
        return String.join(", ", lines);
    }
}
