package narlink.ground.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import narlink.ground.Deployment;

/// A deployment with its progress in durable blocks and paths.
public final class DeploymentJson {
    private DeploymentJson() {}

    public static JsonObject of(Deployment deployment) {
        var out = new JsonObject();
        out.addProperty("satellite", deployment.satellite().value());
        out.addProperty("deployment", deployment.number());
        out.addProperty("state", deployment.progress().state().name());
        out.addProperty("reason", deployment.progress().reason());
        out.addProperty("blocksDone", deployment.progress().blocksDone());
        out.addProperty("blocks", deployment.blocks());
        out.addProperty("pathsDone", deployment.progress().pathsDone());
        out.addProperty("paths", deployment.objects().size());
        out.addProperty("storeMoved", deployment.progress().storeMoved());
        out.addProperty("packBytes", deployment.packBytes());
        out.addProperty("profile", deployment.profile());
        out.addProperty("flake", deployment.origin());
        out.addProperty("created", deployment.created().toString());
        out.addProperty("expires", deployment.announcement().expires().toString());
        var targets = new JsonArray();
        deployment.targets().forEach(target -> targets.add(target.toString()));
        out.add("targets", targets);
        return out;
    }
}
