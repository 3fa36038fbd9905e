package narlink.ground.simulation;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.ground.Deployment;
import narlink.ground.Mirror;
import narlink.ground.ReportReader;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.Report;
import narlink.wire.Report.DeploymentReport;
import narlink.wire.Symbols;
import org.jspecify.annotations.Nullable;

/// What has to hold at every moment (the design's I1 to I8), looked at after every step. Whatever does not hold is
/// noted, with the invariant's name, and the run goes on.
final class Invariants implements Board.Watch {
    /// Files and bytes of state that no input makes the receiver exceed.
    private static final int MOST_FILES = 3000;

    private static final long MOST_BYTES = 64L << 20;
    /// After an attempt in vain a block wants a few symbols more than it had wanted.
    private static final int MORE_AFTER_ATTEMPTS = 8;

    private static final int MOST_VIOLATIONS = 20;

    private final Trace trace;
    private final List<String> violations = new ArrayList<>();
    private @Nullable Board board;
    private @Nullable Earth earth;
    private boolean storeChanged = true;

    /// Contents that Earth has ordered, by path.
    private final Map<StorePath, Set<Sha256>> ordered = new HashMap<>();

    private final Map<Integer, Deployment> deployments = new TreeMap<>();
    private final Map<List<Object>, BitSet> sent = new HashMap<>();
    private @Nullable Report told;
    private int lastCommand;
    private final Set<Integer> rotten = new HashSet<>();
    private final Set<StorePath> acknowledged = new TreeSet<>();
    private final Set<StorePath> touched = new HashSet<>();
    private final Map<String, Bytes> confirmed = new HashMap<>();
    private final Map<Integer, DeploymentState> states = new TreeMap<>();
    private final Map<Integer, DeploymentState> ended = new TreeMap<>();
    private final Set<Integer> sick = new HashSet<>();

    Invariants(Trace trace) {
        this.trace = trace;
    }

    void watch(Board seen, Earth ground) {
        board = seen;
        earth = ground;
    }

    private Board board() {
        if (board == null) throw new IllegalStateException("there is no board yet");
        return board;
    }

