package narlink.ground.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Collection;
import narlink.ground.Contact;
import narlink.ground.Repair;
import narlink.ground.StationLink;

/// Links and contacts.
public final class TimetableJson {
    private TimetableJson() {}

    public static JsonObject of(StationLink link) {
        var out = route(link.route());
        out.addProperty("pipe", link.pipe().text());
        link.settings().rate().ifPresent(rate -> out.addProperty("rate", rate));
        out.addProperty("segmentSize", link.settings().segmentSize());
        link.settings().turnaround().ifPresent(time -> out.addProperty("halfDuplexMillis", time.toMillis()));
        link.settings().blind().ifPresent(repair -> {
            switch (repair) {
                case Repair.Share share -> out.addProperty("blind", share.share());
                case Repair.ForDelivery wanted -> {
                    out.addProperty("deliver", wanted.probability());
                    out.addProperty("linkProfile", wanted.link().name());
                }
            }
        });
        return out;
    }

    public static JsonObject of(Contact contact) {
        var out = route(contact.route());
        out.addProperty("start", contact.begin().toString());
        out.addProperty("end", contact.end().toString());
        contact.rate().ifPresent(rate -> out.addProperty("rate", rate));
        contact.every().ifPresent(every -> out.addProperty("every", every.toSeconds()));
        return out;
    }

    /// @param contacts as the timetable has them
    public static JsonObject contacts(Collection<Contact> contacts) {
        var list = new JsonArray();
        contacts.forEach(contact -> list.add(of(contact)));
        var out = new JsonObject();
        out.add("contacts", list);
        return out;
    }

    public static JsonObject route(StationLink.Route route) {
        var out = new JsonObject();
        out.addProperty("satellite", route.satellite().value());
        out.addProperty("station", route.station().value());
        return out;
    }
}
