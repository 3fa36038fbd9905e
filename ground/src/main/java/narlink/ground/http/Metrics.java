package narlink.ground.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToLongFunction;
import narlink.ground.Deployment;
import narlink.ground.FleetMember;
import narlink.ground.Ledger;
import narlink.ground.Mirror;
import narlink.ground.StationLink;
import narlink.ground.json.FleetJson;

/// What Prometheus reads. Sizes are bytes, times seconds; what a satellite has is from its last report.
final class Metrics {
    private final Ledger ledger;
    private final LivePasses passes;
    private final Clock clock;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Set<StationLink.Route> routes = new HashSet<>();
    private final MultiGauge age;
    private final MultiGauge free;
    private final MultiGauge paths;
    private final MultiGauge open;
    private final MultiGauge blocks;
    private final MultiGauge blocksDone;

    Metrics(Ledger ledger, LivePasses passes, Clock clock) {
        this.ledger = ledger;
        this.passes = passes;
        this.clock = clock;
        age = gauge("narlink.report.age.seconds", "Age of the last report");
        free = gauge("narlink.free.bytes", "Free disk on board, as reported");
        paths = gauge("narlink.paths", "Store paths in the mirror, by how they are believed");
        open = gauge("narlink.deployments.open", "Deployments that have not ended");
        blocks = gauge("narlink.deployment.blocks", "Source blocks of the pack of a deployment that has not ended");
        blocksDone = gauge("narlink.deployment.blocks.done", "Those of them that are durable on board");
        for (var state : Deployment.State.values()) {
            FunctionCounter.builder(
                            "narlink.deployment.changes",
                            passes,
                            live -> live.changes().getOrDefault(state, 0L))
                    .description("How often deployments came into a state since the server was started")
                    .tags("state", state.name())
                    .register(registry);
        }
        memory();
    }

    private void memory() {
        new JvmThreadMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
    }

    private MultiGauge gauge(String name, String what) {
        return MultiGauge.builder(name).description(what).register(registry);
    }

    /// Counts an answer.
    void answered(int status) {
        Counter.builder("narlink.http.answers")
                .description("Answers by HTTP status")
                .tags("status", Integer.toString(status))
                .register(registry)
                .increment();
    }

    synchronized Answer answer() {
        for (var link : passes.links()) {
            if (routes.add(link.route())) register(link.route());
        }
        update(ledger.fleet(), clock.instant());
        return new Answer(
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                registry.scrape().getBytes(StandardCharsets.UTF_8));
    }

    private void update(List<FleetMember> fleet, Instant now) {
        var ages = new ArrayList<MultiGauge.Row<?>>();
        var frees = new ArrayList<MultiGauge.Row<?>>();
        var counts = new ArrayList<MultiGauge.Row<?>>();
        var opens = new ArrayList<MultiGauge.Row<?>>();
        var all = new ArrayList<MultiGauge.Row<?>>();
        var done = new ArrayList<MultiGauge.Row<?>>();
        for (var member : fleet) {
            var tags = Tags.of("satellite", member.satellite().value());
            member.report()
                    .ifPresent(report -> ages.add(MultiGauge.Row.of(
                            tags, Duration.between(report.heard(), now).toMillis() / 1000.0)));
            FleetJson.report(member).ifPresent(report -> frees.add(MultiGauge.Row.of(tags, report.freeBytes())));
            for (var belief : Mirror.Belief.values()) {
                counts.add(MultiGauge.Row.of(
                        tags.and("belief", belief.name().toLowerCase(Locale.ROOT)), member.count(belief)));
            }
            var briefs = member.deployments().stream()
                    .filter(brief -> !brief.state().ended())
                    .toList();
            opens.add(MultiGauge.Row.of(tags, briefs.size()));
            for (var brief : briefs) {
                var its = tags.and("deployment", Integer.toString(brief.number()));
                all.add(MultiGauge.Row.of(its, brief.blocks()));
                done.add(MultiGauge.Row.of(its, brief.blocksDone()));
            }
        }
        age.register(ages, true);
        free.register(frees, true);
        paths.register(counts, true);
        open.register(opens, true);
        blocks.register(all, true);
        blocksDone.register(done, true);
    }

    private void register(StationLink.Route route) {
        var tags = Tags.of(
                "satellite",
                route.satellite().value(),
                "station",
                route.station().value());
        Gauge.builder(
                        "narlink.link.open",
                        passes,
                        live -> live.link(route)
                                        .filter(link -> link.state() == LivePasses.State.OPEN)
                                        .isPresent()
                                ? 1
                                : 0)
                .description("Whether the link is open")
                .tags(tags)
                .register(registry);
        Gauge.builder(
                        "narlink.link.loss.ratio",
                        passes,
                        live -> live.link(route)
                                .flatMap(LivePasses.Link::tally)
                                .map(narlink.ground.Pass.Tally::loss)
                                .orElse(Double.NaN))
                .description("Share of segments that get lost on the way up, as estimated in the pass")
                .tags(tags)
                .register(registry);
        sent(route, tags.and("kind", "source"), LivePasses.Sum::source);
        sent(route, tags.and("kind", "repair"), LivePasses.Sum::repair);
        sent(route, tags.and("kind", "other"), LivePasses.Sum::other);
        counter(route, "narlink.link.sent.segments", "Segments sent", tags, LivePasses.Sum::segments);
        counter(route, "narlink.link.received.bytes", "Bytes of frames received", tags, LivePasses.Sum::received);
        counter(route, "narlink.link.reports", "Reports received", tags, LivePasses.Sum::reports);
        counter(route, "narlink.link.refused.segments", "Segments not believed", tags, LivePasses.Sum::refused);
    }

    private void sent(StationLink.Route route, Tags tags, ToLongFunction<LivePasses.Sum> count) {
        counter(route, "narlink.link.sent.bytes", "Bytes of frames sent, by what they carry", tags, count);
    }

    private void counter(
            StationLink.Route route, String name, String what, Tags tags, ToLongFunction<LivePasses.Sum> count) {
        FunctionCounter.builder(
                        name,
                        passes,
                        live -> live.link(route)
                                .map(LivePasses.Link::total)
                                .map(count::applyAsLong)
                                .orElse(0L))
                .description(what)
                .tags(tags)
                .register(registry);
    }
}
