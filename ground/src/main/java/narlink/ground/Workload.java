package narlink.ground;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What there is to carry to a satellite at some moment.
///
/// @param deployments those that have not ended, in the queue's order
/// @param commands those that have not ended
/// @param frozen whether no deployment is to go up
public record Workload(List<Integer> deployments, Set<Integer> commands, boolean frozen) {
    public Workload {
        deployments = List.copyOf(deployments);
        commands = Set.copyOf(commands);
    }

    public static Workload of(Ledger ledger, Satellite satellite) {
        var commands = new HashSet<Integer>();
        for (var command : ledger.commands(satellite.name())) {
            if (!command.state().ended()) commands.add(command.number());
        }
        return new Workload(
                new Queue(ledger, satellite.name())
                        .deployments().stream().map(Deployment::number).toList(),
                commands,
                ledger.places().frozen(satellite.name()));
    }

    public boolean isEmpty() {
        return (frozen || deployments.isEmpty()) && commands.isEmpty();
    }

    /// Whether who carries this carries the later one too, in its order.
    public boolean covers(Workload later) {
        var left = deployments.stream().filter(later.deployments::contains).toList();
        return left.equals(later.deployments) && commands.containsAll(later.commands) && frozen == later.frozen;
    }
}
