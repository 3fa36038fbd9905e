package narlink.ground.http;

import java.time.Clock;
import java.util.Optional;
import narlink.ground.GroundState;
import narlink.ground.Ledger;
import narlink.ground.LedgerException;

/// All that the server answers. Knows no socket.
final class Site {
    private static final System.Logger LOG = System.getLogger(Site.class.getName());
    private static final String API = "/api/";
    private static final String METRICS = "/metrics";

    private final Guard guard;
    private final Assets assets = new Assets();
    private final Readings readings;
    private final Changes changes;
    private final Metrics metrics;

    Site(Ledger ledger, LivePasses passes, GroundState files, Guard guard, Clock clock) {
        this.guard = guard;
        this.readings = new Readings(ledger, passes, clock);
        this.changes = new Changes(ledger, files, clock);
        this.metrics = new Metrics(ledger, passes, clock);
    }

    Answer answer(Request request) {
        var answer = respond(request);
        metrics.answered(answer.status());
        return answer;
    }

    private Answer respond(Request request) {
        var file = assets.find(request.path());
        var refused = guard.refuse(request, file.isEmpty());
        if (refused.isPresent()) return refused.get();
        try {
            return switch (request.method()) {
                case "GET", "HEAD" -> file.isPresent() ? file.get() : read(request);
                case "POST" ->
                    changes.change(
                            api(request)
                                    .orElseThrow(() -> new RefusedException(404, "nothing can be changed here"))
                                    .parts(),
                            request);
                default -> throw new RefusedException(405, "only GET, HEAD and POST are understood");
            };
        } catch (RefusedException e) {
            return e.answer();
        } catch (LedgerException e) {
            LOG.log(System.Logger.Level.DEBUG, "the ledger does not answer", e);
            return Answer.error(503, "the ledger does not answer: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, request.method() + " " + request.path(), e);
            return Answer.error(500, "the server failed; its log says more");
        }
    }

    private Answer read(Request request) throws RefusedException {
        if (request.path().equals(METRICS)) return metrics.answer();
        return readings.read(api(request)
                .orElseThrow(() -> new RefusedException(404, "there is nothing here"))
                .parts());
    }

    private static Optional<Request> api(Request request) {
        if (!request.path().startsWith(API)) return Optional.empty();
        return Optional.of(new Request(
                request.method(),
                request.path().substring(API.length() - 1),
                request.host(),
                request.authorization(),
                request.body()));
    }
}
