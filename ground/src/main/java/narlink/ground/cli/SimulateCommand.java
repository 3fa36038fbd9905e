package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import narlink.ground.ledger.ScratchLedgers;
import narlink.ground.simulation.Fault;
import narlink.ground.simulation.Scenario;
import narlink.ground.simulation.Simulation;
import narlink.nix.PathInfo;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.simulation.LinkProfile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "simulate",
        description = {
            "The same code on a simulated link, in simulated time. With --link, a deployment's way up: what it costs, and "
                    + "how many passes it takes. Without, whole missions in which everything goes wrong that can: "
                    + "links, disks, stores, clocks, power, people and adversaries; what must always hold is checked "
                    + "after every step.",
        },
        footer = {
            "",
            "Example: narlink simulate --link s-256k --seeds 20 sat-7 ./result",
            "         narlink simulate --link my-link.json --loss 10%% --bytes 2m",
            "         narlink simulate --seeds 1000",
            "         narlink simulate --seed 17 --trace",
            "",
            "Exits 1 where something did not hold, 3 where a deployment did not arrive."
        })
final class SimulateCommand extends Base {
    private static final long MOST_BYTES = 1L << 30;
    private static final Logger NARLINK = Logger.getLogger("narlink");

    private static final Duration SHRINKING = Duration.ofMinutes(1);

