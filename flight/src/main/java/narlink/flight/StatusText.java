package narlink.flight;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import narlink.nix.Nix32;
import narlink.nix.Store;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.Opened;
import narlink.wire.Report;

/// A report of this receiver for an engineer's eyes, and as JSON.
final class StatusText {
    private final String satellite;
    private final Report report;
    private final Optional<Store> store;

    /// @param segment a report that this receiver signed
    /// @param store tells whole paths, where it can be opened
    StatusText(byte[] segment, FlightState files, Optional<Store> store) throws IOException {
        this.store = store;
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
                .anyMatch(state -> state == DeploymentState.FAILED || state == DeploymentState.ROLLED_BACK);
    }

    JsonObject json() {
        var out = new JsonObject();
        out.addProperty("satellite", satellite);
        out.addProperty("time", report.time().toString());
        out.addProperty("boots", report.boots());
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
            profiles.add(one);
        }
        out.add("profiles", profiles);
        var counters = new JsonObject();
        for (var counter : Report.Counter.values()) {
            counters.addProperty(counter.key(), report.counters().getOrDefault(counter, 0L));
        }
        out.add("counters", counters);
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

    String human() {
        var out = new StringBuilder();
        long age = Math.max(0, Duration.between(report.time(), Instant.now()).toSeconds());
        out.append("satellite %s, start %d, as of %d s ago%n".formatted(satellite, report.boots(), age));
        out.append("store     %d paths, digest %s…, %,d MB free%n"
                .formatted(
                        report.validPaths(),
                        report.storeDigest().hex().substring(0, 16),
                        report.freeBytes() / 1_000_000));
        for (var deployment : report.deployments()) {
            out.append("deployment %d  %s  paths %d/%d  blocks %d/%d%s%n"
                    .formatted(
                            deployment.deployment(),
                            deployment.state(),
                            deployment.pathsDone(),
                            deployment.paths(),
                            deployment.blocksDone(),
                            deployment.blocks(),
                            deployment.reason().isEmpty() ? "" : "  (" + deployment.reason() + ")"));
        }
        for (var profile : report.profiles()) {
            out.append("profile   %s  generation %d  %s%s%n"
                    .formatted(
                            profile.name(),
                            profile.generation(),
                            path(profile),
                            profile.confirmed() ? "" : "  not confirmed"));
        }
        report.counters().forEach((counter, count) -> {
            if (count > 0) out.append("%-24s %d%n".formatted(counter.key(), count));
        });
        return out.toString();
    }
}
