package narlink.ground.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import narlink.flight.Main;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The program `narlink`.
@Command(
        name = "narlink",
        description = "Moves Nix closures to devices that have no IP network.",
        mixinStandardHelpOptions = true,
        version = "narlink 0.1.0",
        synopsisSubcommandLabel = "COMMAND")
public final class Narlink {
    /// Done for now, but work is left.
    static final int LEFT = 3;
    /// The satellite reported a failure.
    static final int FAILED_ON_BOARD = 4;

    /// By their names, in the order of the help.
    static final List<Map.Entry<String, Class<?>>> COMMANDS = List.of(
            Map.entry("demo", DemoCommand.class),
            Map.entry("init", InitCommand.class),
            Map.entry("satellite", SatelliteCommand.class),
            Map.entry("plan", PlanCommand.class),
            Map.entry("send", SendCommand.class),
            Map.entry("diff", DiffCommand.class),
            Map.entry("twin", TwinCommand.class),
            Map.entry("queue", QueueCommand.class),
            Map.entry("reorder", PlaceCommands.Reorder.class),
            Map.entry("freeze", PlaceCommands.Freeze.class),
            Map.entry("thaw", PlaceCommands.Thaw.class),
            Map.entry("cancel", OrderCommands.Cancel.class),
            Map.entry("activate", OrderCommands.Activate.class),
            Map.entry("rollback", OrderCommands.RollBack.class),
            Map.entry("confirm", OrderCommands.Confirm.class),
            Map.entry("retention", OrderCommands.Retention.class),
            Map.entry("inventory", InventoryCommand.class),
            Map.entry("gc", GcCommand.class),
            Map.entry("verify", OrderCommands.Verify.class),
            Map.entry("pass", PassCommand.class),
            Map.entry("serve", ServeCommand.class),
            Map.entry("link", LinkCommand.class),
            Map.entry("contact", ContactCommand.class),
            Map.entry("export", ExportCommand.class),
            Map.entry("ingest", IngestCommand.class),
            Map.entry("status", StatusCommand.class),
            Map.entry("log", LogCommand.class),
            Map.entry("simulate", SimulateCommand.class),
            Map.entry("keys", KeysCommand.class),
            Map.entry("fec", FecCommand.class),
            Map.entry("bench", BenchCommand.class),
            Map.entry("warm-up", WarmUpCommand.class));

    private Narlink() {}

    public static void main(String[] arguments) {
        quietLibraries();
        System.exit(commandLine(arguments).execute(arguments));
    }

    /// Knows the one command that is called, since looking at all takes longer than most run; where it is none of them,
    /// all.
    static CommandLine commandLine(String... arguments) {
        var line = new CommandLine(new Narlink());
        var called = COMMANDS.stream()
                .filter(command -> arguments.length > 0 && command.getKey().equals(arguments[0]))
                .toList();
        for (var command : called.isEmpty() ? COMMANDS : called) {
            line.addSubcommand(command.getKey(), command.getValue());
        }
        line.setExecutionExceptionHandler((e, command, result) -> {
            System.err.println("narlink: " + Main.line(e));
            System.getLogger(Narlink.class.getName()).log(System.Logger.Level.DEBUG, "failed", e);
            return e instanceof UsageException ? CommandLine.ExitCode.USAGE : 1;
        });
        line.registerConverter(ByteCount.class, ByteCount::parse);
        line.registerConverter(BitRate.class, BitRate::parse);
        line.registerConverter(Share.class, Share::parse);
        line.registerConverter(java.time.Duration.class, Durations::parse);
        return line;
    }

    /// What libraries have to tell is for those who look for it: NARLINK_LOG=FINE shows everything.
    private static void quietLibraries() {
        var wanted = Optional.ofNullable(System.getenv("NARLINK_LOG")).orElse("WARNING");
        var root = LogManager.getLogManager().getLogger("");
        var level = Level.parse(wanted);
        root.setLevel(level);
        for (var handler : root.getHandlers()) handler.setLevel(level);
        if (level.intValue() >= Level.WARNING.intValue()) {
            for (var logger : QUIET) logger.setLevel(Level.SEVERE);
        }
    }

    /// What the ledger tells in a line of its own, or that is no concern of who types a command. Kept here, since the
    /// log manager itself forgets loggers that nobody holds.
    private static final List<Logger> QUIET =
            List.of(Logger.getLogger("org.flywaydb"), Logger.getLogger("com.zaxxer.hikari"));
}
