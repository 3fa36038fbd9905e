package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Instant;
import narlink.ground.Deployment;
import narlink.ground.Queue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What changes the order of a queue. It counts at once, in a pass that is under way too.
final class PlaceCommands {
    private PlaceCommands() {}

    @Command(
            name = "reorder",
            description = "Lets a deployment go up before another one. What went up already stays on board.",
            footer = {"", "Example: narlink reorder sat-7 5 --before 3"})
    static final class Reorder extends Base {
        @Parameters(index = "0", paramLabel = "SAT", description = "The satellite.")
        String name = "";

        @Parameters(index = "1", paramLabel = "N", description = "The deployment.")
        int deployment;

        @Option(names = "--before", required = true, paramLabel = "M", description = "The one that it is to overtake.")
        int before;

        @Override
        public Integer call() throws IOException {
            try (var ledger = ledger()) {
                var satellite = satellite(ledger, name);
                var queue = new Queue(ledger, satellite.name());
                try {
                    queue.before(deployment, before);
                } catch (IllegalArgumentException e) {
                    throw new IOException(String.valueOf(e.getMessage()), e);
                }
                var order = queue.deployments().stream().map(Deployment::number).toList();
                var list = new JsonArray();
                order.forEach(list::add);
                var out = new JsonObject();
                out.addProperty("satellite", name);
                out.add("order", list);
                print(out, () -> System.out.println("they go up in this order now: " + order));
            }
            return 0;
        }
    }

    private abstract static class Freezing extends Base {
        @Parameters(index = "0", paramLabel = "SAT", description = "The satellite.")
        String name = "";

        int freeze(boolean frozen, String told) throws IOException {
            try (var ledger = ledger()) {
                var satellite = satellite(ledger, name).name();
                new Queue(ledger, satellite).freeze(frozen, Instant.now());
                var out = new JsonObject();
                out.addProperty("satellite", name);
                out.addProperty("frozen", frozen);
                print(out, () -> System.out.println(name + told));
            }
            return 0;
        }
    }

    @Command(
            name = "freeze",
            description = "Lets no deployment go up until it is thawed. Commands still do, and reports are heard.",
            footer = {"", "Example: narlink freeze sat-7"})
    static final class Freeze extends Freezing {
        @Override
        public Integer call() throws IOException {
            return freeze(true, " is frozen: what is queued stays queued");
        }
    }

    @Command(
            name = "thaw",
            description = "Lets deployments go up again.",
            footer = {"", "Example: narlink thaw sat-7"})
    static final class Thaw extends Freezing {
        @Override
        public Integer call() throws IOException {
            return freeze(false, ": the queue goes up again");
        }
    }
}
