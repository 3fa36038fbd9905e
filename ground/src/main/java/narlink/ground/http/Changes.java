package narlink.ground.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import narlink.ground.CommandDesk;
import narlink.ground.ContactDesk;
import narlink.ground.Deployment;
import narlink.ground.GroundState;
import narlink.ground.Ledger;
import narlink.ground.Queue;
import narlink.ground.Satellite;
import narlink.ground.StationLink;
import narlink.ground.StationName;
import narlink.ground.json.CommandJson;
import narlink.ground.json.TimetableJson;
import narlink.nix.SecretKey;
import narlink.pack.ProfileName;
import narlink.wire.Command.Action;

/// What can be changed by POST under `/api/`: just what the program `narlink` does under the same names.
final class Changes {
    private static final Duration LASTS = Duration.ofDays(14);
    private static final Duration CONTACT = Duration.ofMinutes(15);
    private static final Duration LONGEST_CONTACT = Duration.ofDays(366);

    private final Ledger ledger;
    private final GroundState files;
    private final Clock clock;

    Changes(Ledger ledger, GroundState files, Clock clock) {
        this.ledger = ledger;
        this.files = files;
        this.clock = clock;
    }

    /// @param parts of the path behind `/api/`
    Answer change(List<String> parts, Request request) throws RefusedException {
        var fields = new Fields(request);
        try {
            if (parts.size() == 3 && parts.getFirst().equals("satellites")) {
                return Answer.of(change(Readings.satellite(ledger, parts.get(1)), parts.get(2), fields));
            }
            if (parts.size() == 2 && parts.getFirst().equals("contacts")) {
                return Answer.of(contact(parts.getLast(), fields));
            }
        } catch (IllegalArgumentException e) {
            throw new RefusedException(400, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new RefusedException(409, String.valueOf(e.getMessage()));
        }
        throw new RefusedException(404, "there is nothing here that can be changed");
    }

    private JsonObject change(Satellite satellite, String what, Fields fields) throws RefusedException, IOException {
        return switch (what) {
            case "freeze" -> freeze(satellite, true);
            case "thaw" -> freeze(satellite, false);
            case "reorder" -> reorder(satellite, fields.number("deployment"), fields.number("before"));
            case "cancel" -> cancel(satellite, fields.number("deployment"));
            case "confirm" -> order(satellite, new Action.Confirm(fields.number("deployment")));
            case "activate" -> order(satellite, new Action.Activate(fields.profile(), fields.number("generation")));
            case "rollback" ->
                order(
                        satellite,
                        new Action.RollBack(
                                fields.profile(), fields.has("generation") ? fields.number("generation") : 0));
            case "retention" -> order(satellite, new Action.Retain(fields.profile(), fields.number("keep")));
            case "verify" -> order(satellite, new Action.Verify());
            default -> throw new RefusedException(404, "nobody can " + what + " a satellite");
        };
    }

    private JsonObject freeze(Satellite satellite, boolean frozen) {
        new Queue(ledger, satellite.name()).freeze(frozen, clock.instant());
        var out = new JsonObject();
        out.addProperty("satellite", satellite.name().value());
        out.addProperty("frozen", frozen);
        return out;
    }

    private JsonObject reorder(Satellite satellite, int deployment, int before) {
        var queue = new Queue(ledger, satellite.name());
        queue.before(deployment, before);
        var order = new JsonArray();
        queue.deployments().stream().map(Deployment::number).forEach(order::add);
        var out = new JsonObject();
        out.addProperty("satellite", satellite.name().value());
        out.add("order", order);
        return out;
    }

    private JsonObject cancel(Satellite satellite, int deployment) throws RefusedException, IOException {
        var queued = new CommandDesk(ledger).cancel(satellite, deployment, missionKey(), LASTS, clock.instant());
        if (queued.isPresent()) return CommandJson.of(queued.get());
        var out = new JsonObject();
        out.addProperty("satellite", satellite.name().value());
        out.addProperty("deployment", deployment);
        out.addProperty("state", Deployment.State.CANCELLED.name());
        return out;
    }

    private JsonObject order(Satellite satellite, Action action) throws RefusedException, IOException {
        return CommandJson.of(new CommandDesk(ledger).queue(satellite, action, missionKey(), LASTS, clock.instant()));
    }

    private SecretKey missionKey() throws RefusedException, IOException {
        if (!files.hasMissionKey()) {
            throw new RefusedException(
                    409, "the mission key is not on this server; use the program narlink with --mission-key");
        }
        return files.missionKey();
    }

    private JsonObject contact(String what, Fields fields) throws RefusedException, IOException {
        var satellite = Readings.satellite(ledger, fields.text("satellite"));
        var station = fields.has("station") ? new StationName(fields.text("station")) : StationName.DEFAULT;
        var route = new StationLink.Route(satellite.name(), station);
        var desk = new ContactDesk(ledger.timetable());
        return switch (what) {
            case "begin" -> {
                var lasts = fields.has("seconds") ? Duration.ofSeconds(fields.number("seconds")) : CONTACT;
                if (lasts.compareTo(LONGEST_CONTACT) > 0) throw new RefusedException(400, "seconds: more than a year");
                var rate = fields.has("rate") ? OptionalLong.of(fields.number("rate")) : OptionalLong.empty();
                yield TimetableJson.of(desk.begin(route, lasts, rate, clock.instant()));
            }
            case "end" -> {
                var out = new JsonObject();
                out.addProperty("ended", desk.end(route, clock.instant()));
                yield out;
            }
            default -> throw new RefusedException(404, "a contact can begin and end");
        };
    }

    /// The fields of a request's JSON object; no body is an empty one.
    private static final class Fields {
        private final JsonObject object;

        Fields(Request request) throws RefusedException {
            try {
                var parsed = request.body().isEmpty()
                        ? new JsonObject()
                        : JsonParser.parseString(request.body().utf8());
                if (!parsed.isJsonObject()) throw new RefusedException(400, "the body must be a JSON object");
                object = parsed.getAsJsonObject();
            } catch (JsonParseException e) {
                throw new RefusedException(400, "the body is no JSON: " + e.getMessage());
            }
        }

        boolean has(String name) {
            return object.has(name);
        }

        private Optional<JsonElement> value(String name) {
            return Optional.ofNullable(object.get(name)).filter(JsonElement::isJsonPrimitive);
        }

        String text(String name) throws RefusedException {
            return value(name)
                    .map(JsonElement::getAsString)
                    .orElseThrow(() -> new RefusedException(400, "the field " + name + " is missing"));
        }

        /// At least 1.
        int number(String name) throws RefusedException {
            try {
                int number = Integer.parseInt(text(name));
                if (number > 0) return number;
            } catch (NumberFormatException e) {
                throw new RefusedException(400, name + " must be a whole number");
            }
            throw new RefusedException(400, name + " must be at least 1");
        }

        String profile() throws RefusedException {
            return new ProfileName(has("profile") ? text("profile") : "default").value();
        }
    }
}
