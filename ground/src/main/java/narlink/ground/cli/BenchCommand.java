package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import narlink.fec.Oti;
import narlink.fec.Throughput;
import narlink.ground.Streaming;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "bench",
        description = "What this machine does, beside a copy of memory.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {BenchCommand.Fec.class, BenchCommand.Sign.class, BenchDeltaCommand.class})
final class BenchCommand {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Command(
            name = "fec",
            description = "RaptorQ: planning, encoding, repair symbols and decoding, on one thread.",
            footer = {"", "Example: narlink bench fec --k 1024,4096 --t 1280"})
    static final class Fec extends Base {
        @Option(
                names = "--k",
                split = ",",
                paramLabel = "K",
                defaultValue = "256,1024,4096,10000,50000",
                description = "Source symbols of a block (default ${DEFAULT-VALUE}).")
        List<Integer> ks = List.of();

        @Option(
                names = "--t",
                split = ",",
                paramLabel = "T",
                defaultValue = "1024,1280,4096",
                description = "Bytes of a symbol (default ${DEFAULT-VALUE}).")
        List<Integer> sizes = List.of();

        @Option(
                names = "--loss",
                split = ",",
                paramLabel = "SHARE",
                defaultValue = "10%,50%",
                description = "Source symbols lost before decoding (default 10%%,50%%).")
        List<Share> losses = List.of();

        @Option(
                names = "--millis",
                paramLabel = "MS",
                defaultValue = "500",
                description = "Time for each figure (default ${DEFAULT-VALUE}).")
        int millis = 500;

        @Override
        public Integer call() throws InterruptedException {
            for (int k : ks) {
                if (k < 1 || k > Oti.K_MAX) throw new UsageException("--k must be between 1 and " + Oti.K_MAX);
                for (int t : sizes) {
                    if (t < 1 || t > Oti.SYMBOL_SIZE_MAX || (long) k * t > Oti.BLOCK_BYTES_MAX) {
                        throw new UsageException("a block of " + k + " symbols of " + t + " bytes is too large");
                    }
                }
            }
            for (var loss : losses) {
                if (loss.value() >= 1) throw new UsageException("--loss must be below 100%");
            }
            var workload = new Throughput.Workload(
                    ks, sizes, losses.stream().map(Share::value).toList(), Duration.ofMillis(millis));
            var report = Throughput.measure(
                    workload,
                    result -> Terminal.status("K %d, T %d: %s".formatted(result.k(), result.t(), result.operation())));
            Terminal.clear();
            print(describe(report), () -> tell(report));
            return 0;
        }

        private static void tell(Throughput.Report report) {
            System.out.println("      K      T  operation              loss  extra      MB/s   of copy");
            for (var result : report.results()) {
                System.out.printf(
                        "%7d %6d  %-20s %5.0f %%  %5d  %8.0f  %8.3f%n",
                        result.k(),
                        result.t(),
                        result.operation(),
                        100 * result.loss(),
                        result.extra(),
                        result.megabytesPerSecond(),
                        result.megabytesPerSecond() / report.copyMegabytesPerSecond());
            }
            System.out.printf(
                    "copy %.0f MB/s, XOR in the first cache %.0f MB/s (%.0f on cache lines), %s kernel; first block after%n"
                            + "the start of the JVM %.0f ms%n",
                    report.copyMegabytesPerSecond(),
                    report.xorMegabytesPerSecond(),
                    report.xorAlignedMegabytesPerSecond(),
                    report.kernel(),
                    report.firstBlockMillis());
        }

        private static JsonObject describe(Throughput.Report report) {
            var results = new JsonArray();
            for (var result : report.results()) {
                var one = new JsonObject();
                one.addProperty("k", result.k());
                one.addProperty("t", result.t());
                one.addProperty("operation", result.operation());
                one.addProperty("loss", result.loss());
                one.addProperty("extra", result.extra());
                one.addProperty("megabytesPerSecond", result.megabytesPerSecond());
                one.addProperty("millis", result.millis());
                one.addProperty("firstBlockMillis", result.firstBlockMillis());
                results.add(one);
            }
            var out = new JsonObject();
            out.add("results", results);
            out.addProperty("copyMegabytesPerSecond", report.copyMegabytesPerSecond());
            out.addProperty("xorMegabytesPerSecond", report.xorMegabytesPerSecond());
            out.addProperty("xorAlignedMegabytesPerSecond", report.xorAlignedMegabytesPerSecond());
            out.addProperty("kernel", report.kernel());
            out.addProperty("firstBlockMillis", report.firstBlockMillis());
            return out;
        }
    }

    @Command(
            name = "sign",
            description = "A pack on its way: symbols, signatures and frames, sent and received, on one thread each.",
            footer = {"", "Example: narlink bench sign --bytes 200M"})
    static final class Sign extends Base {
        @Option(
                names = "--bytes",
                paramLabel = "SIZE",
                defaultValue = "200M",
                description = "Size of the pack (default ${DEFAULT-VALUE}).")
        ByteCount bytes = new ByteCount(200 << 20);

        @Option(
                names = "--overhead",
                paramLabel = "SHARE",
                defaultValue = "10%",
                description = "Repair symbols sent besides (default 10%%).")
        Share overhead = new Share(0.1);

        @Option(
                names = "--segment-size",
                split = ",",
                paramLabel = "SIZE",
                defaultValue = "1k,8k,64k",
                description = "Segment sizes (default ${DEFAULT-VALUE}).")
        List<ByteCount> sizes = List.of();

        @Override
        public Integer call() throws IOException {
            if (bytes.bytes() < 1 || bytes.bytes() > 1 << 30) throw new UsageException("--bytes must be at most 1G");
            var scratch = Files.createTempDirectory("narlink-bench");
            List<Streaming.Result> results;
            try {
                results = Streaming.measure(
                        scratch,
                        (int) bytes.bytes(),
                        overhead.value(),
                        sizes.stream().map(LinkOptions::segmentSize).toList());
            } finally {
                Files.delete(scratch);
            }
            var list = new JsonArray();
            for (var result : results) {
                var one = new JsonObject();
                one.addProperty("segmentSize", result.segmentSize());
                one.addProperty("operation", result.operation());
                one.addProperty("megabytesPerSecond", result.megabytesPerSecond());
                one.addProperty("segmentsPerSecond", result.segmentsPerSecond());
                list.add(one);
            }
            var out = new JsonObject();
            out.add("results", list);
            print(
                    out,
                    () -> results.forEach(result -> System.out.printf(
                            "segments of %6d B  %-8s %8.1f MB/s  %8.0f segments/s%n",
                            result.segmentSize(),
                            result.operation(),
                            result.megabytesPerSecond(),
                            result.segmentsPerSecond())));
            return 0;
        }
    }
}
