package narlink.flight;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import narlink.nix.Nix32;
import narlink.nix.Store;
import narlink.pack.ProfileName;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.Opened;
import narlink.wire.Report;

/// A report of this receiver for an engineer's eyes, on one screen of a serial console, and as JSON.
final class StatusText {
    static final int COLUMNS = 80;
    /// One screen has 24; the last is for the prompt.
    static final int LINES = 23;

    private static final int DEPLOYMENT_LINES = 8;
    private static final int COUNTER_LINES = 2;

    private final String satellite;
    private final Report report;
    private final Optional<Store> store;
    private final FlightState files;
    private final Machine machine = Machine.real();

    /// @param segment a report that this receiver signed
    /// @param store tells whole paths, where it can be opened
    StatusText(byte[] segment, FlightState files, Optional<Store> store) throws IOException {
        this.store = store;
        this.files = files;
        this.satellite = files.satellite().value();
        var keys = Envelope.Keys.of(List.of(files.flightKey().publicKey()));
        if (!(Envelope.open(segment, keys, Envelope.Direction.DOWN, files.satellite())
                        instanceof Opened.Trusted trusted)
                || !(trusted.message() instanceof Report known)) {
            throw new IOException("the last report is damaged; the next one replaces it");
        }
        this.report = known;
    }

    boolean anyFailed() {
        return report.deployments().stream()
                .map(Report.DeploymentReport::state)
                .anyMatch(state -> state == DeploymentState.FAILED
                        || state == DeploymentState.ROLLED_BACK
                        || state == DeploymentState.ROLLBACK_FAILED);
    }

    JsonObject json() {
        var out = new JsonObject();
        out.addProperty("satellite", satellite);
        out.addProperty("time", report.time().toString());
        out.addProperty("boots", report.boots());
        out.addProperty("uptimeSeconds", machine.uptimeMillis() / 1000);
        out.addProperty("running", running());
        out.addProperty("pipe", files.pipe());
        out.addProperty("store", store.map(Store::url).orElse(""));
        out.addProperty("storeDigest", report.storeDigest().hex());
        out.addProperty("validPaths", report.validPaths());
        out.addProperty("freeBytes", report.freeBytes());
        var deployments = new JsonArray();
        for (var deployment : report.deployments()) {
            var one = new JsonObject();
            one.addProperty("deployment", deployment.deployment());
            one.addProperty("state", deployment.state().name());
            one.addProperty("reason", deployment.reason());
            one.addProperty("blocksDone", deployment.blocksDone());
            one.addProperty("blocks", deployment.blocks());
            one.addProperty("pathsDone", deployment.pathsDone());
            one.addProperty("paths", deployment.paths());
            one.addProperty("exitStatus", deployment.exitStatus());
            one.addProperty("outputTail", deployment.outputTail().utf8());
            deployments.add(one);
        }
        out.add("deployments", deployments);
        var profiles = new JsonArray();
        for (var profile : report.profiles()) {
            var one = new JsonObject();
            one.addProperty("name", profile.name());
            one.addProperty("generation", profile.generation());
            one.addProperty("path", path(profile));
            one.addProperty("confirmed", profile.confirmed());
            one.addProperty("activation", profile.activation().map(Enum::name).orElse(""));
            one.addProperty("flake", origin(profile));
            var generations = new JsonArray();
            generations(profile).forEach(generations::add);
            one.add("generations", generations);
            profiles.add(one);
        }
        out.add("profiles", profiles);
        var counters = new JsonObject();
        for (var counter : Report.Counter.values()) {
            counters.addProperty(counter.key(), report.counters().getOrDefault(counter, 0L));
        }
        out.add("counters", counters);
        var commands = new JsonArray();
        for (var result : report.results()) {
            var one = new JsonObject();
            one.addProperty("command", result.number());
            one.addProperty("state", result.outcome().name());
            one.addProperty("answer", result.text().utf8());
            commands.add(one);
        }
        out.add("commands", commands);
        return out;
    }

    /// The whole path where the store tells it, else its digest part.
    private String path(Report.ProfileReport profile) {
        var digest = Nix32.encode(profile.path().toArray());
        try {
            return store.isPresent()
                    ? store.get().find(digest).map(Object::toString).orElse(digest)
                    : digest;
        } catch (IOException e) {
            System.getLogger(StatusText.class.getName()).log(System.Logger.Level.DEBUG, "store", e);
            return digest;
        }
    }

    /// Whether a receiver works in this state directory now.
    private boolean running() {
        try (var lock = files.tryLock().orElse(null)) {
            return lock == null;
        } catch (IOException e) {
            System.getLogger(StatusText.class.getName()).log(System.Logger.Level.DEBUG, "lock", e);
            return false;
        }
    }

    /// What the generation was built of, as a locked flake reference; empty where that is not known.
    private String origin(Report.ProfileReport profile) {
        if (!ProfileName.isValid(profile.name())) return "";
        try {
            return new Journal(files.disk(), files.profiles())
                    .activation(new ProfileName(profile.name()), profile.generation())
                    .origin();
        } catch (IOException e) {
            System.getLogger(StatusText.class.getName()).log(System.Logger.Level.DEBUG, "journal", e);
            return "";
        }
    }

