package narlink.ground.cli;

import com.google.gson.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import narlink.ground.FilePass;
import narlink.ground.Pass;
import narlink.ground.Repair;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "export",
        description = "Writes a pass as a file, for comms that only move files. Each file has fresh symbols.",
        footer = {"", "Example: narlink export sat-7 --bytes 20M --out pass-12.narlink"})
final class ExportCommand extends Base {
    @Parameters(paramLabel = "SAT", description = "The satellite.")
    String name = "";

    @Option(names = "--bytes", required = true, paramLabel = "SIZE", description = "Size of the file, at most.")
    ByteCount bytes = new ByteCount(0);

    @Option(names = "--out", paramLabel = "FILE", description = "Where to; standard output if not given.")
    @Nullable
    Path out;

    @Option(
            names = "--segment-size",
            paramLabel = "SIZE",
            defaultValue = "8k",
            description = "Bytes of a segment (default ${DEFAULT-VALUE}).")
    ByteCount segmentSize = new ByteCount(Pass.Settings.SEGMENT_SIZE);

    @Option(
            names = "--blind",
            paramLabel = "SHARE",
            defaultValue = "10%",
            description = "Repair symbols beyond what is missing (default ${DEFAULT-VALUE}%%).")
    Share blind = new Share(0.1);

    @Mixin
    DeliveryOptions deliver = new DeliveryOptions();

    @Override
    public Integer call() throws IOException {
        int segment = LinkOptions.segmentSize(segmentSize);
        try (var ledger = ledger()) {
            var satellite = satellite(ledger, name);
            var pass = new FilePass(
                    ledger,
                    satellite,
                    files().stationKey(),
                    files().packs(),
                    segment,
                    deliver.repair(segment).orElse(new Repair.Share(blind.value())),
                    asking(ledger, satellite));
            FilePass.Written written;
            if (out == null) {
                written = pass.write(System.out, bytes.bytes(), Instant.now());
                System.out.flush();
            } else {
                try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(out))) {
                    written = pass.write(file, bytes.bytes(), Instant.now());
                }
            }
            var told = new JsonObject();
            told.addProperty("satellite", name);
            told.addProperty("bytes", written.bytes());
            told.addProperty("segments", written.segments());
            told.addProperty("everything", written.everything());
            if (out != null) {
                print(
                        told,
                        () -> System.out.printf(
                                "%s: %s in %d segments; %s%n",
                                out,
                                ByteCount.human(written.bytes()),
                                written.segments(),
                                written.everything()
                                        ? "all that is to go up now; bring back a report with narlink ingest, or export again "
                                                + "for more repair symbols"
                                        : "more is left for the next file"));
            }
            return written.everything() ? 0 : Narlink.LEFT;
        }
    }
}
