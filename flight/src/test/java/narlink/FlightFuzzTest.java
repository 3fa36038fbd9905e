package narlink;

import java.io.IOException;
import narlink.testkit.fuzz.Fuzzer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the receiver reads beside segments.
final class FlightFuzzTest {
    @ParameterizedTest
    @ValueSource(strings = {"narlink.store.WorkerTarget", "narlink.flight.ConfigTarget"})
    void nothingComesOutButWhatIsDocumented(String target)
            throws IOException, ReflectiveOperationException, InterruptedException {
        new Fuzzer(target).run();
    }
}
