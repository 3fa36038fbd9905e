package narlink.ground.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import narlink.ground.SampleClosure;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a person types, in processes of its own: each pipe carries a closure, and each mistake gets one line that says
/// what
/// to do.
final class CliTest {
    @TempDir
    Path directory;

    private Programs programs = new Programs(Path.of(""));
    private StorePath top = StorePath.of(new byte[20], "top");
    private String earth = "";
    private String board = "";

    @BeforeEach
    void setUp() throws IOException, InterruptedException {
        programs = new Programs(directory);
        earth = "file://" + directory.resolve("earth");
        board = "file://" + directory.resolve("board");
        try (var store = Stores.open(earth, Options.of(directory.resolve("roots")))) {
            top = SampleClosure.make(store, 5, 4, 40_000);
        }
        var mission = programs.told(programs.narlink("init", "--json"))
                .get("missionKey")
                .getAsString();
        var flight = programs.told(programs.flight("init", "--satellite", "sat", "--trust", mission, "--json"));
        programs.told(programs.narlink(
                "satellite",
                "add",
                "sat",
                "--flight-key",
                flight.get("flightKey").getAsString(),
                "--json"));
    }

    @Test
    void overTcp() throws Exception {
        int port = freePort();
        carried("tcp://127.0.0.1:" + port, "tcp-listen://127.0.0.1:" + port);
    }

    @Test
    void overTcpTheOtherWayRound() throws Exception {
        int port = freePort();
        carried("tcp-listen://127.0.0.1:" + port, "tcp://127.0.0.1:" + port);
    }

    @Test
    void overUdp() throws Exception {
        int port = freePort();
        carried("udp://127.0.0.1:" + port, "udp://?listen=127.0.0.1:" + port);
    }

    @Test
    void overUnixSockets() throws Exception {
        var socket = directory.resolve("socket");
        carried("unix-listen:" + socket, "unix:" + socket);
    }

