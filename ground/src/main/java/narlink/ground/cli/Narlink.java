package narlink.ground.cli;

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
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            InitCommand.class,
            SatelliteCommand.class,
            PlanCommand.class,
            SendCommand.class,
            DiffCommand.class,
            TwinCommand.class,
            QueueCommand.class,
            PlaceCommands.Reorder.class,
            PlaceCommands.Freeze.class,
            PlaceCommands.Thaw.class,
            OrderCommands.Cancel.class,
            OrderCommands.Activate.class,
            OrderCommands.RollBack.class,
            OrderCommands.Confirm.class,
            OrderCommands.Retention.class,
            InventoryCommand.class,
            GcCommand.class,
            OrderCommands.Verify.class,
            PassCommand.class,
            ServeCommand.class,
            LinkCommand.class,
            ContactCommand.class,
            ExportCommand.class,
            IngestCommand.class,
            StatusCommand.class,
            LogCommand.class,
            SimulateCommand.class,
            KeysCommand.class,
            FecCommand.class,
            BenchCommand.class
        })
public final class Narlink {
    /// Done for now, but work is left.
    static final int LEFT = 3;
    /// The satellite reported a failure.
    static final int FAILED_ON_BOARD = 4;

    private Narlink() {}

    public static void main(String[] arguments) {
        quietLibraries();
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        var line = new CommandLine(new Narlink());
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
            QUIET.setLevel(Level.SEVERE);
        }
    }

    /// Kept here, since the log manager itself forgets loggers that nobody holds.
    private static final Logger QUIET = Logger.getLogger("org.flywaydb");
}