    @Parameters(index = "0", arity = "0..1", paramLabel = "SAT", description = "Whose mirror the deployment builds on.")
    @Nullable
    String satellite;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "PATH", description = "Store paths, or links to them.")
    List<String> targets = List.of();

    @Option(names = "--store", paramLabel = "URL", description = "Where the closures are on Earth (default daemon).")
    @Nullable
    String store;

    @Option(
            names = "--link",
            paramLabel = "NAME|FILE",
            description = "uhf-9k6, s-256k, s-2m, x-opt-100m, or a JSON file with a profile of your own.")
    @Nullable
    String link;

    @Option(
            names = "--loss",
            paramLabel = "SHARE",
            description = "Frames lost, each for itself, in the profile's stead.")
    @Nullable
    Share loss;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "10",
            description = "Runs, of the seeds from --seed on (default ${DEFAULT-VALUE}, 1 with --trace).")
    int seeds = 10;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "The first one (default 1).")
    long seed = 1;

    @Option(
            names = "--passes",
            paramLabel = "N",
            defaultValue = "150",
            description = "Passes of a run (default ${DEFAULT-VALUE}).")
    int passes = 150;

    @Option(
            names = "--bytes",
            paramLabel = "SIZE",
            defaultValue = "256k",
            description = "Of a generated deployment with --link, about (default ${DEFAULT-VALUE}).")
    ByteCount bytes = new ByteCount(1 << 18);

    @Option(names = "--no-return-link", description = "Nothing ever comes back.")
    boolean noReturnLink;

    @Option(names = "--trace", description = "Tell everything that happens, on standard error.")
    boolean trace;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Seeds that are run at the same time (default: as many as there are processors).")
    int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (seeds < 1 || passes < 1 || threads < 1)
            throw new UsageException("--seeds, --passes and --threads: at least 1");
        if (link == null && (loss != null || noReturnLink || satellite != null)) {
            throw new UsageException("--loss, --no-return-link and SAT go with --link");
        }
        if (satellite != null && targets.isEmpty()) throw new UsageException("name the PATH that is to go up, too");
        // What they would log of a month of trouble is in the trace.
        NARLINK.setLevel(Level.OFF);
        var cargo = satellite == null ? Optional.<Simulation.Cargo>empty() : Optional.of(cargo(satellite));
        var outcomes = run(cargo, trace ? 1 : seeds);
        boolean arrived = link == null
                || outcomes.stream()
                        .allMatch(outcome -> outcome.states().keySet().stream().allMatch(state -> state.stored()));
        print(describe(outcomes), () -> tell(outcomes));
        var broken = outcomes.stream()
                .filter(outcome -> !outcome.violations().isEmpty())
                .findFirst();
        if (broken.isPresent() && link == null && !json) shrink(broken.get());
        boolean holds =
                outcomes.stream().allMatch(outcome -> outcome.violations().isEmpty());
        return holds ? arrived ? 0 : Narlink.LEFT : 1;
    }

    private Scenario scenario(long number) throws IOException {
        if (link == null) return Scenario.generated(number, Math.ceilDiv(passes, Scenario.PASSES_PER_DAY));
        var profile = LinkProfileFile.read(link);
        if (loss != null) {
            profile = new LinkProfile(
                    profile.name(),
                    profile.upRate(),
                    profile.downRate(),
                    profile.framePayload(),
                    0,
                    1,
                    loss.value(),
                    loss.value(),
                    profile.pass(),
                    profile.passesPerDay(),
                    profile.passLost(),
                    profile.turnaround());
        }
        try {
            return Scenario.forecast(
                    profile, passes, Math.toIntExact(bytes.bytes()), !noReturnLink && profile.downRate() > 0);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UsageException("--link: " + e.getMessage());
        }
    }

    private List<Simulation.Outcome> run(Optional<Simulation.Cargo> cargo, int count)
            throws IOException, InterruptedException {
        var outcomes = new ArrayList<Simulation.Outcome>();
        // What waits in a simulation is a virtual thread, and passes the turn on fastest to another one.
        var workers = Executors.newFixedThreadPool(
                Math.min(threads, count), Thread.ofVirtual().factory());
        try (var ledgers = new ScratchLedgers()) {
            var futures = new ArrayList<Future<Simulation.Outcome>>();
            for (long each = seed; each < seed + count; each++) {
                long number = each;
                futures.add(workers.submit(() -> Simulation.run(
                        scenario(number),
                        number,
                        cargo,
                        Files.createTempDirectory("narlink-simulation"),
                        ledgers::open,
                        trace ? Optional.of(System.err::println) : Optional.empty())));
            }
            for (var future : futures) {
                outcomes.add(future.get());
                if (!json) Terminal.status(outcomes.size() + " of " + count + " seeds");
            }
            Terminal.clear();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) throw cause;
            if (e.getCause() instanceof UsageException cause) throw cause;
            throw new IOException("the simulation broke: " + e.getCause(), e);
        } finally {
            workers.shutdownNow();
        }
        return outcomes;
    }

    private void shrink(Simulation.Outcome broken) throws IOException {
        Terminal.status("seed " + broken.seed() + " breaks; looking for less that breaks the same, a minute at most");
        long began = System.nanoTime();
        try (var ledgers = new ScratchLedgers()) {
            var least = Simulation.shrink(
                    scenario(broken.seed()),
                    broken,
                    Files.createTempDirectory("narlink-simulation"),
                    ledgers::open,
                    () -> System.nanoTime() - began < SHRINKING.toNanos());
            Terminal.clear();
            System.out.printf(
                    Locale.ROOT,
                    "seed %d breaks within %d days%s: %s%n",
                    broken.seed(),
                    least.days(),
                    least.without().isEmpty() ? "" : ", also without " + String.join(", ", least.without()),
                    least.outcome().violations().getFirst());
        }
    }

    /// The satellite's store as the mirror has it, and what is to go up.
    private Simulation.Cargo cargo(String name) throws IOException {
        try (var ledger = ledger();
                var earth = openStore(store)) {
            var known = ledger.mirror(satellite(ledger, name).name()).believed();
            var paths = paths(targets);
            var closure = earth.closure(paths);
            var present = earth.infos(known);
            var old = new TreeSet<>(present.keySet());
            // What Earth lacks a reference of can't be put anywhere.
            present.values().stream()
                    .filter(info -> !present.keySet().containsAll(info.references()))
                    .forEach(info -> old.remove(info.path()));
            closure.removeAll(old);
            return new Simulation.Cargo(items(earth, old), items(earth, closure), paths);
        }
    }

    private static List<Simulation.Cargo.Item> items(Store earth, Collection<StorePath> paths) throws IOException {
        long size = earth.infos(paths).values().stream()
                .mapToLong(PathInfo::narSize)
                .sum();
        if (size > MOST_BYTES) {
            throw new IOException("a simulation holds its stores in memory, and these paths have "
                    + ByteCount.human(size) + "; narlink plan tells what they cost without it");
        }
        var items = new ArrayList<Simulation.Cargo.Item>();
        for (var path : earth.inReferenceOrder(paths)) {
            var nar = new ByteArrayOutputStream();
            earth.nar(path, nar);
            items.add(new Simulation.Cargo.Item(earth.info(path).orElseThrow(), nar.toByteArray()));
        }
        return items;
    }

    private JsonObject describe(List<Simulation.Outcome> outcomes) throws IOException {
        var out = new JsonObject();
        out.addProperty("seeds", outcomes.size());
        var failures = new JsonArray();
        for (var outcome : outcomes) {
            for (var violation : outcome.violations()) {
                var failure = new JsonObject();
                int colon = violation.indexOf(": ");
                failure.addProperty("seed", outcome.seed());
                failure.addProperty("invariant", violation.substring(0, colon));
                failure.addProperty("message", violation.substring(colon + 2));
                failures.add(failure);
            }
        }
        out.add("failures", failures);
        long payload = sum(outcomes, Simulation.Outcome::payloadBytes);
        long sent = sum(outcomes, Simulation.Outcome::sentBytes);
        out.addProperty("payloadBytes", payload);
        out.addProperty("sentBytes", sent);
        out.addProperty("returnedBytes", sum(outcomes, Simulation.Outcome::returnedBytes));
        if (link != null && payload > 0) out.addProperty("efficiency", efficiency(payload, sent));
        out.addProperty(
                "passes",
                outcomes.stream().mapToLong(Simulation.Outcome::passes).sum());
        out.addProperty(
                "simulatedSeconds",
                outcomes.stream()
                        .mapToLong(outcome -> outcome.time().toSeconds())
                        .sum());
        var states = new JsonObject();
        states(outcomes).forEach(states::addProperty);
        out.add("deployments", states);
        var faults = new JsonObject();
        faults(outcomes).forEach((fault, count) -> faults.addProperty(fault.name(), count));
        out.add("faults", faults);
        if (outcomes.size() == 1)
            out.addProperty("hash", outcomes.getFirst().hash().hex());
        return out;
    }

    /// Bytes that arrived on average for each byte that was to.
    private double efficiency(long payload, long sent) throws IOException {
        return sent * (1 - scenario(seed).profile().meanLoss()) / payload;
    }

    private interface Figure {
        long of(Simulation.Outcome outcome);
    }

    private static long sum(List<Simulation.Outcome> outcomes, Figure figure) {
        return outcomes.stream().mapToLong(figure::of).sum();
    }

    private static Map<String, Integer> states(List<Simulation.Outcome> outcomes) {
        var states = new java.util.TreeMap<String, Integer>();
        for (var outcome : outcomes) {
            outcome.states().forEach((state, count) -> states.merge(state.name(), count, Integer::sum));
        }
        return states;
    }

    private static Map<Fault, Long> faults(List<Simulation.Outcome> outcomes) {
        var faults = new EnumMap<Fault, Long>(Fault.class);
        for (var fault : Fault.values()) faults.put(fault, 0L);
        for (var outcome : outcomes) outcome.faults().forEach((fault, count) -> faults.merge(fault, count, Long::sum));
        return faults;
    }

    private void tell(List<Simulation.Outcome> outcomes) {
        var locale = Locale.ROOT;
        for (var outcome : outcomes) {
            for (var violation : outcome.violations()) {
                System.out.printf(locale, "seed %d: %s%n", outcome.seed(), violation);
            }
        }
        long payload = sum(outcomes, Simulation.Outcome::payloadBytes);
        long sent = sum(outcomes, Simulation.Outcome::sentBytes);
        int count = outcomes.size();
        System.out.printf(
                locale,
                "%d seed%s, %.1f passes and %.1f days each: sent %s for %s of announcements, manifests and packs, heard %s%n",
                count,
                count == 1 ? "" : "s",
                sum(outcomes, Simulation.Outcome::passes) / (double) count,
                sum(outcomes, outcome -> outcome.time().toSeconds()) / 86_400.0 / count,
                ByteCount.human(sent / count),
                ByteCount.human(payload / count),
                ByteCount.human(sum(outcomes, Simulation.Outcome::returnedBytes) / count));
        System.out.println("deployments: " + states(outcomes));
        System.out.println("what went wrong: " + faults(outcomes));
        long broken = outcomes.stream()
                .filter(outcome -> !outcome.violations().isEmpty())
                .count();
        System.out.println(
                broken == 0
                        ? "everything held that must"
                        : broken + " seeds in which something did not hold; --seed S --trace tells all of one");
        if (count == 1) System.out.println("hash " + outcomes.getFirst().hash().hex());
    }
}
