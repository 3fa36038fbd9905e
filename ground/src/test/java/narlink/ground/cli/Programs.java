package narlink.ground.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/// The two programs as processes, the way a user runs them.
final class Programs {
    private static final long SECONDS = 300;
    /// As the receiver's launcher has it.
    private static final List<String> FLIGHT = List.of("-Xmx112m", "-Xmn16m");

    private final Path directory;
    private final Map<String, String> environment;

    Programs(Path directory) {
        this(directory, Map.of());
    }

    /// @param environment of `narlink`
    Programs(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = environment;
    }

    /// @param peakKilobytes most memory that the process had, by the kernel's count
    record Ended(int code, String out, String errors, long peakKilobytes) {
        JsonObject json() {
            return JsonParser.parseString(out).getAsJsonObject();
        }

        /// The one line that says what to do.
        String line() {
            return errors.strip();
        }
    }

    /// Makes the states of both ends, and lets them know each other.
    void acquaint(String satellite) throws IOException, InterruptedException {
        var mission = told(narlink("init", "--json")).get("missionKey").getAsString();
        var key = told(flight("init", "--satellite", satellite, "--trust", mission, "--json"))
                .get("flightKey")
                .getAsString();
        told(narlink("satellite", "add", satellite, "--flight-key", key, "--json"));
    }

    Ended narlink(String... arguments) throws IOException, InterruptedException {
        return finish(startNarlink(arguments));
    }

    Ended flight(String... arguments) throws IOException, InterruptedException {
        return finish(startFlight(arguments));
    }

    /// Commands that have more to do than to look something up.
    private static final Set<String> BUSY = Set.of(
            "demo", "diff", "export", "fec", "gc", "ingest", "pass", "plan", "send", "serve", "simulate", "twin");

    /// Runs a command that must succeed, with `--json`.
    JsonObject told(Ended ended) {
        Assertions.assertEquals(0, ended.code(), ended.out() + ended.errors());
        return ended.json();
    }

    Running startNarlink(String... arguments) throws IOException {
        var command = java(List.of("-Xmx512m"));
        if (!BUSY.contains(arguments[0])) command.add("-XX:TieredStopAtLevel=1"); // As the launcher has it.
        command.addAll(List.of("-cp", System.getProperty("java.class.path", ""), "narlink.ground.cli.Narlink"));
        command.addAll(Arrays.asList(arguments));
        return start(command, directory.resolve("ground"), environment);
    }

    /// `narlink` with this directory itself as its state, and flags of the JVM from `narlink.test.java`.
    Running startHere(String... arguments) throws IOException {
        var command = java(List.of("-Xmx512m"));
        var flags = System.getProperty("narlink.test.java", "");
        if (!flags.isEmpty()) command.addAll(List.of(flags.split(" ")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path", ""), "narlink.ground.cli.Narlink"));
        command.addAll(Arrays.asList(arguments));
        return start(command, directory, environment);
    }

    /// What the JDK's `jcmd` says of a process.
    static String jcmd(Process process, String... command) throws IOException, InterruptedException {
        var line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home", ""), "bin", "jcmd").toString(), Long.toString(process.pid())));
        line.addAll(Arrays.asList(command));
        var said = Files.createTempFile("jcmd", ".out");
        try {
            Assertions.assertEquals(
                    0,
                    new ProcessBuilder(line)
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile())
                            .start()
                            .waitFor(),
                    () -> String.join(" ", line));
            return Files.readString(said);
        } finally {
            Files.delete(said);
        }
    }

    /// What a process holds.
    ///
    /// @param heapKilobytes after a collection
    record Holding(int descriptors, int threads, long heapKilobytes) {
        static Holding of(Process process) throws IOException, InterruptedException {
            var files = Path.of("/proc", Long.toString(process.pid()), "fd");
            int descriptors;
            try (var list = Files.list(files)) {
                descriptors = (int) list.count();
            }
            int threads = Files.readAllLines(files.resolveSibling("status")).stream()
                    .filter(line -> line.startsWith("Threads:"))
                    .mapToInt(line -> Integer.parseInt(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
            jcmd(process, "GC.run");
            long heap = java.util.regex.Pattern.compile("total \\d+K, used (\\d+)K")
                    .matcher(jcmd(process, "GC.heap_info"))
                    .results()
                    .mapToLong(used -> Long.parseLong(used.group(1)))
                    .sum();
            return new Holding(descriptors, threads, heap);
        }
    }

    Running startFlight(String... arguments) throws IOException {
        return startReceiver(directory.resolve("flight"), List.of(), Map.of(), arguments);
    }

    /// The receiver with the launcher's flags, from the one jar that flies if it has been built.
    ///
    /// @param before what starts it, such as `unshare`
    static Running startReceiver(Path state, List<String> before, Map<String, String> environment, String... arguments)
            throws IOException {
        var jar =
                Path.of("../flight/target/narlink-flight.jar").toAbsolutePath().normalize();
        var command = new ArrayList<>(before);
        command.addAll(java(FLIGHT));
        command.addAll(
                Files.exists(jar)
                        ? List.of("-jar", jar.toString())
                        : List.of("-cp", System.getProperty("java.class.path", ""), "narlink.flight.Main"));
        command.addAll(Arrays.asList(arguments));
        return start(command, state, environment);
    }

    record Running(Process process, Path out, Path errors) {
        /// Waits until the program has logged `text`.
        void await(String text) throws IOException, InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS / 3);
            while (!Files.readString(errors).contains(text)) {
                Assertions.assertTrue(process.isAlive() && System.nanoTime() < end, Files.readString(errors));
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private static List<String> java(List<String> memory) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xss512k",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(memory);
        // What these tests are measured by counts for the programs too.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-javaagent:"))
                .forEach(command::add);
        return command;
    }

    private static Running start(List<String> command, Path state, Map<String, String> environment) throws IOException {
        var out = Files.createTempFile("narlink", ".out");
        var errors = Files.createTempFile("narlink", ".err");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(errors.toFile());
        builder.environment().putAll(environment);
        builder.environment().put("NARLINK_STATE", state.toString());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        return new Running(builder.start(), out, errors);
    }

    static Ended finish(Running running) throws IOException, InterruptedException {
        long peak = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!running.process().waitFor(20, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, peakKilobytes(running.process()));
            if (System.nanoTime() > end) {
                running.process().destroyForcibly();
                Assertions.fail("takes longer than " + SECONDS + " s: " + Files.readString(running.errors()));
            }
        }
        return new Ended(
                running.process().exitValue(),
                Files.readString(running.out()),
                Files.readString(running.errors()),
                peak);
    }

    static long peakKilobytes(Process process) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0L);
        } catch (IOException e) {
            return 0; // It has ended meanwhile.
        }
    }
}
