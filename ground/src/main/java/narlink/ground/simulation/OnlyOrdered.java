package narlink.ground.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import narlink.Sha256;
import narlink.ground.Deployment;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;
import narlink.wire.Report;

/// I1: no path gets valid by narlink that was not ordered, with exactly the contents that Earth packed; and nothing is
/// carried out that nobody ordered.
final class OnlyOrdered implements Invariant {
    private final Sight sight;
    private final Map<StorePath, Set<Sha256>> ordered = new HashMap<>();
    private int lastCommand;

    OnlyOrdered(Sight sight) {
        this.sight = sight;
    }

    @Override
    public String name() {
        return "I1";
    }

    @Override
    public void queued(Deployment deployment) {
        for (var item : deployment.objects()) {
            if (item.isWhole()) {
                ordered.computeIfAbsent(item.path(), path -> new HashSet<>()).add(new Sha256(item.narHash()));
            }
        }
    }

    @Override
    public void added(PathInfo info, byte[] nar) {
        if (!ordered.getOrDefault(info.path(), Set.of()).contains(info.narHash())) {
            sight.violated(this, info.path() + " was imported, and nobody has ordered it so");
        }
        if (!Sha256.of(nar).equals(info.narHash())) {
            sight.violated(this, info.path() + " was imported with other contents");
        }
    }

    @Override
    public void reported(Optional<Report> before, Report report) {
        for (var deployment : report.deployments()) {
            var known = sight.deployment(deployment.deployment());
            if (known.filter(ours -> deployment.isOf(ours.announcement())).isEmpty()) {
                sight.violated(
                        this, "deployment " + deployment.deployment() + " is on board, and nobody has ordered it");
            }
        }
        if (report.command() > lastCommand) lastCommand = sight.ledger().nextCommand(sight.satellite()) - 1;
        if (report.command() > lastCommand) {
            sight.violated(this, "command " + report.command() + " was carried out, and nobody has ordered it");
        }
    }
}
