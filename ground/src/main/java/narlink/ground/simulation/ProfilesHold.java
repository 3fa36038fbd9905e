package narlink.ground.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import narlink.Bytes;
import narlink.nix.StorePath;
import narlink.wire.DeploymentState;
import narlink.wire.Report;
import narlink.wire.Report.DeploymentReport;

/// I5: a profile always points at a complete closure; after a failure it points at the last confirmed one, and what
/// failed does not stay.
final class ProfilesHold implements Invariant {
    private final Sight sight;
    private final Map<String, Bytes> confirmed = new HashMap<>();
    private final Set<Integer> sick = new HashSet<>();
    private final Set<Integer> ended = new HashSet<>();

    ProfilesHold(Sight sight) {
        this.sight = sight;
    }

    @Override
    public String name() {
        return "I5";
    }

    @Override
    public void stepped(boolean storeChanged) {
        var links = sight.board().disk().links(sight.board().store().profiles());
        for (var link : links.entrySet()) {
            if (link.getKey().endsWith("-link") || link.getKey().endsWith(".tmp")) continue;
            var target = links.get(link.getValue());
            if (target == null) {
                sight.violated(this, link.getKey() + " leads to " + link.getValue() + ", which is not there");
            } else {
                complete(link.getKey(), StorePath.parse(target));
            }
        }
    }

    private void complete(String profile, StorePath target) {
        var all = sight.valid();
        var wave = new ArrayList<StorePath>(List.of(target));
        var seen = new HashSet<StorePath>();
        while (!wave.isEmpty()) {
            var path = wave.removeLast();
            var info = all.get(path);
            if (info == null) sight.violated(this, profile + " needs " + path + ", which is not valid");
            else if (seen.add(path)) wave.addAll(info.references());
        }
    }

    @Override
    public void failed(int deployment) {
        sick.add(deployment);
    }

    @Override
    public void reported(Optional<Report> before, Report report) {
        for (var profile : report.profiles()) {
            if (profile.confirmed()) confirmed.put(profile.name(), profile.path());
        }
        for (var deployment : report.deployments()) {
            if (deployment.state().ended() && ended.add(deployment.deployment())) ended(report, deployment);
        }
    }

    private void ended(Report report, DeploymentReport deployment) {
        int number = deployment.deployment();
        if (deployment.state() == DeploymentState.CONFIRMED && sick.contains(number)) {
            sight.violated(this, "deployment " + number + " failed, and is CONFIRMED");
        }
        var failed = sight.deployment(number);
        if (deployment.state() != DeploymentState.ROLLED_BACK || failed.isEmpty()) return;
        // Whoever activates now may have moved the profile on already.
        if (report.deployments().stream().anyMatch(each -> each.state().activates())) return;
        for (var profile : report.profiles()) {
            boolean under = profile.activation().isPresent() || !profile.confirmed();
            var good = Optional.ofNullable(confirmed.get(profile.name()));
            if (!profile.name().equals(failed.get().profile()) || good.isEmpty() || !under) continue;
            if (!profile.path().equals(good.get())) {
                sight.violated(
                        this,
                        "deployment %d was rolled back, but profile %s is not what was confirmed before"
                                .formatted(number, profile.name()));
            }
        }
    }
}
