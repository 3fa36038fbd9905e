package narlink.ground.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "keys",
        description = "Earth's keys.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = KeysCommand.Listing.class)
final class KeysCommand {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Command(
            name = "list",
            description = "Prints the public halves.",
            footer = {"", "Example: narlink keys list"})
    static final class Listing extends Base {
        @Override
        public Integer call() throws IOException {
            var mission = files().missionKey().publicKey().text();
            var station = files().stationKey().publicKey().text();
            var out = new JsonObject();
            out.addProperty("missionKey", mission);
            out.addProperty("stationKey", station);
            print(out, () -> {
                System.out.println("mission  " + mission);
                System.out.println("station  " + station);
            });
            return 0;
        }
    }
}
