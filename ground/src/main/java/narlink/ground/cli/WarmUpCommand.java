package narlink.ground.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import narlink.nix.SecretKey;
import picocli.CommandLine.Command;

/// What most commands begin with, in a state of its own that is gone afterwards: the launcher has the JVM record here
/// which classes that takes, so that later starts find them ready.
@Command(name = "warm-up", hidden = true, description = "Recorded by the launcher, for quick starts.")
final class WarmUpCommand extends Base {
    private static final String SATELLITE = "sat-1";
    private static final int SAMPLE_BYTES = 20_000;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (System.getenv("NARLINK_DATABASE") != null) {
            throw new UsageException("warm-up works with a state of its own: unset NARLINK_DATABASE");
        }
        var directory = Files.createTempDirectory("narlink-warm-up");
        var out = System.out;
        try (var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            System.setOut(nowhere);
            commands(directory);
        } finally {
            System.setOut(out);
            delete(directory);
        }
        return 0;
    }

    private static void commands(Path directory) throws IOException, InterruptedException {
        var closures = new DemoClosures(directory, false, SAMPLE_BYTES);
        var first = closures.build("1", "good morning", 0).toString();
        var second = closures.build("2", "good evening", 0).toString();
        var state = directory.resolve("ground").toString();
        var key = SecretKey.generate("flight-1").publicKey().text();
        run(state, "init");
        run(state, "satellite", "add", SATELLITE, "--flight-key", key);
        run(state, "send", SATELLITE, first, "--store", closures.store());
        run(state, "plan", SATELLITE, second, "--have", first, "--store", closures.store());
        run(state, "link", "add", SATELLITE, "--pipe", "tcp://127.0.0.1:9");
        for (var command : List.of("satellite list", "link list", "contact list", "queue", "log " + SATELLITE)) {
            run(state, command.split(" "));
        }
        for (var command : List.of("status", "status " + SATELLITE)) {
            run(state, command.split(" "));
            run(state, (command + " --json").split(" "));
        }
    }

    private static void run(String state, String... arguments) throws IOException {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--state", state));
        int code = Narlink.commandLine(arguments).execute(all.toArray(String[]::new));
        if (code != 0) throw new IOException("warm-up: " + String.join(" ", arguments) + " ended with " + code);
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
