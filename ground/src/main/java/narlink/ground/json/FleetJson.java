package narlink.ground.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import narlink.ground.FleetMember;
import narlink.ground.Mirror;
import narlink.wire.Envelope;
import narlink.wire.Report;

/// The fleet, each satellite in short.
public final class FleetJson {
    private FleetJson() {}

    public static JsonObject of(List<FleetMember> fleet, Instant now) {
        var list = new JsonArray();
        fleet.forEach(member -> list.add(member(member, now)));
        var out = new JsonObject();
        out.add("satellites", list);
        return out;
    }

    private static JsonObject member(FleetMember member, Instant now) {
        var out = new JsonObject();
        out.addProperty("satellite", member.satellite().value());
        out.addProperty("paths", member.count());
        out.addProperty("acknowledgedPaths", member.count() - member.count(Mirror.Belief.PREDICTED));
        for (var belief : Mirror.Belief.values()) {
            if (belief == Mirror.Belief.ACKNOWLEDGED) continue;
            out.addProperty(belief.name().toLowerCase(Locale.ROOT) + "Paths", member.count(belief));
        }
        out.add("reportAge", JsonNull.INSTANCE);
        out.add("heard", JsonNull.INSTANCE);
        out.add("freeBytes", JsonNull.INSTANCE);
        member.report().ifPresent(report -> {
            out.addProperty("reportAge", Duration.between(report.heard(), now).toSeconds());
            out.addProperty("heard", report.heard().toString());
        });
        out.add("storeDigest", JsonNull.INSTANCE);
        var profiles = new JsonArray();
        report(member).ifPresent(report -> {
            out.addProperty("freeBytes", report.freeBytes());
            out.addProperty("storeDigest", report.storeDigest().hex());
            report.profiles().forEach(profile -> profiles.add(profile(profile)));
        });
        out.add("profiles", profiles);
        out.addProperty("frozen", member.frozen());
        out.addProperty("openCommands", member.openCommands());
        var deployments = new JsonArray();
        member.deployments().forEach(deployment -> deployments.add(brief(deployment)));
        out.add("deployments", deployments);
        return out;
    }

    /// The last report, which was believed when it came.
    public static Optional<Report> report(FleetMember member) {
        return member.report()
                .flatMap(report -> Envelope.peek(report.segment()))
                .filter(Report.class::isInstance)
                .map(Report.class::cast);
    }

    private static JsonObject profile(Report.ProfileReport profile) {
        var out = new JsonObject();
        out.addProperty("name", profile.name());
        out.addProperty("generation", profile.generation());
        out.addProperty("confirmed", profile.confirmed());
        return out;
    }

    private static JsonObject brief(FleetMember.Brief deployment) {
        var out = new JsonObject();
        out.addProperty("deployment", deployment.number());
        out.addProperty("state", deployment.state().name());
        out.addProperty("reason", deployment.reason());
        out.addProperty("blocksDone", deployment.blocksDone());
        out.addProperty("blocks", deployment.blocks());
        out.addProperty("pathsDone", deployment.pathsDone());
        out.addProperty("paths", deployment.paths());
        out.addProperty("target", deployment.target().toString());
        return out;
    }
}
