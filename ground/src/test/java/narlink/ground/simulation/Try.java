package narlink.ground.simulation;

import java.nio.file.Files;
import java.util.Optional;
import narlink.ground.ledger.ScratchLedgers;

final class Try {
    public static void main(String[] args) throws Exception {
        long first = Long.parseLong(args[0]);
        long count = Long.parseLong(args[1]);
        int days = Integer.parseInt(args[2]);
        var total = new java.util.EnumMap<Fault, Long>(Fault.class);
        try (var ledgers = new ScratchLedgers()) {
            for (long seed = first; seed < first + count; seed++) {
                long start = System.nanoTime();
                var directory = Files.createTempDirectory("simulation");
                var outcome = Simulation.run(
                        Scenario.generated(seed, days),
                        seed,
                        Optional.empty(),
                        directory,
                        ledgers::open,
                        args.length > 3 ? Optional.of(System.out::println) : Optional.empty());
                outcome.faults().forEach((fault, n) -> total.merge(fault, n, Long::sum));
                System.out.printf(
                        "%d %s ev %d %s passes %d payload %d sent %d back %d: %d ms%n",
                        seed,
                        outcome.hash().hex().substring(0, 12),
                        outcome.events(),
                        outcome.states(),
                        outcome.passes(),
                        outcome.payloadBytes(),
                        outcome.sentBytes(),
                        outcome.returnedBytes(),
                        (System.nanoTime() - start) / 1000000);
                outcome.violations().forEach(v -> System.out.println("   " + v));
            }
        }
        System.out.println(total);
    }
}
