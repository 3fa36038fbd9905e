package narlink.ground.simulation;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import narlink.wire.DeploymentState;
import narlink.wire.Report;

/// I8: whatever is replayed, reordered, doubled or cut, nothing goes back: an end is an end, no number is taken twice,
/// and nothing runs for what has ended.
final class EndsStay implements Invariant {
    private final Sight sight;
    private final Map<Integer, DeploymentState> ended = new TreeMap<>();

    EndsStay(Sight sight) {
        this.sight = sight;
    }

    @Override
    public String name() {
        return "I8";
    }

    @Override
    public void reported(Optional<Report> before, Report report) {
        before.ifPresent(old -> {
            if (report.lowestOpen() < old.lowestOpen()) {
                sight.violated(this, "the floor fell to " + report.lowestOpen());
            }
            if (report.command() < old.command()) sight.violated(this, "command " + old.command() + " was forgotten");
        });
        for (var deployment : report.deployments()) {
            var end = ended.get(deployment.deployment());
            if (end != null && end != deployment.state()) {
                sight.violated(
                        this,
                        "deployment %d was %s, and is %s".formatted(deployment.deployment(), end, deployment.state()));
            }
            if (deployment.state().ended()) ended.putIfAbsent(deployment.deployment(), deployment.state());
        }
    }

    @Override
    public void ran(int deployment, Map<String, String> environment) {
        if (ended.containsKey(deployment)) {
            sight.violated(
                    this,
                    "deployment " + deployment + " has ended, and its " + environment.get("NARLINK_STEP") + " ran");
        }
    }
}
