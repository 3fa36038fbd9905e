package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import narlink.ground.SampleClosure;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The server as a process among receivers, under a contact plan that changes while it runs.
final class ServeTest {
    private static final long SECONDS = 120;

    @TempDir
    Path directory;

    private Programs programs = new Programs(Path.of(""));
    private final List<Process> started = new ArrayList<>();
    private String mission = "";
    private String earth = "";

    /// A satellite of the test, with a receiver that listens.
    private record Sat(String name, String pipe, Path store) {}

    @BeforeEach
    void setUp() throws Exception {
        programs = new Programs(directory);
        earth = "file://" + directory.resolve("earth");
        mission = programs.told(programs.narlink("init", "--json"))
                .get("missionKey")
                .getAsString();
    }

    @AfterEach
    void end() throws InterruptedException {
        for (var process : started.reversed()) process.destroyForcibly().waitFor();
    }

    private Sat satellite(String name) throws Exception {
        var state = directory.resolve("flight-" + name);
        var key = programs.told(Programs.finish(Programs.startReceiver(
                        state,
                        List.of(),
                        java.util.Map.of(),
                        "init",
                        "--satellite",
                        name,
                        "--trust",
                        mission,
                        "--json")))
                .get("flightKey")
                .getAsString();
        programs.told(programs.narlink("satellite", "add", name, "--flight-key", key, "--json"));
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var store = directory.resolve("board-" + name);
        var receiver = Programs.startReceiver(
                state,
                List.of(),
                java.util.Map.of(),
                "run",
                "--pipe",
                "tcp-listen://127.0.0.1:" + port,
                "--store",
                "file://" + store);
        started.add(receiver.process());
        return new Sat(name, "tcp://127.0.0.1:" + port, store);
    }

    private StorePath sample(long seed, int bytes) throws IOException {
        try (var store = Stores.open(earth, Options.of(directory.resolve("roots")))) {
            return SampleClosure.make(store, seed, 2, bytes);
        }
    }

    private JsonObject send(Sat sat, StorePath path) throws Exception {
        return programs.told(programs.narlink("send", sat.name(), path.toString(), "--store", earth, "--json"));
    }

    private Programs.Running serve(String... more) throws IOException {
        var arguments = new ArrayList<>(List.of("serve", "--json", "--http", "127.0.0.1:0"));
        arguments.addAll(List.of(more));
        var server = programs.startNarlink(arguments.toArray(String[]::new));
        started.add(server.process());
        return server;
    }

    private static List<JsonObject> events(Programs.Running server, String kind) throws IOException {
        return Files.readAllLines(server.out()).stream()
                .filter(line -> line.endsWith("}"))
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .filter(event -> event.get("event").getAsString().equals(kind))
                .toList();
    }

    /// Waits for a deployment to be confirmed.
    private static void confirmed(Programs.Running server, Sat sat, int number) throws Exception {
        await(server, () -> state(server, sat, number).equals(Optional.of("CONFIRMED")));
    }

