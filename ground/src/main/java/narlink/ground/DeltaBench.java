package narlink.ground;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import narlink.nix.PathInfo;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Layout;

/// What an update takes by several methods: ours, and the programs that this machine has. Those get each new path's NAR
/// and that of the base that ours would take first.
public final class DeltaBench {
    /// What a program makes of one NAR, or of all together.
    private enum Program {
        ZSTD_PATCH(
                "zstd -19 --patch-from",
                "zstd",
                List.of("-q", "-f", "-19", "--long=31", "--patch-from=BASE", "NEW", "-o", "OUT")),
        BSDIFF("bsdiff", "bsdiff", List.of("BASE", "NEW", "OUT")),
        XZ("xz -9e, each path", "xz", List.of("-9e", "-T1", "-k", "-c", "NEW")),
        XZ_WHOLE("xz -9e, all in one", "xz", List.of("-9e", "-T1", "-k", "-c", "NEW"));

        private final String title;
        private final String command;
        private final List<String> arguments;

        Program(String title, String command, List<String> arguments) {
            this.title = title;
            this.command = command;
            this.arguments = arguments;
        }
    }

    /// @param method what it is called
    /// @param bytes absent where the program is not installed
    /// @param seconds in all, on the wall
    public record Result(String method, String program, Optional<Long> bytes, double seconds) {}

    /// @param rawBytes all NARs
    /// @param decodeSeconds what the receiver's code takes to make them of the pack, on the wall, on one core
    public record Report(List<Result> results, long rawBytes, double decodeSeconds) {
        public Report {
            results = List.copyOf(results);
        }

        public double decodedMegabytesPerSecond() {
            return rawBytes / 1e6 / decodeSeconds;
        }
    }

    private final Store earth;
    private final Path scratch;
    private final Consumer<String> progress;
    private final Map<Program, Long> bytes = new LinkedHashMap<>();
    private final Map<Program, Long> nanos = new LinkedHashMap<>();

    private DeltaBench(Store earth, Path scratch, Consumer<String> progress) {
        this.earth = earth;
        this.scratch = scratch;
        this.progress = progress;
    }

    /// @param old tops of what is there already
    /// @param now tops of what is to come
    /// @param scratch directory for NARs, one path's at a time and those of all new paths together
    /// @param progress told what is being done
    public static Report measure(
            Store earth, List<StorePath> old, List<StorePath> now, Path scratch, Consumer<String> progress)
            throws IOException {
        return new DeltaBench(earth, scratch, progress).measure(old, now);
    }

    private Report measure(List<StorePath> old, List<StorePath> now) throws IOException {
        var have = earth.closure(old);
        long start = System.nanoTime();
        var plan = Planner.plan(earth, now, have, have);
        BiConsumer<StorePath, Long> told = (path, raw) -> progress.accept("narlink: " + path.baseName());
        var pack = scratch.resolve("pack");
        var packed = new Packer(earth, Layout.SYMBOL_SIZE, told)
                .pack(plan, Optional.empty(), Activation.NONE, Optional.empty(), pack);
        var results = new ArrayList<Result>();
        results.add(new Result("NARs as they are", "", Optional.of(plan.rawBytes()), 0));
        results.add(new Result(
                "narlink, manifest and pack",
                "narlink",
                Optional.of(packed.object().length + Files.size(pack)),
                (System.nanoTime() - start) / 1e9));
        progress.accept("narlink: decoding");
        start = System.nanoTime();
        Rehearsal.rehearse(packed, earth, scratch);
        double decodeSeconds = (System.nanoTime() - start) / 1e9;
        Files.delete(pack);
        others(plan);
        for (var program : Program.values()) {
            results.add(new Result(
                    program.title,
                    program.command,
                    Optional.ofNullable(bytes.get(program)),
                    nanos.getOrDefault(program, 0L) / 1e9));
        }
        return new Report(results, plan.rawBytes(), decodeSeconds);
    }

    private void others(Plan plan) throws IOException {
        for (var program : Program.values()) {
            if (isInstalled(program.command)) bytes.put(program, 0L);
        }
        var base = Files.createFile(scratch.resolve("base"));
        var one = Files.createFile(scratch.resolve("new"));
        var all = Files.createFile(scratch.resolve("all"));
        for (var info : plan.added()) {
            write(info.path(), one);
            try (var out = Files.newOutputStream(all, StandardOpenOption.APPEND)) {
                Files.copy(one, out);
            }
            var bases = plan.bases(info.path()).stream()
                    .map(PathInfo::path)
                    .limit(1)
                    .toList();
            if (bases.isEmpty()) Files.write(base, new byte[0]);
            else write(bases.getFirst(), base);
            for (var program : List.of(Program.ZSTD_PATCH, Program.BSDIFF, Program.XZ)) {
                progress.accept(program.title + ": " + info.path().baseName());
                run(program, base, one);
            }
        }
        progress.accept(Program.XZ_WHOLE.title);
        if (!plan.added().isEmpty()) run(Program.XZ_WHOLE, base, all);
        for (var file : List.of(base, one, all)) Files.delete(file);
    }

    private void write(StorePath path, Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            earth.nar(path, out);
        }
    }

    private void run(Program program, Path base, Path file) throws IOException {
        if (!bytes.containsKey(program)) return;
        var out = scratch.resolve("out");
        var command = new ArrayList<String>(List.of(program.command));
        for (var argument : program.arguments) {
            command.add(argument.replace("BASE", base.toString())
                    .replace("NEW", file.toString())
                    .replace("OUT", out.toString()));
        }
        var messages = scratch.resolve("messages");
        var builder = new ProcessBuilder(command).redirectError(messages.toFile());
        boolean toOutput = !program.arguments.contains("OUT");
        builder.redirectOutput(toOutput ? out.toFile() : messages.toFile());
        long start = System.nanoTime();
        try {
            int code = builder.start().waitFor();
            if (code != 0)
                throw new IOException(program.command + " failed: "
                        + Files.readString(messages).strip());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + program.command + " ran", e);
        }
        nanos.merge(program, System.nanoTime() - start, Long::sum);
        bytes.merge(program, Files.size(out), Long::sum);
        Files.delete(out);
        Files.delete(messages);
    }

    private static boolean isInstalled(String command) {
        return Optional.ofNullable(System.getenv("PATH")).stream()
                .flatMap(path -> List.of(path.split(":")).stream())
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }
}
