package narlink.ground.http;

import com.google.gson.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import narlink.ground.Deployment;
import narlink.ground.Pass;
import narlink.ground.PassReport;
import narlink.ground.Satellite;
import narlink.ground.Server;
import narlink.ground.StationLink.Route;
import narlink.ground.json.PassJson;

/// What the links do at this moment, and what came of the last passes: heard from the threads of the links, told to
/// those of HTTP, and passed on to another listener.
public final class LivePasses implements Server.Listener {
    /// Reports of ended passes that are kept.
    private static final int REPORTS = 50;

    private final Server.Listener next;
    private final Clock clock;
    /// Each is its own lock: with every segment of every link it is told of one.
    private final Map<Route, Line> lines = new ConcurrentSkipListMap<>();
    private final ArrayDeque<JsonObject> reports = new ArrayDeque<>();
    private final Map<Deployment.State, Long> changes = new EnumMap<>(Deployment.State.class);

    public LivePasses(Server.Listener next, Clock clock) {
        this.next = next;
        this.clock = clock;
    }

    /// One link as it is now.
    ///
    /// @param since when it came into this state
    /// @param why what keeps it from being opened; empty where nothing does
    /// @param tally of the pass in flight
    /// @param bitsPerSecond what the pass sends now
    /// @param total of all passes since the server was started
    record Link(
            Route route,
            State state,
            Instant since,
            String why,
            Optional<Pass.Tally> tally,
            double bitsPerSecond,
            Sum total) {}

    enum State {
        OPEN,
        CLOSED,
        UNREACHABLE
    }

    /// Counts that only grow.
    record Sum(long source, long repair, long other, long segments, long received, long reports, long refused) {
        static final Sum NOTHING = new Sum(0, 0, 0, 0, 0, 0, 0);

        Sum plus(Pass.Tally tally) {
            return new Sum(
                    source + tally.sourceBytes(),
                    repair + tally.repairBytes(),
                    other + tally.sentBytes() - tally.sourceBytes() - tally.repairBytes(),
                    segments + tally.sentSegments(),
                    received + tally.receivedBytes(),
                    reports + tally.receivedReports(),
                    refused + tally.refusedSegments());
        }
    }

    private static final class Line {
        State state = State.CLOSED;
        Instant since;
        String why = "";
        Optional<Pass.Tally> tally = Optional.empty();
        RateMeter rate = new RateMeter();
        Sum ended = Sum.NOTHING;

        Line(Instant now) {
            since = now;
        }

        synchronized void enter(State other, Instant now, String reason) {
            if (other == State.OPEN || state != other) since = now;
            state = other;
            why = reason;
            ended = total();
            tally = Optional.empty();
            rate = new RateMeter();
        }

        synchronized void progress(Pass.Tally now, Instant when) {
            tally = Optional.of(now);
            rate.count(when, now.sentBytes());
        }

        Sum total() {
            return tally.map(ended::plus).orElse(ended);
        }

        long sent() {
            return tally.map(Pass.Tally::sentBytes).orElse(0L);
        }
    }

    private Line line(Route route) {
        return lines.computeIfAbsent(route, unused -> new Line(clock.instant()));
    }

    /// All links that have been heard of since the server was started.
    List<Link> links() {
        var links = new ArrayList<Link>();
        lines.forEach((route, line) -> links.add(link(route, line)));
        return links;
    }

    Optional<Link> link(Route route) {
        return Optional.ofNullable(lines.get(route)).map(line -> link(route, line));
    }

    private Link link(Route route, Line line) {
        synchronized (line) {
            double rate = 8 * line.rate.perSecond(clock.instant(), line.sent());
            return new Link(route, line.state, line.since, line.why, line.tally, rate, line.total());
        }
    }

    /// The last passes, the newest first.
    synchronized List<JsonObject> reports() {
        return List.copyOf(reports);
    }

    /// How often deployments came into each state since the server was started.
    synchronized Map<Deployment.State, Long> changes() {
        return Map.copyOf(changes);
    }

    @Override
    public void opened(Route route) {
        line(route).enter(State.OPEN, clock.instant(), "");
        next.opened(route);
    }

    @Override
    public void progress(Route route, Pass.Tally tally) {
        line(route).progress(tally, clock.instant());
        next.progress(route, tally);
    }

    @Override
    public void unreachable(Route route, String why, Duration again) {
        line(route).enter(State.UNREACHABLE, clock.instant(), why);
        next.unreachable(route, why, again);
    }

    @Override
    public void changed(Deployment deployment) {
        synchronized (this) {
            changes.merge(deployment.progress().state(), 1L, Long::sum);
        }
        next.changed(deployment);
    }

    @Override
    public void carried(Satellite satellite) {
        next.carried(satellite);
    }

    @Override
    public void over(PassReport report) {
        var told = PassJson.of(report);
        line(report.route()).enter(State.CLOSED, clock.instant(), "");
        synchronized (this) {
            reports.addFirst(told);
            while (reports.size() > REPORTS) reports.removeLast();
        }
        next.over(report);
    }
}