    private List<Integer> generations(Report.ProfileReport profile) {
        if (store.isEmpty() || !ProfileName.isValid(profile.name())) return List.of();
        try {
            var profiles = new Profiles(files.disk(), store.get().profiles());
            return List.copyOf(
                    profiles.generations(new ProfileName(profile.name())).keySet());
        } catch (IOException e) {
            System.getLogger(StatusText.class.getName()).log(System.Logger.Level.DEBUG, "profiles", e);
            return List.of();
        }
    }

    /// At most [#LINES] lines of at most [#COLUMNS] characters.
    String human() {
        var lines = new ArrayList<String>();
        boolean shouts = report.deployments().stream().anyMatch(told -> told.state() == DeploymentState.ROLLBACK_FAILED)
                || report.profiles().stream()
                        .anyMatch(profile -> profile.activation()
                                .filter(state -> state == DeploymentState.ROLLBACK_FAILED)
                                .isPresent());
        if (shouts) lines.add("!! A ROLLBACK FAILED: narlink rollback or narlink activate has to end that !!");
        long age = Math.max(0, Duration.between(report.time(), Instant.now()).toSeconds());
        lines.add("satellite  %s, %s, start %d, machine up %s; as of %d s ago"
                .formatted(
                        satellite,
                        running() ? "receiving" : "no receiver runs",
                        report.boots(),
                        uptime(machine.uptimeMillis() / 1000),
                        age));
        lines.add("pipe       " + (files.pipe().isEmpty() ? "none yet" : files.pipe()));
        lines.add("store      %d paths, %,d MB free, digest %s, %s"
                .formatted(
                        report.validPaths(),
                        report.freeBytes() / 1_000_000,
                        report.storeDigest().hex().substring(0, 16),
                        store.map(Store::url).orElse("cannot be opened")));
        lines.addAll(deployments());
        for (var profile : report.profiles()) {
            lines.add(line(profile));
            if (!origin(profile).isEmpty()) lines.add("           of " + origin(profile));
        }
        for (var result : report.results()) {
            var text = result.logSize() > 0 ? "a piece of a log" : result.text().utf8();
            lines.add("command    %d  %s  %s".formatted(result.number(), result.outcome(), text));
        }
        lines.addAll(counters());
        var out = new StringBuilder();
        for (var line : lines.subList(0, Math.min(LINES, lines.size()))) {
            out.append(cut(line)).append(System.lineSeparator());
        }
        return out.toString();
    }

    /// Those that still want something first; each with its reason below it.
    private List<String> deployments() {
        var lines = new ArrayList<String>();
        var ordered = report.deployments().stream()
                .sorted(Comparator.comparing(told -> told.state().ended()))
                .toList();
        for (var told : ordered) {
            if (lines.size() >= DEPLOYMENT_LINES) break;
            lines.add("deployment %d  %s  blocks %d/%d  paths %d/%d%s"
                    .formatted(
                            told.deployment(),
                            told.state(),
                            told.blocksDone(),
                            told.blocks(),
                            told.pathsDone(),
                            told.paths(),
                            told.exitStatus() < 0 ? "" : "  exit status " + told.exitStatus()));
            if (!told.reason().isEmpty()) lines.add("           " + told.reason());
        }
        return lines.subList(0, Math.min(DEPLOYMENT_LINES, lines.size()));
    }

    private String line(Report.ProfileReport profile) {
        var generations = generations(profile);
        return "profile    %s  generation %d%s  %s  %s"
                .formatted(
                        profile.name(),
                        profile.generation(),
                        generations.size() < 2 ? "" : " of " + generations.getFirst() + "-" + generations.getLast(),
                        profile.activation()
                                .map(Enum::name)
                                .orElse(profile.confirmed() ? "confirmed" : "not confirmed"),
                        path(profile).replaceFirst("^/nix/store/", ""));
    }

    private List<String> counters() {
        var lines = new ArrayList<String>();
        var line = new StringBuilder("heard     ");
        for (var counter : Report.Counter.values()) {
            long count = report.counters().getOrDefault(counter, 0L);
            if (count == 0) continue;
            var text = " " + counter.key() + " " + count;
            if (line.length() + text.length() > COLUMNS && lines.size() < COUNTER_LINES - 1) {
                lines.add(line.toString());
                line = new StringBuilder("          ");
            }
            line.append(text);
        }
        lines.add(line.toString());
        return lines;
    }

    private static String uptime(long seconds) {
        return seconds < 7200
                ? seconds / 60 + " min"
                : seconds < 172_800 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
    }

    /// On one line, and without anything that a terminal would obey.
    private static String cut(String line) {
        var plain = line.replaceAll("\\p{Cntrl}+", " ").stripTrailing();
        return plain.length() <= COLUMNS ? plain : plain.substring(0, COLUMNS - 1) + "…";
    }
}
