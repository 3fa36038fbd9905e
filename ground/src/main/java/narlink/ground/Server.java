package narlink.ground;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import narlink.nix.SecretKey;
import narlink.wire.PipeUrl;

/// Flies the passes of a fleet: opens each link of the timetable when its contact begins, or keeps it open where the
/// plan knows of none, and carries whatever is queued. What is changed in the ledger meanwhile, by whatever program,
/// counts from the next second on.
public final class Server {
    private static final System.Logger LOG = System.getLogger(Server.class.getName());
    private static final Duration LOOK = Duration.ofSeconds(1);
    /// How long passes may take to end when the server stops, before they are interrupted.
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final Post post;
    private final Map<StationLink, LinkKeeper> keepers = new HashMap<>();
    /// Of links that are gone, until their passes have ended.
    private final List<LinkKeeper> leaving = new ArrayList<>();
    private volatile ContactPlan plan = new ContactPlan(List.of());
    private volatile boolean stopped;

    /// What the links have in common.
    ///
    /// @param packs the directory of packs
    /// @param mine the links that this server keeps; others may have the rest
    public record Post(
            Ledger ledger,
            SecretKey stationKey,
            Path packs,
            Predicate<StationLink> mine,
            Dialer dialer,
            Asker asker,
            Listener listener,
            Clocks clocks) {}

    /// Has satellites asked about their stores.
    @FunctionalInterface
    public interface Asker {
        Asking asking(Satellite satellite) throws IOException;
    }

    /// Opens pipes.
    @FunctionalInterface
    public interface Dialer {
        /// @param patience how long to wait for a far end that has to come
        Link open(PipeUrl pipe, Duration patience) throws IOException, InterruptedException;
    }

    /// Hears what happens, from the threads of the links.
    public interface Listener {
        void opened(StationLink.Route route);

        /// Heard with every segment: it must not wait for anything.
        ///
        /// @param tally of all passes since the link was opened
        default void progress(StationLink.Route route, Pass.Tally tally) {}

        /// @param again when it is tried again
        void unreachable(StationLink.Route route, String why, Duration again);

        /// A deployment's state is another than before.
        void changed(Deployment deployment);

        /// The queue was carried as far as it goes now: the time to plan anew what is stuck.
        void carried(Satellite satellite);

        void over(PassReport report);
    }

    public Server(Post post) {
        this.post = post;
    }

    /// Serves until [#stop].
    public void run() throws InterruptedException {
        while (!stopped) {
            try {
                look();
            } catch (LedgerException e) {
                LOG.log(System.Logger.Level.DEBUG, "the timetable can't be read", e);
            } catch (RuntimeException e) {
                // With what is known already it goes on: the database may come back.
                LOG.log(System.Logger.Level.WARNING, "the timetable can't be read: " + e.getMessage());
            }
            keepers.values().forEach(LinkKeeper::watch);
            leaving.forEach(LinkKeeper::watch);
            leaving.removeIf(LinkKeeper::isOver);
            synchronized (this) {
                if (!stopped) wait(LOOK.toMillis());
            }
        }
        leaving.addAll(keepers.values());
        leaving.forEach(LinkKeeper::stop);
        long end = System.nanoTime() + FAREWELL.toNanos();
        for (var keeper : leaving) keeper.await(TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
    }

    /// From any thread: passes end in order, leases are given back, and [#run] returns.
    public synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    private void look() {
        var timetable = post.ledger().timetable();
        plan = new ContactPlan(timetable.contacts());
        var links = timetable.links().stream().filter(post.mine()).collect(Collectors.toCollection(LinkedHashSet::new));
        keepers.entrySet().removeIf(entry -> {
            if (links.contains(entry.getKey())) return false;
            entry.getValue().stop();
            leaving.add(entry.getValue());
            return true;
        });
        for (var link : links) {
            if (!keepers.containsKey(link)) keeper(link).ifPresent(keeper -> keepers.put(link, keeper));
        }
    }

    private Optional<LinkKeeper> keeper(StationLink link) {
        return post.ledger().satellite(link.route().satellite()).map(satellite -> {
            var keeper = new LinkKeeper(post, link, satellite, now -> plan.at(link.route(), now));
            keeper.start();
            return keeper;
        });
    }
}
