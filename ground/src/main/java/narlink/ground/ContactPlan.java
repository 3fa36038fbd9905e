package narlink.ground;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// When each route is open. A route of which the plan has never told is always open.
public final class ContactPlan {
    private final Map<StationLink.Route, List<Contact>> contacts = new HashMap<>();

    public ContactPlan(Collection<Contact> all) {
        for (var contact : all) {
            contacts.computeIfAbsent(contact.route(), unused -> new ArrayList<>())
                    .add(contact);
        }
    }

    /// Whether a route can be used.
    public sealed interface Chance {
        /// @param until when it closes; empty: never
        /// @param rate as the contact tells
        record Open(Optional<Instant> until, OptionalLong rate) implements Chance {}

        /// @param opens empty: never again
        record Closed(Optional<Instant> opens) implements Chance {}
    }

    /// Contacts that overlap or follow without a gap are one.
    public Chance at(StationLink.Route route, Instant now) {
        var all = contacts.get(route);
        if (all == null) return new Chance.Open(Optional.empty(), OptionalLong.empty());
        var running = occurrences(all, now).stream()
                .filter(contact -> contact.runs(now))
                .toList();
        if (running.isEmpty()) {
            return new Chance.Closed(
                    occurrences(all, now).stream().map(Contact::begin).min(Instant::compareTo));
        }
        var latest = running.getFirst();
        for (var contact : running) {
            if (contact.begin().isAfter(latest.begin())) latest = contact;
        }
        return new Chance.Open(Optional.of(end(all, now)), latest.rate());
    }

    private static Instant end(List<Contact> all, Instant now) {
        var end = now;
        // Each round takes in at least one contact, so that there are no more rounds than contacts.
        for (int round = 0; round < all.size(); round++) {
            var before = end;
            for (var contact : occurrences(all, before)) {
                if (contact.runs(before) && contact.end().isAfter(end)) end = contact.end();
            }
            if (end.equals(before)) break;
        }
        return end;
    }

    private static List<Contact> occurrences(List<Contact> all, Instant now) {
        return all.stream().flatMap(contact -> contact.at(now).stream()).toList();
    }
}
