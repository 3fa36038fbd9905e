package narlink.ground.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import picocli.CommandLine.Command;

@Command(
        name = "init",
        description = "Makes the state directory with mission and station keys, and tells what satellites must trust.",
        footer = {"", "Example: narlink init"})
final class InitCommand extends Base {
    @Override
    public Integer call() throws IOException {
        var files = files();
        files.init();
        try (var ledger = ledger()) {
            ledger.addStation(files.stationKey().publicKey());
        }
        var mission = files.missionKey().publicKey().text();
        var station = files.stationKey().publicKey().text();
        var out = new JsonObject();
        out.addProperty("state", files.directory().toString());
        out.addProperty("missionKey", mission);
        out.addProperty("stationKey", station);
        print(out, () -> {
            System.out.println("state in " + files.directory());
            System.out.println("mission key, which every satellite must trust:");
            System.out.println("  " + mission);
            System.out.println("on board: narlink-flight init --satellite NAME --trust " + mission);
        });
        return 0;
    }
}
