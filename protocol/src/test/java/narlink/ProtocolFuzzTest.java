package narlink;

import java.io.IOException;
import narlink.testkit.fuzz.Fuzzer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every decoder of the protocol, on inputs that grow towards whatever code none before reached.
final class ProtocolFuzzTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "narlink.wire.FrameTarget",
                "narlink.wire.SegmentTarget",
                "narlink.wire.BodyTarget",
                "narlink.wire.PipeUrlTarget",
                "narlink.nix.NarTarget",
                "narlink.nix.NarInfoTarget",
                "narlink.nix.NixTextTarget",
                "narlink.pack.ManifestTarget",
                "narlink.delta.DeltaTarget",
                "narlink.delta.SolidTarget",
                "narlink.delta.OpenerTarget",
                "narlink.delta.RecipeTarget",
                "narlink.inventory.DescriptionsTarget",
                "narlink.inventory.ListsTarget",
            })
    void nothingComesOutButWhatIsDocumented(String target)
            throws IOException, ReflectiveOperationException, InterruptedException {
        new Fuzzer(target).run();
    }
}