    private Earth earth() {
        if (earth == null) throw new IllegalStateException("there is no Earth yet");
        return earth;
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    private void violated(String which, String how) {
        trace.event("VIOLATED " + which, how);
        if (violations.size() < MOST_VIOLATIONS) violations.add(which + ": " + how);
    }

    @Override
    public void broken(String what, @Nullable Throwable why) {
        var place = why == null || why.getStackTrace().length == 0 ? "" : " at " + why.getStackTrace()[0];
        violated("I6", what + ": " + why + place);
    }

    /// Takes what Earth has queued since the last time.
    void queued() {
        for (var deployment : earth().ledger().deployments(earth().satellite().name())) {
            deployments.put(deployment.number(), deployment);
            for (var item : deployment.objects()) {
                if (item.isWhole()) {
                    ordered.computeIfAbsent(item.path(), path -> new HashSet<>())
                            .add(new Sha256(item.narHash()));
                }
            }
        }
    }

    // I1: nothing gets valid that was not ordered, with just the ordered contents.
    @Override
    public void added(PathInfo info, byte[] nar) {
        storeChanged = true;
        queued();
        if (!ordered.getOrDefault(info.path(), Set.of()).contains(info.narHash())) {
            violated("I1", info.path() + " was imported, and nobody has ordered it so");
        }
        if (!Sha256.of(nar).equals(info.narHash())) violated("I1", info.path() + " was imported with other contents");
        if (!board().store().roots().containsValue(info.path())) {
            violated("I2", info.path() + " was imported without a root: a collection would take it away");
        }
    }

    @Override
    public void deleted(Collection<StorePath> paths) {
        storeChanged = true;
        acknowledged.removeAll(paths);
    }

    /// Somebody changed the store behind narlink's back.
    void meddled(Collection<StorePath> changed) {
        storeChanged = true;
        touched.addAll(changed);
        acknowledged.removeAll(changed);
    }

    /// A bit of what is kept of a deployment flipped: what was durable may have to come again.
    void rotted(int deployment) {
        rotten.add(deployment);
    }

    @Override
    public void restarted() {
        storeChanged = true;
        stepped();
    }

    @Override
    public void stepped() {
        if (storeChanged) {
            storeChanged = false;
            references();
            acknowledged();
        }
        profiles();
        if (board().disk().files() > MOST_FILES || board().disk().size() > MOST_BYTES) {
            violated(
                    "I6",
                    board().disk().files() + " files of state with "
                            + board().disk().size() + " bytes");
        }
    }

    // I2: a valid path's references are valid.
    private void references() {
        var all = board().store().all();
        for (var info : all.values()) {
            if (!all.keySet().containsAll(info.references())) violated("I2", info.path() + " lacks a reference");
        }
    }

    // I2: nothing acknowledged is lost.
    private void acknowledged() {
        for (var path : acknowledged) {
            if (!board().store().isSound(path)) violated("I2", path + " was acknowledged, and is not there any more");
        }
    }

    // I5: a profile leads to a complete closure.
    private void profiles() {
        var links = board().disk().links(board().store().profiles());
        for (var link : links.entrySet()) {
            if (link.getKey().endsWith("-link") || link.getKey().endsWith(".tmp")) continue;
            var target = links.get(link.getValue());
            if (target == null) {
                violated("I5", link.getKey() + " leads to " + link.getValue() + ", which is not there");
                continue;
            }
            var all = board().store().all();
            var wave = new ArrayList<StorePath>(List.of(StorePath.parse(target)));
            var seen = new HashSet<StorePath>();
            while (!wave.isEmpty()) {
                var path = wave.removeLast();
                var info = all.get(path);
                if (info == null) violated("I5", link.getKey() + " needs " + path + ", which is not valid");
                else if (seen.add(path)) wave.addAll(info.references());
            }
        }
    }

    // I3: no encoding symbol goes up twice.
    void sent(byte[] segment) {
        if (!(Envelope.peek(segment).orElse(null) instanceof Symbols symbols)) return;
        var deployment = deployment(symbols.deployment());
        var oti = deployment.flatMap(known -> known.announcement().oti(symbols.object()));
        if (oti.isEmpty()) {
            violated("I3", "symbols of deployment " + symbols.deployment() + ", which was not queued");
            return;
        }
        int count = symbols.data().size() / oti.get().symbolSize();
        var used = sent.computeIfAbsent(
                List.of(symbols.deployment(), symbols.object() == FecObject.PACK, symbols.block()),
                key -> new BitSet());
        int again = used.nextSetBit(symbols.esi());
        if (again >= 0 && again < symbols.esi() + count) {
            violated(
                    "I3",
                    "symbol %d of block %d of deployment %d was sent before"
                            .formatted(again, symbols.block(), symbols.deployment()));
        }
        used.set(symbols.esi(), symbols.esi() + count);
    }

    private Optional<Deployment> deployment(int number) {
        if (!deployments.containsKey(number)) queued();
        return Optional.ofNullable(deployments.get(number));
    }

    @Override
    public void reported(byte[] segment) {
        if (!(Envelope.peek(segment).orElse(null) instanceof Report report)) return;
        var before = told;
        told = report;
        nothingUnordered(report);
        if (before != null) grows(before, report);
        for (var profile : report.profiles()) {
            if (profile.confirmed()) confirmed.put(profile.name(), profile.path());
        }
        for (var deployment : report.deployments()) {
            deployed(report, deployment);
            acknowledge(deployment);
        }
    }

    // I1: nothing is carried out that nobody ordered.
    private void nothingUnordered(Report report) {
        for (var deployment : report.deployments()) {
            var known = deployment(deployment.deployment());
            if (known.filter(ours -> deployment.isOf(ours.announcement())).isEmpty()) {
                violated("I1", "deployment " + deployment.deployment() + " is on board, and nobody has ordered it");
            }
        }
        if (report.command() > lastCommand) {
            lastCommand = earth().ledger().nextCommand(earth().satellite().name()) - 1;
        }
        if (report.command() > lastCommand) {
            violated("I1", "command " + report.command() + " was carried out, and nobody has ordered it");
        }
    }

    // I2: what was reported stays so.
    private void grows(Report before, Report now) {
        if (now.sequence() <= before.sequence()) violated("I2", "report " + now.sequence() + " is not a newer one");
        if (now.lowestOpen() < before.lowestOpen()) violated("I8", "the floor fell to " + now.lowestOpen());
        if (now.command() < before.command()) violated("I8", "command " + before.command() + " was forgotten");
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
            violated("I2", name + " had " + before.pathsDone() + " paths, and has " + now.pathsDone());
        }
        if (now.blocksDone() < before.blocksDone()) {
            violated("I2", name + " had " + before.blocksDone() + " blocks, and has " + now.blocksDone());
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
                violated(
                        "I2",
                        "block %d of %s lacked %d symbols, and lacks %d".formatted(before.first() + i, name, was, is));
            }
        }
    }

    // I5: after a failure the profile is what it was; I8: an end is an end.
    private void deployed(Report report, DeploymentReport deployment) {
        if (states.put(deployment.deployment(), deployment.state()) != deployment.state()) {
            trace.event("told", deployment.deployment() + " is " + deployment.state() + " " + deployment.reason());
        }
        var before = ended.get(deployment.deployment());
        if (before != null && before != deployment.state()) {
            violated(
                    "I8",
                    "deployment %d was %s, and is %s".formatted(deployment.deployment(), before, deployment.state()));
        }
        if (!deployment.state().ended() || before != null) return;
        ended.put(deployment.deployment(), deployment.state());
        if (deployment.state() == DeploymentState.CONFIRMED && sick.contains(deployment.deployment())) {
            violated("I5", "deployment " + deployment.deployment() + " failed, and is CONFIRMED");
        }
        if (deployment.state() != DeploymentState.ROLLED_BACK) return;
        var failed = deployment(deployment.deployment());
        if (failed.isEmpty()) return;
        for (var profile : report.profiles()) {
            boolean under = profile.activation().isPresent() || !profile.confirmed();
            var good = Optional.ofNullable(confirmed.get(profile.name()));
            if (!profile.name().equals(failed.get().profile()) || good.isEmpty()) continue;
            boolean other =
                    report.deployments().stream().anyMatch(each -> each.state().activates());
            if (under && !other && !profile.path().equals(good.get())) {
                violated(
                        "I5",
                        "deployment %d was rolled back, but profile %s is not what was confirmed before"
                                .formatted(deployment.deployment(), profile.name()));
            }
        }
    }

    private void acknowledge(DeploymentReport told) {
        var deployment = deployment(told.deployment());
        if (deployment.isEmpty() || !told.isOf(deployment.get().announcement())) return;
        if (told.state().ended() || !told.unusable().isEmpty()) return;
        var durable = deployment.get().objects().stream()
                .limit(told.pathsDone())
                .map(Mirror.Item::path)
                .filter(path -> !touched.contains(path))
                .toList();
        for (var path : durable) {
            if (board().store().isSound(path)) acknowledged.add(path);
            else violated("I2", path + " is reported, and not there");
        }
    }

    // I8: nothing runs for what has ended.
    @Override
    public void ran(Map<String, String> environment) {
        int number = Integer.parseInt(environment.getOrDefault("NARLINK_DEPLOYMENT", "0"));
        if (ended.containsKey(number)) {
            violated("I8", "deployment " + number + " has ended, and its " + environment.get("NARLINK_STEP") + " ran");
        }
    }

    // I5: what fails does not stay.
    @Override
    public void failed(Map<String, String> environment) {
        sick.add(Integer.parseInt(environment.getOrDefault("NARLINK_DEPLOYMENT", "0")));
    }

    // I7: where the digests are equal, the mirror is the store.
    void passed() {
        queued();
        var report = ReportReader.last(earth().ledger(), earth().satellite());
        if (report.isEmpty()) return;
        var mirror = earth().ledger().mirror(earth().satellite().name());
        var digest = digest();
        if (!report.get().storeDigest().equals(digest) || !mirror.is(digest)) return;
        var valid = new TreeSet<>(board().store().all().keySet());
        if (!valid.equals(new TreeSet<>(mirror.believed()))) {
            var more = new TreeSet<>(mirror.believed());
            more.removeAll(valid);
            valid.removeAll(mirror.believed());
            violated("I7", "the mirror has " + more + " too many and lacks " + valid);
        }
    }

    private Sha256 digest() {
        var digest = new narlink.nix.StoreDigest();
        board().store().all().values().forEach(info -> digest.put(info.path(), info.narHash()));
        return digest.digest();
    }

    // I4: everything has come to an end, and Earth knows how things are.
    void over() {
        for (var deployment : earth().ledger().deployments(earth().satellite().name())) {
            if (!deployment.ended()) {
                violated(
                        "I4",
                        "deployment " + deployment.number() + " is "
                                + deployment.progress().state() + " for ever: "
                                + deployment.progress().reason());
            }
        }
        for (var command : earth().ledger().commands(earth().satellite().name())) {
            if (!command.state().ended()) {
                violated(
                        "I4",
                        "command " + command.number() + " is " + command.state() + " for ever: " + command.what());
            }
        }
        passed();
        if (!inSync()) violated("I7", "the mirror never became what the store is: " + difference());
    }

    private String difference() {
        var believed = earth().ledger().mirror(earth().satellite().name()).paths();
        var valid = board().store().all();
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
        boolean told = ReportReader.last(earth().ledger(), earth().satellite())
                .filter(report -> report.storeDigest().equals(digest()))
                .isPresent();
        lines.add(told ? "the last report told of this store" : "the last report told of another store");
        return String.join(", ", lines);
    }

    /// Whether Earth knows what is on board.
    boolean inSync() {
        var believed = earth().ledger().mirror(earth().satellite().name()).paths();
        var valid = board().store().all();
        return believed.keySet().equals(valid.keySet())
                && valid.values().stream()
                        .allMatch(info -> Optional.ofNullable(believed.get(info.path()))
                                .filter(item -> item.belief() != Mirror.Belief.PREDICTED && item.has(info.narHash()))
                                .isPresent());
    }
}
