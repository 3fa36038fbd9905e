package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Stack;
import narlink.ground.DeltaBench;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "delta",
        description = "What an update from the closures OLD to the closures NEW takes: by narlink, and by the programs "
                + "zstd, bsdiff and xz where they are installed, each path made of the base that narlink would take.",
        customSynopsis = "narlink bench delta [--store URL] [--json] OLD... -- NEW...",
        footer = {"", "Example: narlink bench delta /nix/store/…-system-1 -- ./result"})
final class BenchDeltaCommand extends Base {
    private static final String APART = "--";

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH",
            parameterConsumer = Apart.class,
            description = "Store paths, or links to them.")
    List<String> typed = new ArrayList<>();

    @Option(names = "--store", paramLabel = "URL", description = "Where the closures are (default daemon).")
    @Nullable
    String store;

    /// Keeps the `--` that stands between the paths.
    static final class Apart implements IParameterConsumer {
        @Override
        @SuppressWarnings("JdkObsolete") // So picocli wants it.
        public void consumeParameters(Stack<String> arguments, ArgSpec parameter, CommandSpec command) {
            List<String> typed = parameter.getValue();
            while (!arguments.isEmpty()) {
                var next = arguments.peek();
                if (next.startsWith("-") && !next.equals(APART)) return;
                typed.add(arguments.pop());
            }
        }
    }

    @Override
    public Integer call() throws IOException {
        int apart = typed.indexOf(APART);
        if (apart < 1 || apart != typed.lastIndexOf(APART) || apart == typed.size() - 1) {
            throw new UsageException("name the old paths, then --, then the new ones");
        }
        var old = paths(typed.subList(0, apart));
        var now = paths(typed.subList(apart + 1, typed.size()));
        var scratch = Files.createTempDirectory("narlink-bench");
        DeltaBench.Report report;
        try (var earth = openStore(store)) {
            report = DeltaBench.measure(earth, old, now, scratch, Terminal::status);
        } finally {
            Terminal.clear();
            delete(scratch);
        }
        print(describe(report), () -> tell(report));
        return 0;
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    private static JsonObject describe(DeltaBench.Report report) {
        var list = new JsonArray();
        for (var result : report.results()) {
            var one = new JsonObject();
            one.addProperty("method", result.method());
            one.addProperty("installed", result.bytes().isPresent());
            result.bytes().ifPresent(bytes -> one.addProperty("bytes", bytes));
            one.addProperty("seconds", result.seconds());
            list.add(one);
        }
        var out = new JsonObject();
        out.add("results", list);
        out.addProperty("decodeSeconds", report.decodeSeconds());
        out.addProperty("decodedMegabytesPerSecond", report.decodedMegabytesPerSecond());
        return out;
    }

    private static void tell(DeltaBench.Report report) {
        System.out.println("         bytes   seconds  method");
        for (var result : report.results()) {
            if (result.bytes().isEmpty()) {
                System.out.printf("%14s %9s  %s: %s is not installed%n", "-", "-", result.method(), result.program());
            } else {
                System.out.printf(
                        Locale.ROOT, "%,14d %9.1f  %s%n", result.bytes().get(), result.seconds(), result.method());
            }
        }
        System.out.printf(
                Locale.ROOT,
                "decoded by the receiver's code in %.1f seconds: %.1f MB of NARs a second%n",
                report.decodeSeconds(),
                report.decodedMegabytesPerSecond());
    }
}
