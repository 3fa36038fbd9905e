package narlink.ground.http;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;

/// What is answered.
///
/// @param status as HTTP numbers it
/// @param type content type
record Answer(int status, String type, byte[] body) {
    static final String JSON = "application/json";
    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    static Answer of(JsonElement json) {
        return json(200, json);
    }

    /// An object whose `error` says in a line what is wrong.
    static Answer error(int status, String why) {
        var out = new JsonObject();
        out.addProperty("error", why);
        return json(status, out);
    }

    private static Answer json(int status, JsonElement json) {
        return new Answer(status, JSON, (GSON.toJson(json) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
