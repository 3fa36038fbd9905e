package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import narlink.ground.Deployment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "queue",
        description = "Shows what is to go up.",
        footer = {"", "Example: narlink queue sat-7"})
final class QueueCommand extends Base {
    @Parameters(arity = "0..1", paramLabel = "SAT", description = "The satellite; all if none is given.")
    @Nullable
    String satellite;

    @Override
    public Integer call() throws IOException {
        try (var ledger = ledger()) {
            var satellites = satellite == null ? ledger.satellites() : List.of(satellite(ledger, satellite));
            var open = satellites.stream()
                    .flatMap(each -> ledger.deployments(each.name()).stream())
                    .filter(deployment -> !deployment.ended())
                    .toList();
            var list = new JsonArray();
            open.forEach(deployment -> list.add(describe(deployment)));
            var out = new JsonObject();
            out.add("deployments", list);
            var commands = satellites.stream()
                    .flatMap(each -> ledger.commands(each.name()).stream())
                    .filter(command -> !command.state().ended())
                    .toList();
            var orders = new JsonArray();
            commands.forEach(command -> orders.add(OrderCommands.describe(command)));
            out.add("commands", orders);
            print(out, () -> {
                commands.forEach(
                        command -> System.out.println(command.satellite() + "  " + OrderCommands.line(command)));
                if (open.isEmpty() && commands.isEmpty()) System.out.println("nothing is queued");
                open.forEach(deployment -> System.out.printf(
                        "%s  deployment %d  %s  %s  expires %s%n    %s%n",
                        deployment.satellite(),
                        deployment.number(),
                        deployment.progress().state(),
                        ByteCount.human(deployment.packBytes()),
                        deployment.announcement().expires(),
                        deployment.targets().getFirst()));
            });
        }
        return 0;
    }

    static JsonObject describe(Deployment deployment) {
        var out = new JsonObject();
        out.addProperty("satellite", deployment.satellite().value());
        out.addProperty("deployment", deployment.number());
        out.addProperty("state", deployment.progress().state().name());
        out.addProperty("reason", deployment.progress().reason());
        out.addProperty("blocksDone", deployment.progress().blocksDone());
        out.addProperty("blocks", deployment.blocks());
        out.addProperty("pathsDone", deployment.progress().pathsDone());
        out.addProperty("paths", deployment.objects().size());
        out.addProperty("storeMoved", deployment.progress().storeMoved());
        out.addProperty("packBytes", deployment.packBytes());
        out.addProperty("profile", deployment.profile());
        out.addProperty("flake", deployment.origin());
        out.addProperty("created", deployment.created().toString());
        out.addProperty("expires", deployment.announcement().expires().toString());
        var targets = new JsonArray();
        deployment.targets().forEach(target -> targets.add(target.toString()));
        out.add("targets", targets);
        return out;
    }
}