    @Test
    void overFifos() throws Exception {
        var up = directory.resolve("up");
        var down = directory.resolve("down");
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", up.toString(), down.toString())
                        .start()
                        .waitFor());
        carried("file:" + up + "," + down, "file:" + up + "," + down);
    }

    @Test
    void overStandardStreamsOfAProgram() throws Exception {
        send();
        var pass = passToProgram();
        assertEquals(0, pass.code(), pass.out() + pass.errors());
        arrived();
    }

    @Test
    void blindlyWithoutReturnLink() throws Exception {
        send();
        int port = freePort();
        var receiver = programs.startFlight("run", "--pipe", "udp://?listen=127.0.0.1:" + port, "--store", board);
        try {
            receiver.await("pipe open"); // Nobody tells a blind sender.
            var pass = programs.narlink(
                    "pass", "sat", "--pipe", "udp://127.0.0.1:" + port, "--blind", "20%", "--rate", "2M", "--json");
            assertEquals(Narlink.LEFT, pass.code(), pass.errors());
            receiver.await("deployment 1 is CONFIRMED");
        } finally {
            receiver.process().destroyForcibly().waitFor();
        }
        arrived();
    }

    @Test
    void aPipeThatTakesNothingDoesNotOutlastTheContact() throws Exception {
        send();
        var fifos = "file:" + directory.resolve("up") + "," + directory.resolve("down");
        new ProcessBuilder(
                        "mkfifo",
                        directory.resolve("up").toString(),
                        directory.resolve("down").toString())
                .start()
                .waitFor();
        for (var pipe : List.of("exec:sleep 100", fifos)) {
            var running = programs.startNarlink("pass", "sat", "--pipe", pipe, "--duration", "2s", "--blind", "90%");
            boolean ended = running.process().waitFor(30, TimeUnit.SECONDS);
            running.process().destroyForcibly();
            assertTrue(ended, pipe);
        }
    }

    @Test
    void aSatelliteThatIsAddedAgainRemembersItsDeployments() throws Exception {
        var url = earth;
        var other = Files.createDirectory(directory.resolve("other"));
        earth = "file://" + other;
        var wanted = top;
        try (var store = Stores.open(earth, Options.of(directory.resolve("roots")))) {
            top = SampleClosure.make(store, 6, 1, 100);
        }
        int port = freePort();
        carried("tcp://127.0.0.1:" + port, "tcp-listen://127.0.0.1:" + port);
        earth = url;
        top = wanted;
        var key = programs.told(programs.narlink("satellite", "show", "sat", "--json"))
                .get("flightKey")
                .getAsString();
        programs.told(programs.narlink("satellite", "remove", "sat", "--json"));
        programs.told(programs.narlink("satellite", "add", "sat", "--flight-key", key, "--json"));
        assertEquals(1, send());
        var receiver = programs.startFlight("run", "--pipe", "tcp-listen://127.0.0.1:" + port, "--store", board);
        try {
            Thread.sleep(3000);
            var pipe = "tcp://127.0.0.1:" + port;
            var pass = programs.narlink("pass", "sat", "--pipe", pipe, "--duration", "60s", "--json");
            assertEquals(Narlink.FAILED_ON_BOARD, pass.code(), pass.out() + pass.errors());
            assertEquals(2, send());
            pass = programs.narlink("pass", "sat", "--pipe", pipe, "--duration", "60s", "--json");
            assertEquals(0, pass.code(), pass.out() + pass.errors());
        } finally {
            receiver.process().destroyForcibly().waitFor();
        }
        try (var to = Stores.open(board, Options.of(directory.resolve("roots")))) {
            assertTrue(to.validPaths().contains(top));
        }
    }

    @Test
    void commandsGoUpAndAreAnswered() throws Exception {
        var waits = programs.told(programs.narlink(
                "send",
                "sat",
                top.toString(),
                "--store",
                earth,
                "--activate",
                "echo set",
                "--confirm-within",
                "6h",
                "--json"));
        assertEquals(1, waits.get("deployment").getAsInt());
        assertEquals(Narlink.LEFT, passToProgram().code());
        assertTrue(programs.narlink("status", "sat").out().contains("AWAITING_CONFIRMATION"));
        programs.told(programs.narlink("confirm", "sat", "1", "--json"));
        var confirmed = passToProgram();
        assertEquals(0, confirmed.code(), confirmed.out() + confirmed.errors());
        var command = confirmed.json().getAsJsonArray("commands").get(0).getAsJsonObject();
        assertEquals("DONE", command.get("state").getAsString());
        // The same as files; the rollback has nowhere to go to.
        programs.told(programs.narlink("rollback", "sat", "--json"));
        programs.told(programs.narlink("log", "sat", "--fetch", "1", "--json"));
        filePass();
        var status = programs.told(programs.narlink("status", "sat", "--json"));
        var states = new java.util.ArrayList<String>();
        status.getAsJsonArray("commands")
                .forEach(each -> states.add(each.getAsJsonObject().get("state").getAsString()));
        assertEquals(List.of("DONE", "REFUSED", "DONE"), states);
        var log = programs.told(programs.narlink("log", "sat", "--json"));
        assertTrue(log.getAsJsonArray("events").size() >= 6, log.toString());
        assertEquals(
                "== activation: exit status 0\nset\n",
                log.getAsJsonObject("logs").get("deployment 1").getAsString());
        sickAndCancelled();
    }

    private void sickAndCancelled() throws Exception {
        StorePath sick;
        StorePath unwanted;
        try (var store = Stores.open(earth, Options.of(directory.resolve("roots")))) {
            sick = SampleClosure.make(store, 6, 1, 100);
            unwanted = SampleClosure.make(store, 7, 1, 100);
        }
        programs.told(programs.narlink(
                "send",
                "sat",
                sick.toString(),
                "--store",
                earth,
                "--health",
                "false",
                "--health-within",
                "1s",
                "--json"));
        programs.told(programs.narlink("send", "sat", unwanted.toString(), "--store", earth, "--behind", "--json"));
        var cancelled = programs.told(programs.narlink("cancel", "sat", "3", "--json"));
        assertEquals("CANCELLED", cancelled.get("state").getAsString());
        assertEquals(Narlink.FAILED_ON_BOARD, passToProgram().code());
        mistake(1, "deployment 3 has ended", "cancel", "sat", "3");
        mistake(1, "no deployment 9 of sat", "cancel", "sat", "9");
        mistake(2, "--keep", "retention", "sat", "--keep", "0");
        mistake(2, "needs --user", "send", "sat", top.toString(), "--store", earth, "--activate", "home-manager");
        mistake(2, "cannot be within", "send", "sat", top.toString(), "--store", earth, "--health-times", "50");
    }

    private Programs.Ended passToProgram() throws Exception {
        var java = Path.of(System.getProperty("java.home", ""), "bin", "java");
        var command = "exec:NARLINK_STATE=" + directory.resolve("flight") + " " + java
                + " --enable-native-access=ALL-UNNAMED -cp '" + System.getProperty("java.class.path", "")
                + "' narlink.flight.Main run --pipe stdio: --once --store " + board;
        return programs.narlink("pass", "sat", "--pipe", command, "--duration", "60s", "--json");
    }

    private void filePass() throws Exception {
        var up = directory.resolve("pass").toString();
        var down = directory.resolve("answer").toString();
        programs.narlink("export", "sat", "--bytes", "100k", "--out", up);
        programs.flight("receive", up, "--store", board);
        assertEquals(
                0, programs.flight("report", "--out", down, "--store", board).code());
        programs.told(programs.narlink("ingest", "sat", down, "--json"));
    }

    @Test
    void theSameSendAgainFindsTheDeployment() throws Exception {
        assertEquals(1, send());
        var again = programs.told(programs.narlink("send", "sat", top.toString(), "--store", earth, "--json"));
        assertEquals(1, again.get("deployment").getAsInt());
        assertEquals("QUEUED", again.get("state").getAsString());
        var queue = programs.told(programs.narlink("queue", "sat", "--json"));
        assertEquals(1, queue.getAsJsonArray("deployments").size());
    }

    @Test
    void aPlanSignsAndQueuesNothing() throws Exception {
        var plan = programs.told(programs.narlink("plan", "sat", top.toString(), "--store", earth, "--json"));
        assertEquals(4, plan.get("newPaths").getAsInt());
        assertEquals(0, plan.get("reusedPaths").getAsInt());
        assertEquals(4, plan.getAsJsonArray("objects").size());
        assertTrue(plan.get("packBytes").getAsLong() < plan.get("rawBytes").getAsLong());
        assertTrue(plan.get("wireBytes").getAsLong() > plan.get("packBytes").getAsLong());
        assertTrue(plan.get("passes").getAsInt() >= 1);
        assertTrue(plan.get("probability").getAsDouble() > 0.9);
        var queue = programs.told(programs.narlink("queue", "sat", "--json"));
        assertEquals(0, queue.getAsJsonArray("deployments").size());
        var against = programs.told(
                programs.narlink("plan", "sat", top.toString(), "--have", top.toString(), "--store", earth, "--json"));
        assertEquals(0, against.get("newPaths").getAsInt());
    }

    @Test
    void fecSymbolsGoOutAndComeBack() throws Exception {
        byte[] block = new byte[10 * 64];
        for (int i = 0; i < block.length; i++) block[i] = (byte) (i * 7);
        byte[] symbols = fec(block, "encode", "7-9,10-16,100000");
        assertEquals(11 * 64, symbols.length);
        assertArrayEquals(block, fec(symbols, "decode", "7-9,10-16,100000"));
    }

    private byte[] fec(byte[] in, String verb, String esis) throws Exception {
        var input = directory.resolve("in-" + verb);
        Files.write(input, in);
        var command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home", ""), "bin", "java")
                                .toString(),
                        "-cp",
                        System.getProperty("java.class.path", ""),
                        "narlink.ground.cli.Narlink",
                        "fec",
                        verb,
                        "--k",
                        "10",
                        "--t",
                        "64",
                        "--esi",
                        esis)
                .redirectInput(input.toFile())
                .start();
        byte[] out = command.getInputStream().readAllBytes();
        assertEquals(0, command.waitFor());
        return out;
    }

    @Test
    void mistakesGetOneLineThatSaysWhatToDo() throws Exception {
        mistake(1, "no satellite moon; known are sat", "status", "moon");
        mistake(2, "neither a store path nor a link", "plan", "sat", "hello", "--store", earth);
        mistake(
                1,
                "is not valid in the store",
                "plan",
                "sat",
                StorePath.of(new byte[20], "gone").toString(),
                "--store",
                earth);
        mistake(
                1,
                "must be daemon, local?root=DIR or file://DIR",
                "plan",
                "sat",
                top.toString(),
                "--store",
                "s3://bucket");
        mistake(2, "use one of stdio:", "pass", "sat", "--pipe", "carrier-pigeon:");
        mistake(1, "cannot connect to tcp://127.0.0.1", "pass", "sat", "--pipe", "tcp://127.0.0.1:" + freePort());
        mistake(1, "is known already", "satellite", "add", "sat", "--flight-key", "k:" + "A".repeat(43) + "=");
        mistake(2, "--flight-key", "satellite", "add", "sat2", "--flight-key", "nonsense");
        mistake(2, "satellite name", "satellite", "add", "../sat", "--flight-key", "nonsense");
        mistake(2, "is no size", "export", "sat", "--bytes", "lots");
        mistake(2, "Unknown option", "status", "--frobnicate");
        mistake(2, "--k must be between", "fec", "encode", "--k", "0", "--t", "1", "--esi", "0");
        mistake(
                1,
                "run narlink init first",
                "status",
                "--state",
                directory.resolve("nowhere").toString());
        var wrong = directory.resolve("wrong");
        Files.write(wrong, new byte[] {1, 2, 3, 0, 4, 0});
        mistake(1, "no report of sat in it", "ingest", "sat", wrong.toString());
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            mistake(1, "cannot listen on", "pass", "sat", "--pipe", "tcp-listen://127.0.0.1:" + taken.getLocalPort());
            var flight = programs.flight(
                    "run", "--pipe", "tcp-listen://127.0.0.1:" + taken.getLocalPort(), "--store", board);
            assertEquals(1, flight.code());
            assertTrue(flight.line().contains("choose another port"), flight.line());
        }
    }

    @Test
    void aClosureForAnotherMachineIsRefused() throws Exception {
        byte[] elf = new byte[64];
        elf[0] = 0x7f;
        elf[1] = 'E';
        elf[2] = 'L';
        elf[3] = 'F';
        elf[4] = 2;
        elf[5] = 1;
        elf[16] = 2;
        elf[18] = 62; // x86-64
        StorePath program;
        try (var store = Stores.open(earth, Options.of(directory.resolve("roots")))) {
            program = SampleClosure.add(store, "program", new TreeSet<>(List.of(top)), elf);
        }
        var key = programs.told(programs.narlink("satellite", "show", "sat", "--json"))
                .get("flightKey")
                .getAsString();
        programs.told(programs.narlink(
                "satellite", "add", "arm", "--flight-key", key, "--system", "aarch64-linux", "--json"));
        mistake(1, "build the target for aarch64-linux", "send", "arm", program.toString(), "--store", earth);
        programs.told(programs.narlink("send", "sat", program.toString(), "--store", earth, "--json"));
    }

    @Test
    void theReceiverSaysWhatIsWrong() throws Exception {
        var second = new Programs(directory.resolve("other"));
        var none = second.flight("run", "--pipe", "stdio:", "--store", board);
        assertEquals(1, none.code());
        assertTrue(none.line().contains("run narlink-flight init"), none.line());
        var other = programs.flight("init", "--satellite", "moon");
        assertEquals(1, other.code());
        assertTrue(other.line().contains("belongs to satellite sat"), other.line());
        var missing = programs.flight("receive", "nowhere", "--store", board);
        assertEquals(1, missing.code());
        assertEquals("narlink-flight: there is no nowhere", missing.line());
        int port = freePort();
        var running = programs.startFlight("run", "--pipe", "tcp-listen://127.0.0.1:" + port, "--store", board);
        try {
            var report = directory.resolve("report");
            for (int i = 0; i < 100 && !Files.exists(directory.resolve("flight").resolve("last-report")); i++) {
                Thread.sleep(100);
            }
            var twice = programs.flight("run", "--pipe", "stdio:", "--store", board);
            assertEquals(1, twice.code());
            assertTrue(twice.line().contains("another narlink-flight works in"), twice.line());
            assertEquals(
                    0,
                    programs.flight("report", "--out", report.toString(), "--store", board)
                            .code());
            assertEquals(
                    1,
                    programs.told(programs.narlink("ingest", "sat", report.toString(), "--json"))
                            .get("news")
                            .getAsInt());
            var status = programs.told(programs.flight("status", "--json"));
            assertEquals(0, status.get("validPaths").getAsInt());
            assertTrue(status.getAsJsonObject("counters").has("segmentsDuplicate"));
        } finally {
            running.process().destroyForcibly().waitFor();
        }
    }

    private void mistake(int code, String line, String... arguments) throws Exception {
        var ended = programs.narlink(arguments);
        assertEquals(code, ended.code(), ended.out() + ended.errors());
        assertTrue(ended.errors().contains(line), ended.errors());
        if (code == 1) assertEquals(1, ended.line().lines().count(), ended.errors());
        assertTrue(!ended.errors().contains("Exception"), ended.errors());
    }

    private int send() throws Exception {
        return programs.told(programs.narlink("send", "sat", top.toString(), "--store", earth, "--json"))
                .get("deployment")
                .getAsInt();
    }

    private void carried(String ground, String flight) throws Exception {
        send();
        var receiver = programs.startFlight("run", "--pipe", flight, "--store", board);
        try {
            var pass = programs.narlink("pass", "sat", "--pipe", ground, "--duration", "60s", "--json");
            for (int i = 0; i < 40 && pass.errors().contains("cannot connect"); i++) {
                TimeUnit.MILLISECONDS.sleep(100);
                pass = programs.narlink("pass", "sat", "--pipe", ground, "--duration", "60s", "--json");
            }
            assertEquals(0, pass.code(), pass.out() + pass.errors());
            assertEquals(
                    "CONFIRMED",
                    pass.json()
                            .getAsJsonArray("deployments")
                            .get(0)
                            .getAsJsonObject()
                            .get("state")
                            .getAsString());
        } finally {
            receiver.process().destroyForcibly().waitFor();
        }
        arrived();
    }

    private void arrived() throws IOException {
        try (var from = Stores.open(earth, Options.of(directory.resolve("roots")));
                var to = Stores.open(board, Options.of(directory.resolve("roots")))) {
            assertEquals(from.closure(List.of(top)), to.validPaths());
            for (var path : to.validPaths()) to.nar(path, java.io.OutputStream.nullOutputStream());
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
