package narlink.ground.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import narlink.ground.FleetMember;
import narlink.ground.Ledger;
import narlink.ground.Place;
import narlink.ground.Queue;
import narlink.wire.SatelliteName;

/// What is to go up, in its order.
public final class QueueJson {
    private QueueJson() {}

    public static JsonObject of(Ledger ledger, Collection<SatelliteName> satellites) {
        var deployments = new JsonArray();
        var frozen = new JsonArray();
        var commands = new JsonArray();
        for (var satellite : satellites) {
            var places = ledger.places().of(satellite);
            for (var deployment : new Queue(ledger, satellite).deployments()) {
                var one = DeploymentJson.of(deployment);
                var place = places.getOrDefault(deployment.number(), Place.of(deployment.number()));
                one.addProperty("priority", place.priority());
                one.addProperty(
                        "deadline", place.deadline().map(Instant::toString).orElse(""));
                deployments.add(one);
            }
            if (ledger.places().frozen(satellite)) frozen.add(satellite.value());
            for (var command : ledger.commands(satellite)) {
                if (!command.state().ended()) commands.add(CommandJson.of(command));
            }
        }
        var out = new JsonObject();
        out.add("deployments", deployments);
        out.add("frozen", frozen);
        out.add("commands", commands);
        return out;
    }

    /// Those of the fleet who have anything in their queue, or are frozen.
    public static List<SatelliteName> waiting(Ledger ledger) {
        return ledger.fleet().stream()
                .filter(member -> member.waiting() || member.frozen())
                .map(FleetMember::satellite)
                .toList();
    }
}