    private static Optional<String> state(Programs.Running server, Sat sat, int number) throws IOException {
        return events(server, "changed").stream()
                .map(event -> event.getAsJsonObject("deployment"))
                .filter(told -> told.get("satellite").getAsString().equals(sat.name())
                        && told.get("deployment").getAsInt() == number)
                .map(told -> told.get("state").getAsString())
                .reduce((first, second) -> second);
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Programs.Running server, Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.holds()) {
            assertTrue(
                    server.process().isAlive() && System.nanoTime() < end,
                    Files.readString(server.out()) + Files.readString(server.errors()));
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private void holds(Sat sat, StorePath path) throws IOException {
        try (var store = Stores.open("file://" + sat.store(), Options.of(directory.resolve("roots")))) {
            assertTrue(store.info(path).isPresent());
        }
    }

    @Test
    void queuesOfAFleetAreCarriedAndWhatComesLaterToo() throws Exception {
        var one = satellite("one");
        var two = satellite("two");
        var first = sample(1, 20_000);
        var second = sample(2, 20_000);
        send(one, first);
        for (var sat : List.of(one, two)) {
            programs.told(programs.narlink("link", "add", sat.name(), "--pipe", sat.pipe(), "--json"));
        }
        var told = directory.resolve("told");
        var server =
                serve("--on-change", "echo \"$NARLINK_SATELLITE $NARLINK_DEPLOYMENT $NARLINK_STATE_NOW\" >> " + told);
        confirmed(server, one, 1);
        send(two, second);
        send(one, second);
        confirmed(server, two, 1);
        confirmed(server, one, 2);
        holds(one, first);
        holds(one, second);
        holds(two, second);
        stops(server);
        assertTrue(
                Files.readAllLines(told).containsAll(List.of("one 1 CONFIRMED", "two 1 CONFIRMED", "one 2 CONFIRMED")));
        var pass = events(server, "pass");
        assertEquals(2, pass.size(), "one for each link");
        for (var event : pass) {
            assertEquals("the server stops", event.get("ended").getAsString());
            assertEquals(0, event.getAsJsonArray("left").size());
            assertTrue(
                    event.get("sourceBytes").getAsLong()
                                    + event.get("repairBytes").getAsLong()
                            < event.get("sentBytes").getAsLong(),
                    "announcements are neither");
        }
    }

    /// It ends in order within its time, in mid-pass too.
    private static void stops(Programs.Running server) throws Exception {
        server.process().destroy(); // SIGTERM
        assertTrue(server.process().waitFor(SECONDS, TimeUnit.SECONDS));
        assertEquals(128 + 15, server.process().exitValue());
        assertFalse(Files.readString(server.errors()).contains("narlink:"), Files.readString(server.errors()));
    }

    @Test
    void nothingIsSentOutsideOfContacts() throws Exception {
        var sat = satellite("sat");
        send(sat, sample(3, 20_000));
        programs.told(programs.narlink("link", "add", "sat", "--pipe", sat.pipe(), "--station", "kiruna", "--json"));
        var start = Instant.now().plusSeconds(6);
        var plan = Files.writeString(
                directory.resolve("plan.csv"),
                "satellite,station,start,end,rate\nsat,kiruna,%s,%s,1M\n".formatted(start, start.plusSeconds(600)));
        programs.told(programs.narlink("contact", "import", plan.toString(), "--json"));
        var server = serve();
        confirmed(server, sat, 1);
        var opened = events(server, "opened").getFirst();
        assertFalse(Instant.parse(opened.get("time").getAsString()).isBefore(start), opened + " before " + start);

        // Said to be over, it is; what is queued then waits for the next one.
        programs.told(programs.narlink("contact", "end", "sat", "--station", "kiruna", "--json"));
        await(server, () -> !events(server, "pass").isEmpty());
        assertEquals(
                "the contact is over",
                events(server, "pass").getFirst().get("ended").getAsString());
        var late = sample(4, 20_000);
        send(sat, late);
        int openings = events(server, "opened").size();
        TimeUnit.SECONDS.sleep(3);
        assertEquals(openings, events(server, "opened").size());
        programs.told(programs.narlink("contact", "begin", "sat", "--station", "kiruna", "--json"));
        confirmed(server, sat, 2);
        holds(sat, late);
        stops(server);
    }

    @Test
    void aServerThatEndsInMidPassLosesNothing() throws Exception {
        var sat = satellite("sat");
        var large = sample(5, 400_000);
        long pack = send(sat, large).get("packBytes").getAsLong();
        programs.told(programs.narlink("link", "add", "sat", "--pipe", sat.pipe(), "--rate", "400k", "--json"));
        var first = serve();
        await(first, () -> state(first, sat, 1).equals(Optional.of("RECEIVING")));
        TimeUnit.SECONDS.sleep(2);
        stops(first);
        var cut = events(first, "pass").getFirst();
        assertEquals(1, cut.getAsJsonArray("left").size(), "it was in mid-pass: " + cut);
        programs.told(programs.narlink("link", "add", "sat", "--pipe", sat.pipe(), "--json"));
        var second = serve();
        confirmed(second, sat, 1);
        stops(second);
        holds(sat, large);
        long sent = cut.get("sourceBytes").getAsLong()
                + events(second, "pass").getFirst().get("sourceBytes").getAsLong();
        assertTrue(sent < 1.03 * pack + 10_000, sent + " bytes of source symbols for a pack of " + pack);
    }

    @Test
    void linksThatCannotBeOpenedAreTriedAgain() throws Exception {
        var sat = satellite("sat");
        started.getFirst().destroyForcibly().waitFor();
        send(sat, sample(6, 1000));
        programs.told(programs.narlink("link", "add", "sat", "--pipe", sat.pipe(), "--json"));
        var server = serve();
        await(server, () -> events(server, "unreachable").size() >= 2);
        var waits = events(server, "unreachable").stream()
                .map(event -> event.get("againSeconds").getAsLong())
                .limit(2)
                .toList();
        assertEquals(List.of(1L, 2L), waits);
        started.add(Programs.startReceiver(
                        directory.resolve("flight-sat"),
                        List.of(),
                        java.util.Map.of(),
                        "run",
                        "--pipe",
                        sat.pipe().replace("tcp:", "tcp-listen:"),
                        "--store",
                        "file://" + sat.store())
                .process());
        confirmed(server, sat, 1);
        // Its link is gone with the line that told of it.
        programs.told(programs.narlink("link", "remove", "sat", "--json"));
        await(server, () -> !events(server, "pass").isEmpty());
        stops(server);
    }

    @Test
    void plansWithNonsenseAreRefusedWhole() throws Exception {
        satellite("sat");
        var wrong = new java.util.TreeMap<String, String>();
        wrong.put("sat,2026-11-23T22:00:00Z,2026-11-23T21:00:00Z,", "line 2: it ends at");
        wrong.put("sat,yesterday,2026-11-23T21:00:00Z,", "line 2: Text 'yesterday'");
        wrong.put("sat,2026-11-23T22:00:00Z,2026-11-23T23:00:00Z,fast", "line 2: \"fast\" is no rate");
        wrong.put("../sat,2026-11-23T22:00:00Z,2026-11-23T23:00:00Z,", "line 2: satellite name");
        wrong.put("other,2026-11-23T22:00:00Z,2026-11-23T23:00:00Z,", "no satellite other");
        for (var row : wrong.entrySet()) {
            refused("satellite,start,end,rate\n" + row.getKey() + "\n", row.getValue());
        }
        refused("satellite,begin\nsat,now\n", "the first line has no start");
        refused("satellite,start,end,colour\n", "unknown field \"colour\"");
        refused("[{\"satellite\": \"sat\"}]", "contact 1 has no start");
        refused("{\"contacts\": 7}", "no array of contacts");
        refused("[{", "plan");
        refused("satellite,start,end\n\"sat,", "plan");
        assertEquals(
                0,
                programs.told(programs.narlink("contact", "list", "--json"))
                        .getAsJsonArray("contacts")
                        .size());
        var fine = Files.writeString(
                directory.resolve("plan"),
                "{\"contacts\": [{\"satellite\": \"sat\", \"start\": \"2026-11-23T22:00:00Z\","
                        + " \"end\": \"2026-11-23T22:08:00Z\", \"every\": \"1d\", \"rate\": \"9.6k\"}]}");
        programs.told(programs.narlink("contact", "import", fine.toString(), "--json"));
        programs.told(programs.narlink("contact", "import", fine.toString(), "--json"));
        var listed =
                programs.told(programs.narlink("contact", "list", "--json")).getAsJsonArray("contacts");
        assertEquals(1, listed.size(), "the same again is the same");
        assertEquals(9600, listed.get(0).getAsJsonObject().get("rate").getAsInt());
    }

    private void refused(String plan, String why) throws Exception {
        var file = Files.writeString(directory.resolve("plan"), plan);
        var ended = programs.narlink("contact", "import", file.toString());
        assertEquals(1, ended.code(), plan);
        assertTrue(ended.line().contains(why), ended.line());
        assertEquals(1, ended.line().lines().count(), ended.line());
    }

    /// A large update is on its way by a slow link when a hotfix comes in: it is confirmed first, and then the rest
    /// goes on where it was. Nothing goes up while the satellite is frozen.
    @Test
    void aHotfixOvertakesInMidPass() throws Exception {
        var sat = satellite("sat-a");
        programs.told(programs.narlink("link", "add", "sat-a", "--pipe", sat.pipe(), "--rate", "400k", "--json"));
        programs.told(programs.narlink("freeze", "sat-a", "--json"));
        int large = send(sat, sample(5, 700_000)).get("deployment").getAsInt();
        var server = serve();
        await(
                server,
                () -> programs.told(programs.narlink("status", "sat-a", "--json"))
                                .get("validPaths")
                        != null);
        assertEquals(Optional.of("QUEUED"), state(server, sat, large));
        programs.told(programs.narlink("thaw", "sat-a", "--json"));
        await(server, () -> state(server, sat, large).equals(Optional.of("RECEIVING")));
        var fix = sample(6, 900);
        int hotfix = programs.told(programs.narlink(
                        "send",
                        "sat-a",
                        fix.toString(),
                        "--store",
                        earth,
                        "--profile",
                        "fix",
                        "--priority",
                        "1",
                        "--json"))
                .get("deployment")
                .getAsInt();
        confirmed(server, sat, hotfix);
        assertEquals(Optional.of("RECEIVING"), state(server, sat, large));
        confirmed(server, sat, large);
        stops(server);
        long sent = events(server, "pass").stream()
                .mapToLong(event -> event.get("sentBytes").getAsLong())
                .sum();
        assertTrue(sent < 1.2 * 1_400_000 + 100_000, sent + " bytes");
    }

    @Test
    void whatCountsOnAnotherCannotOvertakeIt() throws Exception {
        var sat = satellite("sat-a");
        int first = send(sat, sample(5, 2_000)).get("deployment").getAsInt();
        int on = programs.told(programs.narlink(
                        "send", "sat-a", sample(5, 2_000).toString(), "--store", earth, "--profile", "other", "--json"))
                .get("deployment")
                .getAsInt();
        int free = programs.told(programs.narlink(
                        "send",
                        "sat-a",
                        sample(9, 2_000).toString(),
                        "--store",
                        earth,
                        "--profile",
                        "third",
                        "--deadline",
                        "2h",
                        "--json"))
                .get("deployment")
                .getAsInt();
        // It goes by its deadline before those that have none.
        assertEquals(List.of(free, first, on), queue());
        var refused = programs.narlink("reorder", "sat-a", Integer.toString(on), "--before", Integer.toString(first));
        assertEquals(1, refused.code());
        assertTrue(refused.errors().contains("counts on paths of deployment " + first), refused.errors());
        programs.told(programs.narlink(
                "reorder", "sat-a", Integer.toString(first), "--before", Integer.toString(free), "--json"));
        assertEquals(List.of(first, free, on), queue());
        // Nor is it left behind by being put off.
        var putOff = programs.narlink(
                "reorder", "sat-a", Integer.toString(on), "--before", Integer.toString(free), "--json");
        assertEquals(0, putOff.code(), putOff.errors());
        assertEquals(List.of(first, on, free), queue());
        var left = programs.narlink("reorder", "sat-a", Integer.toString(first), "--before", Integer.toString(free));
        assertEquals(1, left.code());
        assertTrue(left.errors().contains(on + " counts on paths of deployment " + first), left.errors());
    }

    private List<Integer> queue() throws Exception {
        return programs
                .told(programs.narlink("queue", "sat-a", "--json"))
                .getAsJsonArray("deployments")
                .asList()
                .stream()
                .map(one -> one.getAsJsonObject().get("deployment").getAsInt())
                .toList();
    }
}
