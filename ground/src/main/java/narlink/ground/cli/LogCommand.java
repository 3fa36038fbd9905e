package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import narlink.ground.CommandDesk;
import narlink.ground.GroundState;
import narlink.ground.Ledger;
import narlink.ground.QueuedCommand;
import narlink.ground.Satellite;
import narlink.ground.json.CommandJson;
import narlink.ground.json.LogJson;
import narlink.wire.Command.Action;
import narlink.wire.Report.CommandResult;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "log",
        description = "Shows what happened with a satellite, and the logs that were fetched from it.",
        footer = {
            "",
            "Example: narlink log sat-7",
            "         narlink log sat-7 --fetch 12 --bytes 720    asks for the end of what deployment 12 printed",
            "         narlink log sat-7 --fetch receiver          asks for the end of the receiver's own log"
        })
final class LogCommand extends Base {
    private static final int MAX_BYTES = 4096;

    @Parameters(paramLabel = "SAT", description = "The satellite.")
    String name = "";

    @Option(
            names = "--fetch",
            paramLabel = "LOG",
            description = "Queue commands that fetch the end of a log: a deployment's number, or 'receiver'.")
    @Nullable
    String fetch;

    @Option(
            names = "--bytes",
            paramLabel = "SIZE",
            defaultValue = "240",
            description = "How much of it; 240 bytes are one command (default ${DEFAULT-VALUE}).")
    ByteCount bytes = new ByteCount(CommandResult.MAX_TEXT);

    @Option(names = "--mission-key", paramLabel = "FILE", description = "Mission key that signs, if it lies elsewhere.")
    @Nullable
    Path missionKey;

    @Override
    public Integer call() throws IOException {
        try (var ledger = ledger()) {
            var satellite = satellite(ledger, name);
            if (fetch != null) {
                var queued = queue(ledger, satellite, fetch);
                var list = new JsonArray();
                queued.forEach(command -> list.add(CommandJson.of(command)));
                var out = new JsonObject();
                out.addProperty("satellite", name);
                out.add("commands", list);
                print(
                        out,
                        () -> System.out.printf(
                                "%d commands signed and queued; the next passes bring the log, then: narlink log %s%n",
                                queued.size(), name));
                return 0;
            }
            print(LogJson.of(ledger, satellite), () -> tell(ledger, satellite));
        }
        return 0;
    }

    private List<QueuedCommand> queue(Ledger ledger, Satellite satellite, String log) throws IOException {
        if (!log.equals("receiver") && !log.matches("[1-9][0-9]{0,8}")) {
            throw new UsageException("--fetch takes a deployment's number or the word receiver");
        }
        if (bytes.bytes() < 1 || bytes.bytes() > MAX_BYTES) {
            throw new UsageException("--bytes must be between 1 and " + MAX_BYTES);
        }
        int deployment = log.equals("receiver") ? 0 : Integer.parseInt(log);
        var key = missionKey == null ? files().missionKey() : GroundState.key(missionKey);
        var queued = new ArrayList<QueuedCommand>();
        for (int offset = 0; offset < bytes.bytes(); offset += CommandResult.MAX_TEXT) {
            var action = new Action.FetchLog(deployment, offset);
            queued.add(new CommandDesk(ledger).queue(satellite, action, key, Duration.ofDays(14), Instant.now()));
        }
        return queued;
    }

    private static void tell(Ledger ledger, Satellite satellite) {
        var history = ledger.history(satellite.name());
        if (history.isEmpty()) System.out.println("nothing happened yet");
        history.forEach(event -> System.out.printf("%s  %s%n", event.when(), event.what()));
        LogJson.logs(ledger, satellite)
                .forEach((log, text) -> System.out.printf("%n== %s ==%n%s%n", log, text.strip()));
    }
}
