package narlink.ground.cli;

import java.io.IOException;
import java.time.Instant;
import narlink.ground.Satellite;
import narlink.ground.Supplements;

/// Has planned anew what is stuck on board, and tells the operator so.
final class SupplementText {
    private SupplementText() {}

    /// Whether anything was queued. Where it can't be, that is said, and the pass goes on.
    static boolean answer(Supplements supplements, Satellite satellite) throws IOException {
        boolean queued = false;
        try {
            for (var supplement : supplements.answer(satellite, Instant.now())) {
                queued = true;
                Terminal.clear();
                if (supplement.stuck() == 0) {
                    System.err.printf(
                            "paths are damaged on board: deployment %d brings them again, %s%n",
                            supplement.instead(), ByteCount.human(supplement.packBytes()));
                    continue;
                }
                System.err.printf(
                        "deployment %d counts on what is damaged or missing on board: %d takes its place, %s%n",
                        supplement.stuck(), supplement.instead(), ByteCount.human(supplement.packBytes()));
            }
        } catch (IOException e) {
            Terminal.clear();
            System.err.println("narlink: " + e.getMessage());
        }
        supplements.tidy(satellite);
        return queued;
    }
}
