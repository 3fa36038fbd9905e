package narlink.ground.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.store.Options;
import narlink.store.Stores;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description = {
            "The whole story on this machine: a real closure crosses a bad link to a receiver in a process and a store "
                    + "of its own; the link is cut, both sides are killed; an update follows, and a sick one that is "
                    + "rolled back.",
            "Exits 0 only if the receiver's store holds exactly what was sent."
        },
        footer = {"", "Example: narlink demo"})
final class DemoCommand extends Base {
    private static final double LOSS = 0.2;
    private static final int SAMPLE_BYTES = 3_000_000;
    private static final String SATELLITE = "demo-sat";
    /// Exit status of a process that SIGKILL ended.
    private static final int KILLED = 128 + 9;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "What the link loses (default 1).")
    long seed;

    @Option(names = "--without-nix", description = "Use sample paths and binary cache directories even if Nix is here.")
    boolean withoutNix;

    @Option(names = "--keep", paramLabel = "DIR", description = "Work there, and leave it for a look afterwards.")
    @Nullable
    Path keep;

    private final Instant began = Instant.now();
    private Path directory = Path.of("");
    private boolean nix;
    private int flightPort;
    private @Nullable Process receiver;

    @Override
    public Integer call() throws IOException, InterruptedException {
        directory =
                keep != null ? Files.createDirectories(keep).toRealPath() : Files.createTempDirectory("narlink-demo");
        nix = !withoutNix && onPath("nix-build") && onPath("nix-daemon");
        flightPort = freePort();
        try (var relay = new DemoRelay(flightPort, LOSS, seed)) {
            return run(relay);
        } finally {
            killReceiver();
            if (keep == null) delete(directory);
        }
    }

    private int run(DemoRelay relay) throws IOException, InterruptedException {
        var closures = new DemoClosures(directory, nix, SAMPLE_BYTES);
        say(
                nix
                        ? "building three versions of a small system with Nix, in a store of its own"
                        : "making three versions of a small system (no Nix here: sample store paths)");
        var first = closures.build("1", "good morning", 0);
        var second = closures.build("2", "good evening", 0);
        var sick = closures.build("3", "no comment", 7);
        setUp();
        startReceiver();

        say("deployment 1: the whole system, which the satellite lacks");
        var sent = send(closures, first, "");
        tellSize(sent);
        long wire = sent.get("wireBytes").getAsLong();
        relay.after(wire / 4, relay::cut);
        expect("pass 1, cut by the link in the middle", Narlink.LEFT, pass(relay, Long.MAX_VALUE));
        relay.after(wire / 4, this::killReceiver);
        startLater();
        expect("pass 2, the receiver killed (SIGKILL), then started again", Narlink.LEFT, pass(relay, Long.MAX_VALUE));
        expect("pass 3, the ground process killed (SIGKILL)", KILLED, pass(relay, wire / 4));
        expect("pass 4, to the end", 0, pass(relay, Long.MAX_VALUE));
        check(first);

        say("deployment 2: an update, activated on board");
        tellSize(send(closures, second, nix ? "exec \"$NARLINK_TARGET/activate\"" : "echo activated"));
        expect("pass 5", 0, pass(relay, Long.MAX_VALUE));
        check(second);

        say("deployment 3: a sick update, whose activation fails");
        tellSize(send(closures, sick, nix ? "exec \"$NARLINK_TARGET/activate\"" : "echo no comment; exit 7"));
        expect("pass 6, reporting the failure", Narlink.FAILED_ON_BOARD, pass(relay, Long.MAX_VALUE));
        System.out.print(narlink("status", SATELLITE).out().indent(4));
        check(second);

        killReceiver();
        verify(closures, List.of(first, second, sick));
        System.out.printf(
                "%nThe receiver's store holds exactly the closures that were sent. %s went up in %d frames, of which the%n"
                        + "link lost %d (%.1f %%). %d s in all.%n",
                ByteCount.human(relay.bytesUp()),
                relay.framesUp(),
                relay.framesLost(),
                100.0 * relay.framesLost() / relay.framesUp(),
                Duration.between(began, Instant.now()).toSeconds());
        return 0;
    }

    private void setUp() throws IOException, InterruptedException {
        var init = JsonParser.parseString(need(narlink("init", "--json"))).getAsJsonObject();
        var flight = JsonParser.parseString(need(flight(
                        "init",
                        "--satellite",
                        SATELLITE,
                        "--trust",
                        init.get("missionKey").getAsString(),
                        "--json")))
                .getAsJsonObject();
        need(narlink(
                "satellite",
                "add",
                SATELLITE,
                "--flight-key",
                flight.get("flightKey").getAsString()));
    }

    private JsonObject send(DemoClosures closures, StorePath target, String activation)
            throws IOException, InterruptedException {
        var command =
                new ArrayList<>(List.of("send", SATELLITE, target.toString(), "--store", closures.store(), "--json"));
        if (!activation.isEmpty()) command.addAll(List.of("--activate", activation));
        return JsonParser.parseString(need(narlink(command.toArray(String[]::new))))
                .getAsJsonObject();
    }

    private static void tellSize(JsonObject sent) {
        System.out.printf(
                "    %d new paths, %s as NARs, %s packed; rehearsed, signed, queued%n",
                sent.get("newPaths").getAsInt(),
                ByteCount.human(sent.get("rawBytes").getAsLong()),
                ByteCount.human(sent.get("packBytes").getAsLong()));
    }

    /// Flies a pass as a process of its own.
    ///
    /// @param killAfter bytes after which the ground process is killed
    private Result pass(DemoRelay relay, long killAfter) throws IOException, InterruptedException {
        var command = java("narlink.ground.cli.Narlink", System.getProperty("java.class.path", ""));
        command.addAll(List.of("pass", SATELLITE, "--pipe", relay.pipe(), "--rate", "16M", "--duration", "60s"));
        command.addAll(List.of("--json", "--state", directory.resolve("ground").toString()));
        var process = start(command);
        long begun = relay.bytesUp();
        while (process.isAlive() && relay.bytesUp() - begun < killAfter) process.waitFor(20, TimeUnit.MILLISECONDS);
        if (!process.isAlive()) return finish(process);
        return new Result(process.destroyForcibly().waitFor(), "", "");
    }

    private static void expect(String what, int status, Result result) throws IOException {
        if (result.status() != status) {
            throw new IOException(what + ": exit code " + result.status() + " instead of " + status + "\n"
                    + result.out() + result.errors());
        }
        if (result.out().isEmpty()) {
            System.out.println("    " + what);
            return;
        }
        var told = JsonParser.parseString(result.out()).getAsJsonObject();
        var states = new StringBuilder();
        told.getAsJsonArray("deployments").forEach(element -> {
            var one = element.getAsJsonObject();
            states.append(", deployment %d %s"
                    .formatted(
                            one.get("deployment").getAsInt(), one.get("state").getAsString()));
            if (one.get("state").getAsString().equals("RECEIVING")) {
                states.append(" (%d of %d blocks)"
                        .formatted(
                                one.get("blocksDone").getAsInt(),
                                one.get("blocks").getAsInt()));
            }
        });
        System.out.printf(
                "    %s: sent %s, heard %d reports%s%n",
                what,
                ByteCount.human(told.get("sentBytes").getAsLong()),
                told.get("receivedReports").getAsLong(),
                states);
    }

    /// The profile on board leads to the target.
    private void check(StorePath target) throws IOException {
        try (var store = flightStore()) {
            var link = store.profiles().resolve("default");
            var generation = Files.readSymbolicLink(link);
            var path = Files.readSymbolicLink(link.resolveSibling(generation)).toString();
            if (!path.equals(target.toString())) {
                throw new IOException("the profile on board points at " + path + " instead of " + target);
            }
            System.out.println("    on board: profile default -> " + generation + " -> " + target.baseName());
        }
    }

    /// Compares the receiver's store with Earth's, path by path, and lets Nix check every byte.
    private void verify(DemoClosures closures, List<StorePath> targets) throws IOException, InterruptedException {
        say("checking the receiver's store");
        try (var earth = Stores.open(closures.store(), Options.of(directory.resolve("earth-roots")));
                var board = flightStore()) {
            var wanted = earth.closure(targets);
            var held = board.validPaths();
            if (!held.equals(wanted)) throw new IOException("the receiver holds " + held + " instead of " + wanted);
            var infos = board.infos(held);
            for (var info : earth.infos(wanted).values()) {
                var there = infos.get(info.path());
                if (there == null
                        || !there.narHash().equals(info.narHash())
                        || !there.references().equals(info.references())) {
                    throw new IOException(info.path() + " differs on board");
                }
                board.nar(info.path(), java.io.OutputStream.nullOutputStream());
            }
            System.out.printf("    %d paths, the same as on Earth, every NAR hash computed anew%n", held.size());
        }
        if (!nix) return;
        var command =
                List.of("nix-store", "--store", directory.resolve("board").toString(), "--verify", "--check-contents");
        var result = finish(start(command));
        if (result.status() != 0) throw new IOException("nix-store --verify found errors:\n" + result.errors());
        System.out.println("    nix-store --verify --check-contents: no errors");
    }

    private Store flightStore() throws IOException {
        return Stores.open(
                flightStoreUrl(), Options.of(directory.resolve("flight").resolve("roots")));
    }

    private String flightStoreUrl() {
        return nix ? "local?root=" + directory.resolve("board") : "file://" + directory.resolve("board");
    }

    private void startReceiver() throws IOException {
        var command = flightCommand();
        command.addAll(List.of("run", "--pipe", "tcp-listen://127.0.0.1:" + flightPort));
        command.addAll(List.of("--state", directory.resolve("flight").toString(), "--store", flightStoreUrl()));
        receiver = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("receiver.log").toFile()))
                .start();
    }

    private synchronized void killReceiver() {
        if (receiver == null) return;
        receiver.descendants().forEach(ProcessHandle::destroyForcibly);
        receiver.destroyForcibly();
    }

    /// Starts the receiver again once it is dead.
    private void startLater() {
        var old = receiver;
        if (old == null) return;
        old.onExit().thenRun(() -> {
            try {
                startReceiver();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private record Result(int status, String out, String errors) {}

    private Result narlink(String... arguments) throws IOException, InterruptedException {
        var command = java("narlink.ground.cli.Narlink", System.getProperty("java.class.path", ""));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--state", directory.resolve("ground").toString()));
        return finish(start(command));
    }

    private Result flight(String... arguments) throws IOException, InterruptedException {
        var command = flightCommand();
        command.addAll(List.of(arguments));
        command.addAll(List.of("--state", directory.resolve("flight").toString()));
        return finish(start(command));
    }

    private static List<String> flightCommand() {
        return java("narlink.flight.Main", System.getProperty("java.class.path", ""));
    }

    private static List<String> java(String main, String classPath) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xmx" + (main.contains("flight") ? "112m" : "512m"), // The receiver as its launcher has it.
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                main));
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command).start();
    }

    private static Result finish(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        var errors = new StringBuffer();
        var reader = Thread.ofVirtual().start(() -> {
            try {
                errors.append(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                errors.append(e.getMessage());
            }
        });
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        reader.join();
        return new Result(status, out, errors.toString());
    }

    private static String need(Result result) throws IOException {
        if (result.status() != 0)
            throw new IOException("a step of the demo failed:\n" + result.out() + result.errors());
        return result.out();
    }

    private void say(String what) {
        System.out.printf("[%3d s] %s%n", Duration.between(began, Instant.now()).toSeconds(), what);
    }

    private static boolean onPath(String program) {
        return java.util.Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void delete(Path tree) throws IOException, InterruptedException {
        // Store directories are read-only; the system's own tool copes with that as every user.
        finish(start(List.of("chmod", "-R", "u+w", tree.toString())));
        try (var files = Files.walk(tree)) {
            for (var file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) Files.delete(file);
        }
    }
}
