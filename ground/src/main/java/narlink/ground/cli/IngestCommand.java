package narlink.ground.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import narlink.ground.Pass;
import narlink.ground.ReportReader;
import narlink.ground.Supplements;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "ingest",
        description = "Reads reports that came back as a file.",
        footer = {"", "Example: narlink ingest sat-7 report.narlink"})
final class IngestCommand extends Base {
    @Parameters(index = "0", paramLabel = "SAT", description = "The satellite.")
    String name = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "The file; standard input if none is given.")
    @Nullable
    Path file;

    @Override
    public Integer call() throws IOException {
        try (var ledger = ledger();
                InputStream in = file == null ? System.in : Files.newInputStream(file)) {
            var satellite = satellite(ledger, name);
            var read = ReportReader.read(ledger, satellite, in, Instant.now());
            // Takes up the answers; the next export asks for the rest.
            asking(ledger, satellite).inFiles(Pass.Settings.SEGMENT_SIZE, Instant.now());
            SupplementText.answer(new Supplements(files(), ledger, this::openStore), satellite);
            follow(ledger, satellite);
            var out = new JsonObject();
            out.addProperty("satellite", name);
            out.addProperty("reports", read.believed());
            out.addProperty("news", read.news());
            out.addProperty("refused", read.refused());
            print(out, () -> {
                System.out.printf("%d reports, %d of them news%n", read.believed(), read.news());
                ledger.deployments(satellite.name())
                        .forEach(deployment -> System.out.println(StatusCommand.line(deployment)));
            });
            if (read.believed() == 0) {
                throw new IOException("no report of " + name + " in it"
                        + (read.refused() > 0
                                ? ": " + read.refused()
                                        + " segments were refused; is it this satellite's, and its flight key right?"
                                : "; write one on board with narlink-flight report --out FILE"));
            }
        }
        return 0;
    }
}
