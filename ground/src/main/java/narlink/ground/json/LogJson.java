package narlink.ground.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import narlink.ground.Ledger;
import narlink.ground.Satellite;
import narlink.wire.Command.Action;

/// What happened with a satellite, and the logs that were fetched from it.
public final class LogJson {
    private LogJson() {}

    public static JsonObject of(Ledger ledger, Satellite satellite) {
        var out = new JsonObject();
        out.addProperty("satellite", satellite.name().value());
        var events = new JsonArray();
        for (var event : ledger.history(satellite.name())) {
            var one = new JsonObject();
            one.addProperty("time", event.when().toString());
            one.addProperty("what", event.what());
            events.add(one);
        }
        out.add("events", events);
        var logs = new JsonObject();
        logs(ledger, satellite).forEach((log, text) -> logs.addProperty(log, text));
        out.add("logs", logs);
        return out;
    }

    /// The newest pieces of each log, put together as they lie in it; "…" where something is missing.
    public static SortedMap<String, String> logs(Ledger ledger, Satellite satellite) {
        var pieces = new TreeMap<String, TreeMap<Integer, byte[]>>();
        for (var command : ledger.commands(satellite.name())) {
            if (!(command.action() instanceof Action.FetchLog fetch) || command.logSize() == 0) continue;
            int end = command.logSize() - fetch.offset();
            var log = fetch.deployment() == 0 ? "receiver" : "deployment " + fetch.deployment();
            pieces.computeIfAbsent(log, unused -> new TreeMap<>())
                    .put(end - command.answer().size(), command.answer().toArray());
        }
        var logs = new TreeMap<String, String>();
        pieces.forEach((log, parts) -> logs.put(log, joined(parts)));
        return logs;
    }

    private static String joined(TreeMap<Integer, byte[]> parts) {
        var bytes = new ByteArrayOutputStream();
        int at = 0;
        for (var part : parts.entrySet()) {
            int overlap = at - part.getKey();
            if (overlap < 0) bytes.writeBytes("…".getBytes(StandardCharsets.UTF_8));
            int skip = Math.clamp(overlap, 0, part.getValue().length);
            bytes.write(part.getValue(), skip, part.getValue().length - skip);
            at = Math.max(at, part.getKey() + part.getValue().length);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
