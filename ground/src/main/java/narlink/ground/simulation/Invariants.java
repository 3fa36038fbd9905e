package narlink.ground.simulation;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.Report;
import narlink.wire.Symbols;
import org.jspecify.annotations.Nullable;

/// What has to hold at every moment, the design's I1 to I8, one checker each: tells them all what happens, step by
/// step.
final class Invariants implements Board.Watch {
    private final Sight sight;
    private final MirrorIsStore mirror;
    private final List<Invariant> all;
    private final Map<Integer, DeploymentState> states = new HashMap<>();
    private final Map<Integer, Report.CommandResult.Outcome> outcomes = new HashMap<>();
    private final Map<String, String> activations = new HashMap<>();
    private boolean storeChanged = true;
    private @Nullable Report told;

    Invariants(Trace trace) {
        this.sight = new Sight(trace);
        this.mirror = new MirrorIsStore(sight);
        this.all = List.of(
                new OnlyOrdered(sight),
                new NothingLost(sight),
                new NoSymbolTwice(sight),
                new EverythingEnds(sight),
                new ProfilesHold(sight),
                new Bounded(sight),
                mirror,
                new EndsStay(sight));
    }

    void watch(Board seen, Earth ground) {
        sight.watch(seen, ground);
    }

    List<String> violations() {
        return sight.violations();
    }

    /// Something broke, hangs or turns in a circle: I6.
    @Override
    public void broken(String what, @Nullable Throwable why) {
        var place = why == null || why.getStackTrace().length == 0 ? "" : " at " + why.getStackTrace()[0];
        sight.violated("I6", what + ": " + why + place);
    }

    /// Takes what Earth has queued since the last time.
    void queued() {
        for (var deployment : sight.queued()) all.forEach(each -> each.queued(deployment));
    }

    @Override
    public void added(PathInfo info, byte[] nar) {
        storeChanged = true;
        queued();
        all.forEach(each -> each.added(info, nar));
    }

    @Override
    public void deleted(Collection<StorePath> paths) {
        storeChanged = true;
        all.forEach(each -> each.deleted(paths));
    }

    /// Somebody changed the store behind narlink's back.
    void meddled(Collection<StorePath> changed) {
        storeChanged = true;
        all.forEach(each -> each.meddled(changed));
    }

    /// A bit of what is kept of a deployment flipped.
    void rotted(int deployment) {
        all.forEach(each -> each.rotted(deployment));
    }

    @Override
    public void restarted() {
        storeChanged = true;
        stepped();
    }

    @Override
    public void stepped() {
        boolean changed = storeChanged;
        storeChanged = false;
        all.forEach(each -> each.stepped(changed));
    }

    /// A segment went up.
    void sent(byte[] segment) {
        if (!(Envelope.peek(segment).orElse(null) instanceof Symbols symbols)) return;
        all.forEach(each -> each.sent(symbols));
    }

    @Override
    public void reported(byte[] segment) {
        if (!(Envelope.peek(segment).orElse(null) instanceof Report report)) return;
        for (var deployment : report.deployments()) {
            if (states.put(deployment.deployment(), deployment.state()) != deployment.state()) {
                sight.event("told", deployment.deployment() + " is " + deployment.state() + " " + deployment.reason());
            }
        }
        for (var result : report.results()) {
            if (outcomes.put(result.number(), result.outcome()) != result.outcome()) {
                sight.event("told", "command " + result.number() + " is " + result.outcome());
            }
        }
        for (var profile : report.profiles()) {
            var under = profile.activation().map(Object::toString).orElse("");
            if (!under.equals(activations.put(profile.name(), under))) {
                sight.event("told", "profile " + profile.name() + " at " + profile.generation() + " " + under);
            }
        }
        var before = Optional.ofNullable(told);
        told = report;
        all.forEach(each -> each.reported(before, report));
    }

    @Override
    public void ran(Map<String, String> environment) {
        all.forEach(each -> each.ran(deployment(environment), environment));
    }

    @Override
    public void failed(Map<String, String> environment) {
        all.forEach(each -> each.failed(deployment(environment)));
    }

    private static int deployment(Map<String, String> environment) {
        return Integer.parseInt(environment.getOrDefault("NARLINK_DEPLOYMENT", "0"));
    }

    /// A pass has ended.
    void passed() {
        queued();
        all.forEach(Invariant::passed);
    }

    /// All is over.
    void over() {
        all.forEach(Invariant::over);
    }

    /// Whether Earth knows what is on board.
    boolean inSync() {
        return mirror.holds();
    }
}
