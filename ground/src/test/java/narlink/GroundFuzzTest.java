package narlink;

import java.io.IOException;
import narlink.testkit.fuzz.Fuzzer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What strangers and other programs hand to Earth's side.
final class GroundFuzzTest {
    @ParameterizedTest
    @ValueSource(strings = {"narlink.ground.cli.ContactFileTarget", "narlink.ground.http.HttpTarget"})
    void nothingComesOutButWhatIsDocumented(String target)
            throws IOException, ReflectiveOperationException, InterruptedException {
        new Fuzzer(target).run();
    }
}
