package narlink.ground.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import narlink.ground.ledger.ScratchLedgers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Whole missions, a month each: what must always hold does, whatever goes wrong, and all that can go wrong does.
///
/// `-Dnarlink.seeds=20000` makes a night of it, `-Dnarlink.seed=S` begins elsewhere.
final class SimulationTest {
    private static final int DAYS = 30;
    private static final int SEEDS = Integer.getInteger("narlink.seeds", 500);
    private static final long FIRST = Long.getLong("narlink.seed", 1L);
    private static final Logger LOG = Logger.getLogger("narlink");
    private static Level before = Level.INFO;

    /// What they have to say of a month of trouble is more than a month of simulation takes.
    @BeforeAll
    static void quiet() {
        before = Optional.ofNullable(LOG.getLevel()).orElse(Level.INFO);
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        LOG.setLevel(before);
    }

    @Test
    void whatMustHoldHoldsOnEverySeed() throws Exception {
        var faults = new EnumMap<Fault, Long>(Fault.class);
        var broken = new ArrayList<String>();
        long began = System.nanoTime();
        long steps = 0;
        try (var ledgers = new ScratchLedgers();
                var workers = Executors.newFixedThreadPool(
                        Runtime.getRuntime().availableProcessors(),
                        Thread.ofVirtual().factory())) {
            var runs = new ArrayList<Future<Simulation.Outcome>>();
            for (long each = FIRST; each < FIRST + SEEDS; each++) {
                long seed = each;
                runs.add(workers.submit(() -> run(seed, ledgers)));
            }
            for (var run : runs) {
                var outcome = run.get();
                steps += outcome.events();
                outcome.faults().forEach((fault, count) -> faults.merge(fault, count, Long::sum));
                outcome.violations().forEach(violation -> broken.add("seed " + outcome.seed() + ": " + violation));
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                "%d seeds of %d days, %d events, in %.0f s: %.0f seeds a minute, %.0f simulated days a second%n%s%n",
                SEEDS, DAYS, steps, seconds, 60 * SEEDS / seconds, SEEDS * DAYS / seconds, faults);
        assertEquals(List.of(), broken);
        if (SEEDS >= 500) assertEquals(EnumSet.allOf(Fault.class), EnumSet.copyOf(faults.keySet()));
    }

    @Test
    void aSeedIsAlwaysTheSameRun() throws IOException {
        try (var ledgers = new ScratchLedgers()) {
            var once = run(7, ledgers);
            assertEquals(once.hash(), run(7, ledgers).hash());
            assertNotEquals(once.hash(), run(8, ledgers).hash());
        }
    }

    @Test
    void aTraceTellsWhatTheHashIsOf() throws IOException {
        var lines = new ArrayList<String>();
        try (var ledgers = new ScratchLedgers()) {
            var told = Simulation.run(
                    Scenario.generated(7, DAYS),
                    7,
                    Optional.empty(),
                    Files.createTempDirectory("simulation"),
                    ledgers::open,
                    Optional.of(lines::add));
            assertEquals(told.events(), lines.size());
            assertEquals(run(7, ledgers).hash(), told.hash());
        }
        assertTrue(lines.stream().anyMatch(line -> line.contains(" send 1 ")), lines.getFirst());
    }

    private static Simulation.Outcome run(long seed, ScratchLedgers ledgers) throws IOException {
        return Simulation.run(
                Scenario.generated(seed, DAYS),
                seed,
                Optional.empty(),
                Files.createTempDirectory("simulation"),
                ledgers::open,
                Optional.empty());
    }

    /// For other class loaders: the first violation of some seeds; empty if there is none.
    public static String probe(long first, long count) throws IOException {
        quiet();
        try (var ledgers = new ScratchLedgers()) {
            for (long seed = first; seed < first + count; seed++) {
                List<String> found;
                try {
                    found = run(seed, ledgers).violations();
                } catch (RuntimeException | IOException e) {
                    found = List.of("I6: the run broke: " + e);
                }
                if (!found.isEmpty()) return "seed " + seed + ": " + found.getFirst();
            }
        }
        return "";
    }

    /// For other class loaders: the days to which the first seed that breaks is shrunk, and what breaks.
    static String shrunk(long first) throws IOException {
        quiet();
        try (var ledgers = new ScratchLedgers()) {
            for (long seed = first; seed < first + SEEDS; seed++) {
                var outcome = run(seed, ledgers);
                if (outcome.violations().isEmpty()) continue;
                var least = Simulation.shrink(
                        Scenario.generated(seed, DAYS),
                        outcome,
                        Files.createTempDirectory("simulation"),
                        ledgers::open,
                        () -> true);
                return least.days() + " " + least.without().size() + " "
                        + least.outcome().violations().getFirst();
            }
        }
        return "";
    }
}
