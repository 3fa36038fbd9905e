package narlink.ground;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// When each route is open. A route of which the plan has never told is always open.
public final class ContactPlan {
    /// Contacts without a gap between them, of which some come again and again, are followed so far at least: a pass
    /// that ends there goes on with the next one.
    private static final int MOST_ROUNDS = 100;

    private final Map<StationLink.Route, List<Contact>> contacts = new HashMap<>();

    public ContactPlan(Collection<Contact> all) {
        for (var contact : all) {
            contacts.computeIfAbsent(contact.route(), unused -> new ArrayList<>())
                    .add(contact);
        }
        contacts.values().forEach(list -> list.sort(Comparator.comparing(Contact::begin)));
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
        Optional<Contact> latest = Optional.empty();
        Optional<Instant> opens = Optional.empty();
        for (var contact : all) {
            var next = contact.at(now);
            if (next.isEmpty()) continue;
            var begin = next.get().begin();
            if (!next.get().runs(now)) {
                if (opens.isEmpty() || begin.isBefore(opens.get())) opens = Optional.of(begin);
            } else if (latest.isEmpty() || begin.isAfter(latest.get().begin())) {
                latest = next;
            }
        }
        if (latest.isEmpty()) return new Chance.Closed(opens);
        return new Chance.Open(Optional.of(end(all, now)), latest.get().rate());
    }

    /// Each round takes in all that begins before the end of the one before, in the order of the beginnings.
    private static Instant end(List<Contact> all, Instant now) {
        var end = now;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            var before = end;
            for (var contact : all) {
                var next = contact.at(end);
                if (next.isPresent() && next.get().runs(end) && next.get().end().isAfter(end)) {
                    end = next.get().end();
                }
            }
            if (end.equals(before)) break;
        }
        return end;
    }
}
