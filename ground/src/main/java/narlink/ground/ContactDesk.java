package narlink.ground;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Lets contacts begin and end by somebody's word, whatever the plan says.
public final class ContactDesk {
    private final Timetable timetable;

    public ContactDesk(Timetable timetable) {
        this.timetable = timetable;
    }

    /// The satellite has risen.
    ///
    /// @param lasts when it sets at the latest
    /// @param rate bits per second; none: the link's
    public Contact begin(StationLink.Route route, Duration lasts, OptionalLong rate, Instant now) {
        var contact = new Contact(route, now, now.plus(lasts), rate, Optional.empty());
        timetable.change(List.of(), List.of(contact));
        return contact;
    }

    /// The satellite has set.
    ///
    /// @return how many contacts ran
    /// @throws IOException if none did
    public int end(StationLink.Route route, Instant now) throws IOException {
        var gone = new ArrayList<Contact>();
        var come = new ArrayList<Contact>();
        for (var contact : timetable.contacts()) {
            if (!contact.route().equals(route)) continue;
            var rest = contact.endedAt(now);
            if (rest.equals(List.of(contact))) continue;
            gone.add(contact);
            come.addAll(rest);
        }
        if (gone.isEmpty()) throw new IOException("no contact of " + route + " runs now");
        timetable.change(gone, come);
        return gone.size();
    }
}
