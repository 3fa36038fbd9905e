package narlink.flight;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import narlink.nix.PublicKey;
import narlink.nix.Store;
import narlink.store.Options;
import narlink.store.Stores;
import narlink.wire.FrameReader;
import narlink.wire.Frames;
import narlink.wire.SatelliteName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/// The program `narlink-flight`.
@Command(
        name = "narlink-flight",
        description = "The receiver of narlink: takes Nix closures from a thin pipe and hands them to Nix.",
        mixinStandardHelpOptions = true,
        version = "narlink-flight 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {Main.Init.class, Main.Run.class, Main.Receive.class, Main.WriteReport.class, Main.Status.class})
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        var line = new CommandLine(new Main());
        line.setExecutionExceptionHandler((e, command, result) -> {
            System.err.println("narlink-flight: " + line(e));
            System.getLogger(Main.class.getName()).log(System.Logger.Level.DEBUG, "failed", e);
            return 1;
        });
        line.setDefaultValueProvider(new ConfigFile());
        return line;
    }

    /// What went wrong, in one line; files that are missing or forbidden have nothing but their name to say.
    public static String line(Exception e) {
        var message = Optional.ofNullable(e.getMessage()).orElse(e.toString());
        if (e instanceof NoSuchFileException) message = "there is no " + message;
        if (e instanceof AccessDeniedException) message = "may not use " + message;
        return message.strip().replaceAll("\\s*\\R\\s*", "; ");
    }

    /// What all commands take.
    abstract static class Base implements Callable<Integer> {
        @Option(
                names = "--state",
                paramLabel = "DIR",
                description = "State directory (env NARLINK_STATE; default /var/lib/narlink-flight for root, else "
                        + "under the XDG state directory).")
        @Nullable
        Path state;

        @Option(
                names = "--store",
                paramLabel = "URL",
                description = "Where paths go: daemon, local?root=DIR, or file://DIR (a binary cache directory). "
                        + "Default: daemon where Nix is installed, else a directory in the state directory.")
        @Nullable
        String store;

        @Option(names = "--json", description = "One JSON object on standard output.")
        boolean json;

        @Option(
                names = "--config",
                paramLabel = "FILE",
                description = "Options as a properties file (default STATE/narlink.properties).")
        @Nullable
        Path config;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        boolean help;

        FlightState files() {
            return FlightState.at(ConfigFile.state(state));
        }

        Store open(FlightState files) throws IOException {
            var directory = ConfigFile.state(state);
            var url = store != null ? store : defaultStore(directory);
            var options = Options.of(directory.resolve("roots"));
            // Nix's own configuration names the key for the system's store; a store of ours has no configuration.
            if (!url.equals("daemon")) {
                options = options.trusting(List.of(files.nixKey().publicKey()));
            }
            return Stores.open(url, options);
        }

        private static String defaultStore(Path directory) {
            boolean nix = Files.exists(Path.of("/nix/var/nix/daemon-socket/socket"))
                    || List.of("/usr/bin/nix-daemon", "/nix/var/nix/profiles/default/bin/nix-daemon").stream()
                            .anyMatch(program -> Files.isExecutable(Path.of(program)));
            return nix ? "daemon" : "file://" + directory.resolve("store");
        }

        void print(JsonObject object, Runnable human) {
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

    @Command(
            name = "init",
            description = "Makes the receiver's keys and names the mission keys that it trusts.",
            footer = {"", "Example: narlink-flight init --satellite sat-7 --trust mission-1:BASE64"})
    static final class Init extends Base {
        @Option(names = "--satellite", required = true, paramLabel = "NAME", description = "The satellite's name.")
        String satellite = "";

        @Option(
                names = "--trust",
                paramLabel = "KEY",
                description = "A public mission key, NAME:BASE64. Repeatable, also later.")
        List<String> trust = List.of();

        @Override
        public Integer call() throws IOException {
            var files = files();
            var keys = trust.stream().map(PublicKey::parse).toList();
            files.init(new SatelliteName(satellite));
            for (var key : keys) files.trust(key);
            var flightKey = files.flightKey().publicKey().text();
            var nixKey = files.nixKey().publicKey().text();
            var out = new JsonObject();
            out.addProperty("satellite", satellite);
            out.addProperty("flightKey", flightKey);
            out.addProperty("nixKey", nixKey);
            out.addProperty("trustedKeys", files.trustedKeys().size());
            print(out, () -> {
                System.out.println("flight key (for narlink satellite add " + satellite + " --flight-key …):");
                System.out.println("  " + flightKey);
                System.out.println("Nix key (add it to trusted-public-keys in this device's nix.conf):");
                System.out.println("  " + nixKey);
            });
            if (files.trustedKeys().isEmpty()) {
                System.err.println(
                        "No mission key is trusted yet: give one with --trust, or nothing will be believed.");
            }
            return 0;
        }
    }

    /// What differs from machine to machine.
    static final class MachineOptions {
        @Option(
                names = "--health",
                paramLabel = "CMD",
                description =
                        "Command for /bin/sh that has to succeed after each activation, else that is rolled back; "
                                + "repeatable; in the configuration file several are separated by \\n.")
        List<String> commands = List.of();

        @Option(
                names = "--reserve",
                paramLabel = "BYTES",
                description = "Bytes of the disk that imports leave free (default 67108864); with less room they wait.")
        long reserve = Room.DEFAULT_RESERVE;

        ReceptionLoop.Settings settings() {
            return new ReceptionLoop.Settings(
                    commands.stream().flatMap(String::lines).toList(), reserve, Machine.real());
        }
    }

    @Command(
            name = "run",
            description = "Receives, imports, activates and reports, until it is ended.",
            footer = {"", "Example: narlink-flight run --pipe tcp://127.0.0.1:9000"})
    static final class Run extends Base {
        @Option(
                names = "--pipe",
                required = true,
                paramLabel = "URL",
                description = "The pipe that the comms provide; repeatable, for one that hears and one that tells.")
        List<String> pipes = List.of();

        @Option(names = "--once", description = "End when the pipe ends.")
        boolean once;

        private static final int MAX_TURNAROUND = 60_000;

        @Option(
                names = "--half-duplex",
                paramLabel = "MILLIS",
                description = "The link carries one direction at a time, and either end takes so long to turn round:"
                        + " talk only when asked.")
        @Nullable
        Integer halfDuplex;

        @Mixin
        MachineOptions health = new MachineOptions();

        @Override
        public Integer call() throws IOException, InterruptedException {
            var files = files();
            files.satellite();
            try (var lock = files.lock();
                    var opened = open(files);
                    var loops =
                            PipeLoops.of(pipes.stream().flatMap(String::lines).toList(), turnaround());
                    var log = ReceiverLog.begin(files.logs());
                    var loop = new ReceptionLoop(files, opened, Clock.systemUTC(), health.settings())) {
                files.savePipe(String.join(" ", pipes));
                Runtime.getRuntime().addShutdownHook(new Thread(loop::close, "shutdown"));
                loop.onFailure(() -> Runtime.getRuntime().halt(1));
                loops.carry(loop, once);
                if (once) loop.settled();
                return lock.isValid() && log.isOpen() ? 0 : 1;
            }
        }

        private Optional<Duration> turnaround() {
            if (halfDuplex != null && (halfDuplex < 0 || halfDuplex > MAX_TURNAROUND)) {
                throw new ParameterException(
                        new CommandLine(this),
                        "--half-duplex must be between 0 and " + MAX_TURNAROUND + " milliseconds");
            }
            return Optional.ofNullable(halfDuplex).map(Duration::ofMillis);
        }
    }

    @Command(
            name = "receive",
            description = "Takes a pass that came as a file, imports what is complete, and ends.",
            footer = {"", "Example: narlink-flight receive pass-12.narlink"})
    static final class Receive extends Base {
        @Parameters(arity = "0..1", paramLabel = "FILE", description = "The file; standard input if none is given.")
        @Nullable
        Path file;

        @Mixin
        MachineOptions health = new MachineOptions();

        @Override
        public Integer call() throws IOException, InterruptedException {
            var files = files();
            files.satellite();
            try (var in = file == null ? System.in : new BufferedInputStream(Files.newInputStream(file));
                    var lock = files.lock();
                    var opened = open(files);
                    var loop = new ReceptionLoop(files, opened, Clock.systemUTC(), health.settings())) {
                var answers = new Answers();
                loop.reportTo(answers);
                read(in, loop);
                var text = new StatusText(loop.settled(), files, Optional.of(opened));
                files.saveAnswers(answers.frames());
                print(text.json(), () -> System.out.print(text.human()));
                return lock.isValid() && !text.anyFailed() ? 0 : 4;
            }
        }

        /// Keeps what is answered for the file that goes back.
        private static final class Answers implements ReceptionLoop.Downlink {
            private final ByteArrayOutputStream frames = new ByteArrayOutputStream();

            @Override
            public void offer(byte[] segment) {} // A report is made when it is written.

            @Override
            public synchronized void answer(byte[] segment) {
                if (frames.size() < FlightState.MAX_ANSWERS) frames.writeBytes(Frames.frame(segment));
            }

            synchronized byte[] frames() {
                return frames.toByteArray();
            }
        }

        private static void read(InputStream in, ReceptionLoop loop) throws IOException {
            var reader = new FrameReader();
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                reader.feed(buffer, 0, read, loop::hear);
            }
            loop.damaged(reader.bad());
        }
    }

    @Command(
            name = "report",
            description =
                    "Writes a report as a file, with the answers to what the last pass asked, for comms that only "
                            + "move files.",
            footer = {"", "Example: narlink-flight report --out report.narlink"})
    static final class WriteReport extends Base {
        @Option(names = "--out", paramLabel = "FILE", description = "Where to; standard output if not given.")
        @Nullable
        Path out;

        @Override
        public Integer call() throws IOException, InterruptedException {
            var files = files();
            var written = new ByteArrayOutputStream();
            written.writeBytes(Frames.frame(segment(files)));
            written.writeBytes(files.answers());
            byte[] frame = written.toByteArray();
            if (out == null) {
                System.out.write(frame);
                System.out.flush();
            } else {
                Files.write(out, frame);
            }
            return 0;
        }

        /// From the running receiver's last report, or from one that is made now.
        private byte[] segment(FlightState files) throws IOException, InterruptedException {
            files.satellite();
            try (var lock = files.tryLock().orElse(null)) {
                if (lock == null) {
                    return files.lastReport().orElseThrow(() -> new IOException("the receiver has made no report yet"));
                }
                try (var opened = open(files);
                        var loop = new ReceptionLoop(files, opened, Clock.systemUTC())) {
                    return loop.settled();
                }
            }
        }
    }

    @Command(
            name = "status",
            description = "Shows what the receiver holds and what it waits for.",
            footer = {"", "Example: narlink-flight status"})
    static final class Status extends Base {
        @Override
        public Integer call() throws IOException {
            var files = files();
            files.satellite();
            byte[] report = files.lastReport()
                    .orElseThrow(() -> new IOException(
                            "no report yet: start narlink-flight run, or take a pass with narlink-flight receive"));
            try (var opened = open(files)) {
                var text = new StatusText(report, files, Optional.of(opened));
                print(text.json(), () -> System.out.print(text.human()));
            }
            return 0;
        }
    }
}
