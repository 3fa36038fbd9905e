package narlink.ground;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import narlink.nix.StorePath;
import narlink.wire.SatelliteName;

/// One satellite among many: what a few queries over the whole fleet tell.
///
/// @param paths how many are believed how; no entry for none
/// @param report the last one that was believed
/// @param frozen whether no deployment is to go up for now
/// @param openCommands those whose outcome is not known
/// @param deployments those that have not ended, and the newest, by number
public record FleetMember(
        SatelliteName satellite,
        Map<Mirror.Belief, Long> paths,
        Optional<Ledger.HeardReport> report,
        boolean frozen,
        int openCommands,
        List<Brief> deployments) {
    public FleetMember {
        paths = Map.copyOf(paths);
        deployments = List.copyOf(deployments);
    }

    /// A deployment in short.
    ///
    /// @param blocks source blocks of the pack
    /// @param paths how many it brings
    public record Brief(
            int number,
            Deployment.State state,
            String reason,
            int blocksDone,
            int blocks,
            int pathsDone,
            int paths,
            StorePath target) {}

    /// Paths that are believed to be there.
    public long count() {
        return paths.values().stream().mapToLong(Long::longValue).sum();
    }

    public long count(Mirror.Belief belief) {
        return paths.getOrDefault(belief, 0L);
    }

    /// Whether a pass has anything to bring.
    public boolean waiting() {
        return openCommands > 0
                || deployments.stream()
                        .anyMatch(deployment -> !deployment.state().ended());
    }
}
