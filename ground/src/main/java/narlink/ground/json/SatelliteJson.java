package narlink.ground.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import narlink.ground.Deployment;
import narlink.ground.Mirror;
import narlink.ground.Satellite;
import narlink.ground.SatelliteView;

/// A satellite: in short, and all that is known of it.
public final class SatelliteJson {
    private SatelliteJson() {}

    public static JsonObject of(Satellite satellite, Mirror mirror) {
        var out = new JsonObject();
        out.addProperty("satellite", satellite.name().value());
        out.addProperty("flightKey", satellite.flightKey().text());
        satellite.system().ifPresent(system -> out.addProperty("system", system));
        out.addProperty("paths", mirror.paths().size());
        out.addProperty("acknowledgedPaths", mirror.acknowledged());
        return out;
    }

    public static JsonObject status(SatelliteView view, Instant now) {
        var out = of(view.satellite(), view.mirror());
        out.addProperty("inSync", view.inSync());
        for (var belief : Mirror.Belief.values()) {
            out.addProperty(
                    belief.name().toLowerCase(Locale.ROOT) + "Paths",
                    view.mirror().count(belief));
        }
        if (view.report().isPresent()) {
            var report = view.report().get();
            out.addProperty("storeDigest", view.storeDigest().orElseThrow().hex());
            out.addProperty("validPaths", report.validPaths());
            out.addProperty("freeBytes", report.freeBytes());
            out.addProperty("reportAge", view.age(now).map(Duration::toSeconds).orElse(0L));
        } else {
            out.add("storeDigest", JsonNull.INSTANCE);
            out.add("freeBytes", JsonNull.INSTANCE);
            out.add("reportAge", JsonNull.INSTANCE);
        }
        out.addProperty("heard", view.heard().map(Instant::toString).orElse(null));
        out.add("profiles", profiles(view));
        out.addProperty("frozen", view.frozen());
        var deployments = new JsonArray();
        for (var deployment : view.deployments()) {
            var one = DeploymentJson.of(deployment);
            one.add("forecast", forecast(view, deployment));
            deployments.add(one);
        }
        out.add("deployments", deployments);
        var commands = new JsonArray();
        view.commands().forEach(command -> commands.add(CommandJson.of(command)));
        out.add("commands", commands);
        return out;
    }

    private static JsonElement forecast(SatelliteView view, Deployment deployment) {
        for (var arrival : view.arrivals()) {
            if (arrival.deployment() != deployment.number()) continue;
            var out = new JsonObject();
            out.addProperty("passes", arrival.passes());
            out.addProperty("when", arrival.when().toString());
            return out;
        }
        return JsonNull.INSTANCE;
    }

    private static JsonArray profiles(SatelliteView view) {
        var profiles = new JsonArray();
        for (var profile : view.profiles()) {
            var one = new JsonObject();
            one.addProperty("name", profile.name());
            one.addProperty("generation", profile.generation());
            one.addProperty("path", view.path(profile));
            one.addProperty("confirmed", profile.confirmed());
            one.addProperty("flake", view.origin(profile));
            one.addProperty("activation", profile.activation().map(Enum::name).orElse(""));
            profiles.add(one);
        }
        return profiles;
    }
}
