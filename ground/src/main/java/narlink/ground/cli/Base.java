package narlink.ground.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import narlink.ground.GroundState;
import narlink.ground.Ledger;
import narlink.ground.Satellite;
import narlink.ground.ledger.Database;
import narlink.ground.ledger.SqlLedger;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import narlink.wire.SatelliteName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What every command takes and needs.
abstract class Base implements Callable<Integer> {
    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "State directory (env NARLINK_STATE; default /var/lib/narlink for root, else under the XDG "
                    + "state directory).")
    @Nullable
    Path state;

    @Option(names = "--json", description = "One JSON object on standard output.")
    boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Option(
            names = "--database",
            paramLabel = "URL",
            description = "PostgreSQL database that several servers share, by its JDBC URL (env NARLINK_DATABASE).")
    @Nullable
    String database;

    @Option(
            names = "--packs",
            paramLabel = "DIR",
            description = "Directory of the packs, which several servers share (env NARLINK_PACKS).")
    @Nullable
    Path packs;

    GroundState files() {
        var directory = directory();
        var shared = packs == null ? environment("NARLINK_PACKS").map(Path::of) : Optional.of(packs);
        return shared.map(there -> new GroundState(directory, there)).orElseGet(() -> new GroundState(directory));
    }

    private static Optional<String> environment(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }

    private Database database(GroundState files) {
        var url = database == null ? environment("NARLINK_DATABASE") : Optional.of(database);
        try {
            return url.map(Database::url).orElseGet(() -> Database.file(files.database()));
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private Path directory() {
        if (state != null) return state;
        var environment = System.getenv("NARLINK_STATE");
        if (environment != null && !environment.isBlank()) return Path.of(environment);
        if (System.getProperty("user.name", "").equals("root")) return Path.of("/var/lib/narlink");
        var xdg = System.getenv("XDG_STATE_HOME");
        var base = xdg != null && !xdg.isBlank()
                ? Path.of(xdg)
                : Path.of(System.getProperty("user.home", "."), ".local", "state");
        return base.resolve("narlink");
    }

    Ledger ledger() throws IOException {
        return SqlLedger.open(database());
    }

    Database database() throws IOException {
        var files = files();
        if (!files.exists()) {
            throw new IOException("no narlink state in " + files.directory() + "; run narlink init first");
        }
        return database(files);
    }

    static Satellite satellite(Ledger ledger, String name) throws IOException {
        return ledger.satellite(satelliteName(name))
                .orElseThrow(() -> new IOException("no satellite " + name + "; "
                        + (ledger.satellites().isEmpty()
                                ? "add it with narlink satellite add " + name + " --flight-key KEY"
                                : "known are "
                                        + String.join(
                                                ", ",
                                                ledger.satellites().stream()
                                                        .map(known ->
                                                                known.name().value())
                                                        .toList()))));
    }

    static SatelliteName satelliteName(String name) {
        try {
            return new SatelliteName(name);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    Store openStore(@Nullable String url) throws IOException {
        return Stores.open(url == null ? "daemon" : url, Options.of(files().roots()));
    }

    /// Questions are signed by the mission key where it is here, else by the station key, which the satellite knows
    /// once a deployment has named it.
    narlink.ground.Asking asking(Ledger ledger, Satellite satellite) throws IOException {
        var files = files();
        var key = files.hasMissionKey() ? files.missionKey() : files.stationKey();
        return new narlink.ground.Asking(ledger, satellite, key, this::openStore);
    }

    /// Has the roots on Earth follow the mirror, in all stores that deployments came from.
    void follow(Ledger ledger, Satellite satellite) throws IOException {
        var urls = new java.util.TreeSet<>(ledger.stores(satellite.name()));
        ledger.deployments(satellite.name()).forEach(deployment -> urls.add(deployment.store()));
        for (var url : urls) {
            try (var earth = openStore(url)) {
                new narlink.ground.Housekeeping(ledger, satellite).follow(earth);
            } catch (IOException e) {
                System.err.println("narlink: roots in " + url + " were left as they are: " + e.getMessage());
            }
        }
    }

    /// Store paths as typed: whole, or a symlink such as `./result` that leads to one.
    static List<StorePath> paths(List<String> typed) throws IOException {
        var paths = new java.util.ArrayList<StorePath>();
        for (var text : typed) paths.add(path(text));
        return paths;
    }

    private static StorePath path(String text) throws IOException {
        try {
            return StorePath.parse(text.replaceFirst("/+$", ""));
        } catch (IllegalArgumentException e) {
            var link = Path.of(text);
            if (Files.isSymbolicLink(link)) {
                return path(Files.readSymbolicLink(link).toString());
            }
            throw new UsageException("\"" + text + "\" is neither a store path nor a link to one, such as ./result");
        }
    }

    void print(JsonElement object, Runnable human) {
        if (json) {
            System.out.println(new GsonBuilder()
                    .setPrettyPrinting()
                    .disableHtmlEscaping()
                    .create()
                    .toJson(object));
        } else {
            human.run();
        }
    }
}
