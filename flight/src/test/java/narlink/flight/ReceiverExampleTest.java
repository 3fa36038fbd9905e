package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.TreeSet;
import narlink.nix.PathInfo;
import narlink.store.Options;
import narlink.store.Stores;
import narlink.testkit.check.ReceiverCheck;
import narlink.testkit.check.SampleDeployment;
import narlink.testkit.check.TestedReceiver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReceiverExampleTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void myReceiverTakesADeploymentOffABadLink() throws Exception {
        var sample = SampleDeployment.of(1);
        var files = FlightState.at(directory.resolve("state"));
        files.init(sample.satellite());
        files.trust(sample.mission().publicKey());
        var options = Options.of(directory.resolve("roots"))
                .trusting(List.of(files.nixKey().publicKey()));
        try (var store = Stores.open("file://" + directory.resolve("store"), options);
                var loop = new ReceptionLoop(files, store, Clock.systemUTC())) {
            new ReceiverCheck(sample, files.flightKey().publicKey(), 1).run(new TestedReceiver() {
                @Override
                public void hear(byte[] segment) {
                    loop.hear(segment);
                }

                @Override
                public List<byte[]> answers() throws InterruptedException {
                    return List.of(loop.settled());
                }
            });
            var expected =
                    new TreeSet<>(sample.paths().stream().map(PathInfo::path).toList());
            assertEquals(expected, store.validPaths());
        }
    }
}
