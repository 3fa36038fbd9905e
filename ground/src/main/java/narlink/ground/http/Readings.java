package narlink.ground.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import narlink.ground.ContactPlan;
import narlink.ground.Ledger;
import narlink.ground.Satellite;
import narlink.ground.SatelliteView;
import narlink.ground.StationLink;
import narlink.ground.json.FleetJson;
import narlink.ground.json.LogJson;
import narlink.ground.json.PassJson;
import narlink.ground.json.QueueJson;
import narlink.ground.json.SatelliteJson;
import narlink.ground.json.TimetableJson;
import narlink.wire.SatelliteName;

/// What can be read under `/api/`.
final class Readings {
    private final Ledger ledger;
    private final LivePasses passes;
    private final Clock clock;

    Readings(Ledger ledger, LivePasses passes, Clock clock) {
        this.ledger = ledger;
        this.passes = passes;
        this.clock = clock;
    }

    /// @param parts of the path behind `/api/`
    Answer read(List<String> parts) throws RefusedException {
        var now = clock.instant();
        if (parts.getFirst().equals("satellites") && parts.size() > 1) {
            var satellite = satellite(ledger, parts.get(1));
            return switch (String.join("/", parts.subList(2, parts.size()))) {
                case "" -> Answer.of(SatelliteJson.status(SatelliteView.of(ledger, satellite, now), now));
                case "log" -> Answer.of(LogJson.of(ledger, satellite));
                case "queue" -> Answer.of(QueueJson.of(ledger, List.of(satellite.name())));
                default -> throw new RefusedException(404, "there is nothing here");
            };
        }
        return switch (String.join("/", parts)) {
            case "fleet" -> Answer.of(FleetJson.of(ledger.fleet(), now));
            case "queue" -> Answer.of(QueueJson.of(ledger, QueueJson.waiting(ledger)));
            case "links" -> Answer.of(links(now));
            case "contacts" ->
                Answer.of(TimetableJson.contacts(ledger.timetable().contactsFrom(now)));
            case "passes" -> Answer.of(passes());
            default -> throw new RefusedException(404, "there is nothing here");
        };
    }

    static Satellite satellite(Ledger ledger, String name) throws RefusedException {
        Optional<Satellite> found;
        try {
            found = ledger.satellite(new SatelliteName(name));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(400, String.valueOf(e.getMessage()));
        }
        return found.orElseThrow(() -> new RefusedException(404, "no satellite " + name));
    }

    private JsonObject links(Instant now) {
        var timetable = ledger.timetable();
        var plan = new ContactPlan(timetable.contacts());
        var list = new JsonArray();
        for (var link : timetable.links()) list.add(link(link, plan.at(link.route(), now)));
        var out = new JsonObject();
        out.add("links", list);
        return out;
    }

    private JsonObject link(StationLink link, ContactPlan.Chance chance) {
        var out = TimetableJson.of(link);
        var live = passes.link(link.route());
        out.addProperty(
                "state",
                live.map(LivePasses.Link::state).orElse(LivePasses.State.CLOSED).name());
        out.addProperty("reason", live.map(LivePasses.Link::why).orElse(""));
        switch (chance) {
            case ContactPlan.Chance.Open open -> out.add("closes", time(open.until()));
            case ContactPlan.Chance.Closed closed -> out.add("opens", time(closed.opens()));
        }
        return out;
    }

    private JsonObject passes() {
        var live = new JsonArray();
        for (var link : passes.links()) {
            if (link.state() == LivePasses.State.OPEN) live.add(live(link));
        }
        var ended = new JsonArray();
        passes.reports().forEach(ended::add);
        var out = new JsonObject();
        out.add("live", live);
        out.add("ended", ended);
        return out;
    }

    private static JsonObject live(LivePasses.Link link) {
        var out = TimetableJson.route(link.route());
        out.addProperty("since", link.since().toString());
        out.addProperty("bitsPerSecond", Math.round(link.bitsPerSecond()));
        link.tally().ifPresent(tally -> PassJson.add(out, tally));
        return out;
    }

    private static JsonElement time(Optional<Instant> time) {
        return time.<JsonElement>map(known -> new com.google.gson.JsonPrimitive(known.toString()))
                .orElse(JsonNull.INSTANCE);
    }
}
