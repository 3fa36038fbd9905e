package narlink.ground.cli;

import java.io.IOException;
import java.util.List;
import narlink.ground.Place;
import narlink.ground.Queue;
import narlink.ground.json.QueueJson;
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
            var satellites = satellite == null
                    ? QueueJson.waiting(ledger)
                    : List.of(satellite(ledger, satellite).name());
            var open = satellites.stream()
                    .flatMap(each -> new Queue(ledger, each).deployments().stream())
                    .toList();
            var frozen = satellites.stream().filter(ledger.places()::frozen).toList();
            var commands = satellites.stream()
                    .flatMap(each -> ledger.commands(each).stream())
                    .filter(command -> !command.state().ended())
                    .toList();
            print(QueueJson.of(ledger, satellites), () -> {
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
}
