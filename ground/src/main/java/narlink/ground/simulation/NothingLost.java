package narlink.ground.simulation;

import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import narlink.ground.Mirror;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;
import narlink.wire.Report;
import narlink.wire.Report.DeploymentReport;

/// I2: nothing acknowledged is ever lost, be it a path, a block or symbols; and the store never holds a path whose
/// references are not all valid.
final class NothingLost implements Invariant {
    /// After an attempt in vain a block wants a few symbols more than it had wanted.
    private static final int MORE_AFTER_ATTEMPTS = 8;

    private final Sight sight;
    private final Set<StorePath> acknowledged = new TreeSet<>();
    private final Set<StorePath> touched = new HashSet<>();
    private final Set<Integer> rotten = new HashSet<>();

    NothingLost(Sight sight) {
        this.sight = sight;
    }

    @Override
    public String name() {
        return "I2";
    }

    @Override
    public void added(PathInfo info, byte[] nar) {
        if (!sight.board().store().roots().containsValue(info.path())) {
            sight.violated(this, info.path() + " was imported without a root: a collection would take it away");
        }
    }

    @Override
    public void deleted(Collection<StorePath> paths) {
        acknowledged.removeAll(paths);
    }

    @Override
    public void meddled(Collection<StorePath> paths) {
        touched.addAll(paths);
        acknowledged.removeAll(paths);
    }

    @Override
    public void rotted(int deployment) {
        rotten.add(deployment);
    }

    @Override
    public void stepped(boolean storeChanged) {
        if (!storeChanged) return;
        var all = sight.valid();
        for (var info : all.values()) {
            if (!all.keySet().containsAll(info.references())) {
                sight.violated(this, info.path() + " lacks a reference");
            }
        }
        for (var path : acknowledged) {
            if (!sight.board().store().isSound(path)) {
                sight.violated(this, path + " was acknowledged, and is not there any more");
            }
        }
    }

    @Override
    public void reported(Optional<Report> before, Report report) {
        before.ifPresent(old -> grows(old, report));
        report.deployments().forEach(this::acknowledge);
    }

    private void acknowledge(DeploymentReport told) {
        var deployment = sight.deployment(told.deployment());
        if (deployment.isEmpty() || !told.isOf(deployment.get().announcement())) return;
        if (told.state().ended() || !told.unusable().isEmpty()) return;
        var durable = deployment.get().objects().stream()
                .limit(told.pathsDone())
                .map(Mirror.Item::path)
                .filter(path -> !touched.contains(path))
                .toList();
        for (var path : durable) {
            if (sight.board().store().isSound(path)) acknowledged.add(path);
            else sight.violated(this, path + " is reported, and not there");
        }
    }

    private void grows(Report before, Report now) {
        if (now.sequence() <= before.sequence()) {
            sight.violated(this, "report " + now.sequence() + " is not a newer one");
        }
        for (var old : before.deployments()) {
            now.deployments().stream()
                    .filter(deployment -> deployment.deployment() == old.deployment())
                    .filter(deployment ->
                            !old.state().ended() && !deployment.state().ended())
                    .forEach(deployment -> grows(old, deployment));
        }
    }

    private void grows(DeploymentReport before, DeploymentReport now) {
        var name = "deployment " + now.deployment();
        if (rotten.contains(now.deployment())) return;
        if (now.pathsDone() < before.pathsDone() && before.unusable().equals(now.unusable())) {
            sight.violated(this, name + " had " + before.pathsDone() + " paths, and has " + now.pathsDone());
        }
        if (now.blocksDone() < before.blocksDone()) {
            sight.violated(this, name + " had " + before.blocksDone() + " blocks, and has " + now.blocksDone());
        }
        missing(name, before.pack(), now.pack());
        missing(name, before.manifest(), now.manifest());
    }

    private void missing(String name, Report.Missing before, Report.Missing now) {
        for (int i = 0; i < before.symbols().size(); i++) {
            int at = before.first() + i - now.first();
            if (at < 0 || at >= now.symbols().size()) continue;
            int was = before.symbols().get(i);
            int is = now.symbols().get(at);
            if (is > Math.max(was, MORE_AFTER_ATTEMPTS)) {
                sight.violated(
                        this,
                        "block %d of %s lacked %d symbols, and lacks %d".formatted(before.first() + i, name, was, is));
            }
        }
    }
}
