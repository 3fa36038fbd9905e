package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import narlink.ground.Deployment;
import narlink.ground.Place;
import narlink.ground.Queue;
import narlink.ground.Satellite;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "queue",
        description = "Shows what is to go up, in its order.",
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
                    .flatMap(each -> new Queue(ledger, each.name()).deployments().stream())
                    .toList();
            var list = new JsonArray();
            open.forEach(deployment -> {
                var one = describe(deployment);
                var place = new Queue(ledger, deployment.satellite()).place(deployment.number());
                one.addProperty("priority", place.priority());
                one.addProperty(
                        "deadline", place.deadline().map(Instant::toString).orElse(""));
                list.add(one);
            });
            var frozen = satellites.stream()
                    .map(Satellite::name)
                    .filter(ledger.places()::frozen)
                    .toList();
            var names = new JsonArray();
            frozen.forEach(name -> names.add(name.value()));
            var out = new JsonObject();
            out.add("deployments", list);
            out.add("frozen", names);
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
                frozen.forEach(
                        name -> System.out.println(name + "  is frozen: no deployment goes up; narlink thaw " + name));
                open.forEach(deployment -> System.out.printf(
                        "%s  deployment %d  %s  %s  %sexpires %s%n    %s%n",
                        deployment.satellite(),
                        deployment.number(),
                        deployment.progress().state(),
                        ByteCount.human(deployment.packBytes()),
                        urgency(new Queue(ledger, deployment.satellite()).place(deployment.number())),
                        deployment.announcement().expires(),
                        deployment.targets().getFirst()));
            });
        }
        return 0;
    }

    private static String urgency(Place place) {
        var priority = place.priority() == 0 ? "" : "priority " + place.priority() + "  ";
        return priority
                + place.deadline().map(by -> "to be there by " + by + "  ").orElse("");
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
