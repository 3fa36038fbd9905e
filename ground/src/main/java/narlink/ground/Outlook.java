package narlink.ground;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// In how many passes a satellite's queue will be on board, by its links, their rates and the contact plan. Counts on
/// nothing that the plan does not tell; so without a rate, or with too few contacts, there is no outlook.
public final class Outlook {
    /// Share of what goes up that is taken to be lost, or to be signatures, headers and announcements.
    private static final double WASTE = 0.12;
    /// So many occurrences of contacts are looked at.
    private static final int MOST = 1000;

    private final List<Window> windows = new ArrayList<>();

    /// A time in which bytes go up.
    ///
    /// @param end none: it is always open
    private record Window(Instant begin, Optional<Instant> end, long bitsPerSecond) {
        double bytes() {
            double seconds = end.map(until -> Duration.between(begin, until).toMillis() / 1000.0)
                    .orElse(Double.POSITIVE_INFINITY);
            return seconds * bitsPerSecond / 8 * (1 - WASTE);
        }

        Instant after(double bytes) {
            return begin.plusMillis((long) (bytes * 8000 / bitsPerSecond / (1 - WASTE)));
        }
    }

    /// When a deployment will be on board.
    ///
    /// @param passes contacts until then, one that runs now included
    public record Arrival(int deployment, int passes, Instant when) {}

    /// @param links of the satellite
    /// @param contacts of the satellite
    public Outlook(List<StationLink> links, List<Contact> contacts, Instant now) {
        for (var link : links) {
            var own = contacts.stream()
                    .filter(contact -> contact.route().equals(link.route()))
                    .toList();
            if (own.isEmpty() && link.settings().rate().isPresent()) {
                windows.add(
                        new Window(now, Optional.empty(), link.settings().rate().getAsLong()));
            }
            for (var contact : own) add(contact, link, now);
        }
        windows.sort(Comparator.comparing(Window::begin));
    }

    private void add(Contact contact, StationLink link, Instant now) {
        var rate = contact.rate().isPresent() ? contact.rate() : link.settings().rate();
        if (rate.isEmpty()) return;
        var next = contact.at(now);
        for (int i = 0; i < MOST && next.isPresent(); i++) {
            var occurrence = next.get();
            var begin = occurrence.begin().isBefore(now) ? now : occurrence.begin();
            windows.add(new Window(begin, Optional.of(occurrence.end()), rate.getAsLong()));
            next = contact.every().isEmpty() ? Optional.empty() : contact.at(occurrence.end());
        }
    }

    /// @param queue in its order
    public List<Arrival> of(List<Deployment> queue) {
        var arrivals = new ArrayList<Arrival>();
        double before = 0;
        for (var deployment : queue) {
            before += left(deployment);
            double bytes = before;
            double carried = 0;
            for (int i = 0; i < Math.min(MOST, windows.size()); i++) {
                var window = windows.get(i);
                if (carried + window.bytes() >= bytes) {
                    arrivals.add(new Arrival(deployment.number(), i + 1, window.after(Math.max(0, bytes - carried))));
                    break;
                }
                carried += window.bytes();
            }
        }
        return arrivals;
    }

    /// Bytes that are not durable on board yet.
    private static double left(Deployment deployment) {
        int blocks = deployment.blocks();
        int done = deployment.progress().blocksDone();
        double share = blocks == 0 ? 1 : (double) (blocks - done) / blocks;
        return deployment.progress().state().stored() ? 0 : share * deployment.packBytes();
    }
}
