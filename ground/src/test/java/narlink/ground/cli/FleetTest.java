package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import narlink.ground.SampleClosure;
import narlink.ground.ledger.Postgres;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two servers with keys of their own that share a PostgreSQL database and one satellite, which hears both.
final class FleetTest {
    private static final long SECONDS = 120;
    private static final int BYTES = 300_000;

    @TempDir
    Path directory = Path.of("");

    private @Nullable Postgres postgres;
    private final List<Process> started = new ArrayList<>();
    private Programs one = new Programs(Path.of(""));
    private Programs two = new Programs(Path.of(""));
    private Programs.@Nullable Running receiver;
    private int deployment;

    @BeforeEach
    void setUp() throws Exception {
        postgres = Postgres.start();
        var shared = Map.of(
                "NARLINK_DATABASE", database().url(),
                "NARLINK_PACKS", directory.resolve("packs").toString());
        one = new Programs(directory.resolve("one"), shared);
        two = new Programs(directory.resolve("two"), shared);
        var mission = one.told(one.narlink("init", "--json")).get("missionKey").getAsString();
        two.told(two.narlink("init", "--json"));
        var key = one.told(one.flight("init", "--satellite", "sat", "--trust", mission, "--json"))
                .get("flightKey")
                .getAsString();
        one.told(one.narlink("satellite", "add", "sat", "--flight-key", key, "--json"));
        var pipes = List.of(port(), port());
        receiver = one.startFlight(
                "run",
                "--pipe",
                "tcp-listen://127.0.0.1:" + pipes.getFirst(),
                "--pipe",
                "tcp-listen://127.0.0.1:" + pipes.getLast(),
                "--store",
                "file://" + directory.resolve("board"));
        started.add(receiver.process());
        for (int i = 0; i < 2; i++) {
            one.told(one.narlink(
                    "link",
                    "add",
                    "sat",
                    "--station",
                    i == 0 ? "north" : "south",
                    "--pipe",
                    "tcp://127.0.0.1:" + pipes.get(i),
                    "--rate",
                    "200k",
                    "--json"));
        }
        var earth = "file://" + directory.resolve("earth");
        StorePath path;
        try (var store = Stores.open(earth, Options.of(directory.resolve("roots")))) {
            path = SampleClosure.make(store, 11, 1, BYTES);
        }
        deployment = one.told(one.narlink("send", "sat", path.toString(), "--store", earth, "--json"))
                .get("deployment")
                .getAsInt();
    }

    private Postgres database() {
        return java.util.Objects.requireNonNull(postgres);
    }

    private static int port() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    @AfterEach
    void end() throws Exception {
        for (var process : started.reversed()) process.destroyForcibly().waitFor();
        if (postgres != null) postgres.close();
    }

    private Programs.Running serve(Programs programs, String station) throws IOException {
        var server = programs.startNarlink("serve", "--station", station, "--json", "--http", "off");
        started.add(server.process());
        return server;
    }

    /// What the receiver itself says.
    private JsonObject onBoard() throws Exception {
        return one.flight("status", "--json").json();
    }

    private String state() throws Exception {
        return onBoard().getAsJsonArray("deployments").asList().stream()
                .map(one -> one.getAsJsonObject().get("state").getAsString())
                .findFirst()
                .orElse("");
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private void await(Condition condition, Programs.Running... servers) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.holds()) {
            var said = new StringBuilder(onBoard().toString());
            for (var server : servers)
                said.append(Files.readString(server.out())).append(Files.readString(server.errors()));
            assertTrue(System.nanoTime() < end, said.toString());
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private String known() throws Exception {
        return two.told(two.narlink("status", "sat", "--json")).getAsJsonArray("deployments").asList().stream()
                .map(one -> one.getAsJsonObject())
                .filter(one -> one.get("deployment").getAsInt() == deployment)
                .map(one -> one.get("state").getAsString())
                .findFirst()
                .orElse("");
    }

    private long arrived() throws Exception {
        return onBoard().getAsJsonObject("counters").get("segmentsAccepted").getAsLong();
    }

    @Test
    void anotherServerGoesOnWhereOneWasKilled() throws Exception {
        var north = serve(one, "north");
        await(() -> arrived() > 8, north);
        var south = serve(two, "south");
        await(() -> Files.readString(south.out()).contains("opened"), south);
        north.process().destroyForcibly().waitFor();
        await(() -> state().equals("CONFIRMED"), north, south);
        await(() -> known().equals("CONFIRMED"), south);
    }

    @Test
    void aPassGoesOnWithoutItsDatabase() throws Exception {
        var north = serve(one, "north");
        await(() -> arrived() > 8, north);
        database().stop();
        await(() -> state().equals("CONFIRMED"), north);
        assertTrue(north.process().isAlive());
        database().restart();
        await(() -> known().equals("CONFIRMED"), north);
    }
}
