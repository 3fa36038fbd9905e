package narlink.ground.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import narlink.Sha256;
import narlink.ground.Deployment;
import narlink.ground.Ledger;
import narlink.nix.PathInfo;
import narlink.nix.StoreDigest;
import narlink.nix.StorePath;
import narlink.wire.SatelliteName;
import org.jspecify.annotations.Nullable;

/// What every [Invariant] may look at, both ends at once as nobody in flight can, and where it says what it found.
final class Sight {
    private static final int MOST_VIOLATIONS = 20;

    private final Trace trace;
    private final List<String> violations = new ArrayList<>();
    private final Map<Integer, Deployment> deployments = new TreeMap<>();
    private @Nullable Board board;
    private @Nullable Earth earth;

    Sight(Trace trace) {
        this.trace = trace;
    }

    void watch(Board seen, Earth ground) {
        board = seen;
        earth = ground;
    }

    Board board() {
        if (board == null) throw new IllegalStateException("there is no board yet");
        return board;
    }

    Earth earth() {
        if (earth == null) throw new IllegalStateException("there is no Earth yet");
        return earth;
    }

    Ledger ledger() {
        return earth().ledger();
    }

    SatelliteName satellite() {
        return earth().satellite().name();
    }

    /// The paths that are valid on board.
    Map<StorePath, PathInfo> valid() {
        return board().store().all();
    }

    /// The store's digest, as it is.
    Sha256 digest() {
        var digest = new StoreDigest();
        valid().values().forEach(info -> digest.put(info.path(), info.narHash()));
        return digest.digest();
    }

    /// What Earth has queued so far.
    List<Deployment> queued() {
        for (var deployment : ledger().deployments(satellite())) deployments.put(deployment.number(), deployment);
        return List.copyOf(deployments.values());
    }

    Optional<Deployment> deployment(int number) {
        if (!deployments.containsKey(number)) queued();
        return Optional.ofNullable(deployments.get(number));
    }

    void event(String what, String text) {
        trace.event(what, text);
    }

    void violated(Invariant invariant, String how) {
        violated(invariant.name(), how);
    }

    void violated(String which, String how) {
        trace.event("VIOLATED " + which, how);
        if (violations.size() < MOST_VIOLATIONS) violations.add(which + ": " + how);
    }

    List<String> violations() {
        return List.copyOf(violations);
    }
}
