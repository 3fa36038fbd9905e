package narlink.ground;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import narlink.wire.SatelliteName;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

final class ContactPlanProperties {
    private static final StationLink.Route ROUTE = route("kiruna");
    private static final int HORIZON = 2000;

    private static StationLink.Route route(String station) {
        return new StationLink.Route(new SatelliteName("sat"), new StationName(station));
    }

    private static Instant second(long second) {
        return Instant.ofEpochSecond(second);
    }

    @Provide
    Arbitrary<Contact> contacts() {
        var begins = Arbitraries.integers().between(0, 500);
        var lengths = Arbitraries.integers().between(1, 60);
        var pauses = Arbitraries.integers().between(0, 300).optional();
        var rates = Arbitraries.longs().between(1, 1000).optional();
        return Combinators.combine(begins, lengths, pauses, rates)
                .as((begin, length, pause, rate) -> new Contact(
                        ROUTE,
                        second(begin),
                        second(begin + length),
                        rate.map(OptionalLong::of).orElse(OptionalLong.empty()),
                        pause.map(more -> Duration.ofSeconds(length + more))));
    }

    /// Second by second, as the words say.
    private static boolean isOpen(List<Contact> contacts, long second) {
        return contacts.stream().anyMatch(contact -> {
            long begin = contact.begin().getEpochSecond();
            long length = contact.end().getEpochSecond() - begin;
            if (second < begin) return false;
            long since = contact.every()
                    .map(every -> (second - begin) % every.toSeconds())
                    .orElse(second - begin);
            return since < length;
        });
    }

    @Property
    void aRouteIsOpenInItsContactsAndToldHowLong(
            @ForAll("contactLists") List<Contact> contacts, @ForAll @IntRange(max = 1000) int now) {
        switch (new ContactPlan(contacts).at(ROUTE, second(now))) {
            case ContactPlan.Chance.Open open -> {
                assertTrue(isOpen(contacts, now));
                long until = open.until().orElseThrow().getEpochSecond();
                assertTrue(until > now);
                for (long at = now; at < until; at++) assertTrue(isOpen(contacts, at), "at " + at);
            }
            case ContactPlan.Chance.Closed closed -> {
                long opens = closed.opens().map(Instant::getEpochSecond).orElse((long) HORIZON);
                for (long at = now; at < opens; at++) assertTrue(!isOpen(contacts, at), "at " + at);
                assertTrue(closed.opens().isEmpty() || isOpen(contacts, opens));
            }
        }
    }

    @Provide
    Arbitrary<List<Contact>> contactLists() {
        return contacts().list().ofMinSize(1).ofMaxSize(6);
    }

    @Property
    void aContactThatEndsNowIsClosedNowAndOtherwiseAsBefore(
            @ForAll("contacts") Contact contact, @ForAll @IntRange(max = 1000) int now) {
        var left = contact.endedAt(second(now));
        boolean ran = isOpen(List.of(contact), now);
        assertEquals(!ran, left.equals(List.of(contact)));
        assertTrue(!left.isEmpty(), "a route without contacts would be open");
        long over = ran ? contact.at(second(now)).orElseThrow().end().getEpochSecond() : now;
        for (long at = now; at < HORIZON; at++) {
            assertEquals(at >= over && isOpen(List.of(contact), at), isOpen(left, at), "at " + at);
        }
    }

    @Example
    void aRouteThatNoPlanKnowsIsAlwaysOpen() {
        var plan = new ContactPlan(
                List.of(new Contact(ROUTE, second(10), second(20), OptionalLong.empty(), Optional.empty())));
        assertEquals(
                new ContactPlan.Chance.Open(Optional.empty(), OptionalLong.empty()),
                plan.at(route("troll"), second(0)));
        assertEquals(new ContactPlan.Chance.Closed(Optional.of(second(10))), plan.at(ROUTE, second(0)));
        assertEquals(new ContactPlan.Chance.Closed(Optional.empty()), plan.at(ROUTE, second(20)));
    }

    @Example
    void theContactThatBeganLastTellsTheRate() {
        var contacts = new ArrayList<Contact>();
        contacts.add(new Contact(ROUTE, second(0), second(20), OptionalLong.of(1), Optional.empty()));
        contacts.add(new Contact(ROUTE, second(10), second(30), OptionalLong.of(2), Optional.empty()));
        assertEquals(
                new ContactPlan.Chance.Open(Optional.of(second(30)), OptionalLong.of(2)),
                new ContactPlan(contacts).at(ROUTE, second(15)));
    }

    /// One that begins whenever another ends, and one that goes on for ever, are followed without looking at each pair.
    @Example
    void aLongPlanIsLookedThroughQuickly() {
        var contacts = new ArrayList<Contact>();
        for (int i = 100_000; i > 0; i--) {
            contacts.add(new Contact(ROUTE, second(i), second(i + 1), OptionalLong.empty(), Optional.empty()));
        }
        assertEquals(
                new ContactPlan.Chance.Open(Optional.of(second(100_001)), OptionalLong.empty()),
                new ContactPlan(contacts).at(ROUTE, second(1)));
        contacts.clear();
        for (int i = 1; i < 10_000; i++) {
            contacts.add(new Contact(
                    ROUTE, second(i), second(i + 1), OptionalLong.empty(), Optional.of(Duration.ofSeconds(1))));
        }
        assertTrue(new ContactPlan(contacts).at(ROUTE, second(20_000)) instanceof ContactPlan.Chance.Open);
    }

    @Example
    void nonsenseIsNoContact() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Contact(ROUTE, Instant.MIN, second(1), OptionalLong.empty(), Optional.empty()));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Contact(ROUTE, second(1), Instant.MAX, OptionalLong.empty(), Optional.empty()));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Contact(ROUTE, second(5), second(5), OptionalLong.empty(), Optional.empty()));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Contact(
                        ROUTE, second(5), second(9), OptionalLong.empty(), Optional.of(Duration.ofSeconds(3))));
    }
}
