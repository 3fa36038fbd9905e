package narlink.ground.json;

import com.google.gson.JsonObject;
import narlink.ground.QueuedCommand;

/// A command, and what became of it.
public final class CommandJson {
    private CommandJson() {}

    public static JsonObject of(QueuedCommand command) {
        var out = new JsonObject();
        out.addProperty("satellite", command.satellite().value());
        out.addProperty("command", command.number());
        out.addProperty("what", command.what());
        out.addProperty("state", command.state().name());
        out.addProperty("answer", command.answer().utf8());
        out.addProperty("created", command.created().toString());
        out.addProperty("expires", command.expires().toString());
        return out;
    }
}
