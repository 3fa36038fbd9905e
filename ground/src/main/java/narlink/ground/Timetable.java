package narlink.ground;

import java.time.Instant;
import java.util.Collection;
import java.util.List;

/// By which pipes satellites are reached, and when. Every method is one transaction; what it wrote is durable on
/// return.
public interface Timetable {
    /// All links, by route.
    List<StationLink> links();

    /// Adds a link, in place of the one that the route had.
    void put(StationLink link);

    /// @return whether there was one
    boolean remove(StationLink.Route route);

    /// All contacts, past ones too, by their beginnings.
    List<Contact> contacts();

    /// Contacts that are not over.
    default List<Contact> contactsFrom(Instant now) {
        return contacts().stream()
                .filter(contact -> contact.every().isPresent() || contact.end().isAfter(now))
                .toList();
    }

    /// Takes contacts away, and adds others.
    void change(Collection<Contact> gone, Collection<Contact> come);
}
